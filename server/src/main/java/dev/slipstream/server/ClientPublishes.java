// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.server;

import dev.slipstream.protocol.api.ConnectOptions;
import dev.slipstream.protocol.json.GoQuote;
import dev.slipstream.protocol.subject.Subject;
import dev.slipstream.protocol.wire.MessageFrame;
import dev.slipstream.protocol.wire.OutputBuffer;
import dev.slipstream.protocol.wire.Status;

/**
 * What one client publishes: held against its permissions, routed, and answered when nobody
 * listens. Belongs to the connection's loop.
 */
final class ClientPublishes {
  private final ClientConnection connection;
  private final ServerLoop loop;
  private final ClientLogin login;

  ClientPublishes(ClientConnection connection, ServerLoop loop, ClientLogin login) {
    this.connection = connection;
    this.loop = loop;
    this.login = login;
  }

  /** Takes a PUB or HPUB. */
  void publish(MessageFrame frame) {
    ConnectOptions options = login.options();
    if (options.pedantic() && !isValidLiteral(frame)) {
      connection.tell("Invalid Publish Subject");
    }
    SubjectMappings mappings = login.account().sharing().mappings();
    publishMapped(mappings == null ? frame : mapped(frame, mappings));
  }

  private MessageFrame mapped(MessageFrame frame, SubjectMappings mappings) {
    byte[] subject = mappings.map(frame.line, frame.subjectStart, frame.subjectEnd, loop.random());
    if (subject == frame.line) {
      return frame;
    }
    return frame.withSubject(subject == null ? OutputBuffer.NO_BYTES : subject);
  }

  private void publishMapped(MessageFrame frame) {
    ConnectOptions options = login.options();
    if (!mayPublish(frame)) {
      return;
    }
    if (options.verbose()) {
      connection.ok();
    }
    boolean received = login.account().router().publish(loop, connection, frame);
    if (!received && options.noResponders() && frame.hasReply()) {
      tellNoResponders(frame);
    }
  }

  /** Lets the client answer a request that it is delivered, if it may only answer. */
  void grantReply(MessageFrame delivered) {
    ReplyGrants grants = login.replies();
    if (grants == null || !delivered.hasReply()) {
      return;
    }
    byte[] line = delivered.line;
    int from = delivered.replyStart;
    int to = delivered.replyEnd;
    PermissionRules rules = login.permissions();
    if (rules != null && !rules.mayPublish(line, from, to)) {
      grants.grant(line, from, to, loop.loop().clock().nanos());
    }
  }

  private static boolean isValidLiteral(MessageFrame frame) {
    return Subject.isValidFilter(frame.line, frame.subjectStart, frame.subjectEnd)
        && Subject.isLiteral(frame.line, frame.subjectStart, frame.subjectEnd);
  }

  private boolean mayPublish(MessageFrame frame) {
    PermissionRules rules = login.permissions();
    boolean allowed =
        !ReservedSubjects.isForbidden(frame, login.account().isSystem())
            && (rules == null
                || rules.mayPublish(frame.line, frame.subjectStart, frame.subjectEnd)
                || isGrantedReply(frame));
    if (!allowed) {
      String quoted = GoQuote.quote(frame.subject());
      connection.tell("Permissions Violation for Publish to " + quoted);
      connection.error("Publish Violation - Subject " + quoted);
    } else if (frame.hasReply() && ReservedSubjects.isForbiddenReply(frame)) {
      String quoted = GoQuote.quote(frame.reply());
      connection.tell("Permissions Violation for Publish with Reply of " + quoted);
      connection.error("Publish Violation - Reply " + quoted);
      return false;
    }
    return allowed;
  }

  private boolean isGrantedReply(MessageFrame frame) {
    ReplyGrants grants = login.replies();
    return grants != null
        && grants.use(
            frame.line, frame.subjectStart, frame.subjectEnd, loop.loop().clock().nanos());
  }

  /** Answers on the plain subscription of this client that the reply would have reached. */
  private void tellNoResponders(MessageFrame frame) {
    Subscription inbox = login.account().router().plainOf(loop, connection, frame);
    if (inbox == null) {
      return;
    }
    byte[] block =
        new Status(Status.NO_RESPONDERS, "").headerBlock("Nats-Subject", frame.subject());
    connection
        .output()
        .writer()
        .message(
            frame.line,
            frame.replyStart,
            frame.replyEnd,
            inbox.sid(),
            OutputBuffer.NO_BYTES,
            0,
            0,
            block.length,
            0)
        .put(block)
        .putLineEnd();
    connection.output().written();
  }
}
