// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.server;

import dev.slipstream.protocol.subject.ImportMapping;
import dev.slipstream.protocol.subject.Subject;
import dev.slipstream.protocol.wire.AckSubject;
import dev.slipstream.protocol.wire.MessageFrame;
import dev.slipstream.protocol.wire.OutputBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Requests that an account sends to a service of another: what is published here is routed there,
 * and a reply subject becomes one of {@link ServiceReplies}, which brings the responses back.
 *
 * <p>The reply of a JetStream delivery stays what it is, so that its acknowledgement finds the
 * consumer. Immutable, and used on any loop. Source: NATS documentation, "accounts", service
 * imports.
 */
final class ServiceImport implements Subscriber.Crossing {
  static final byte[] ACK = Subject.bytes(AckSubject.PREFIX);

  private final Account importer;
  private final Account exporter;
  private final byte[] here;
  private final byte[] there;
  private final boolean literalThere;
  private final @Nullable ImportMapping toThere;
  private final ServiceExport export;
  private final boolean share;

  /**
   * An import of the service that {@code exporter} has under {@code there}.
   *
   * @param here the same as a filter of the importing account
   * @param toThere makes a subject there of one here; null if they are equal, or all become one
   * @param share whether the service sees who asks
   */
  ServiceImport(
      Account importer,
      Account exporter,
      String here,
      String there,
      @Nullable ImportMapping toThere,
      ServiceExport export,
      boolean share) {
    this.importer = importer;
    this.exporter = exporter;
    this.here = Subject.bytes(here);
    this.there = Subject.bytes(there);
    this.literalThere = Subject.isLiteral(there);
    this.toThere = toThere;
    this.export = export;
    this.share = share;
  }

  @Override
  public byte[] filter() {
    return here;
  }

  @Override
  public boolean carry(
      ServerLoop at, @Nullable ClientConnection from, MessageFrame message, Passage passage) {
    if (passage.cameThrough(export)) {
      return false; // round and round
    }
    byte[] to = subjectThere(at, passage.routedBy(message));
    if (to == null) {
      return false;
    }
    PendingReply pending = null;
    byte[] reply = OutputBuffer.NO_BYTES;
    if (isAck(message)) {
      reply = message.copyReply();
    } else if (message.hasReply()) {
      pending =
          exporter.sharing().replies().await(at, importer, message.copyReply(), export, share);
      reply = pending.subject();
    }
    RequestInfo info = info(from, message, passage);
    byte[] headers = info.addTo(message.body, message.headersStart, message.payloadStart);
    byte[] shown = passage.isRenamed() ? Subject.bytes(message.subject()) : to;
    MessageFrame request = new MessageFrame().set(shown, reply, headers, message.copyPayload());
    boolean received =
        exporter
            .router()
            .carried(at, to, from, request, passage.through(to, export, isShared(passage), info));
    if (!received && pending != null) {
      pending.end();
    }
    return received;
  }

  Account exporter() {
    return exporter;
  }

  /** What a request to a subject becomes there; null when this import does not take it. */
  byte @Nullable [] subjectThere(ServerLoop at, String subject) {
    byte[] bytes = Subject.bytes(subject);
    return Subject.matches(bytes, 0, bytes.length, here) ? subjectThere(at, bytes) : null;
  }

  private byte @Nullable [] subjectThere(ServerLoop at, byte[] routedBy) {
    byte[] to = there;
    ImportMapping mapping = toThere;
    if (mapping != null) {
      to = Subject.bytes(mapping.map(new String(routedBy, StandardCharsets.UTF_8)));
    } else if (!literalThere) {
      to = routedBy;
    }
    SubjectMappings mappings = exporter.sharing().mappings();
    return mappings == null ? to : mappings.map(to, 0, to.length, at.random());
  }

  /** Whether the reply acknowledges a delivery, wherever that is taken. */
  static boolean isAck(MessageFrame message) {
    return Subject.begins(message.line, message.replyStart, message.replyEnd, ACK);
  }

  private boolean isShared(Passage passage) {
    return passage.isFromService() ? passage.isShared() : share;
  }

  private RequestInfo info(@Nullable ClientConnection from, MessageFrame message, Passage passage) {
    RequestInfo known = passage.info();
    boolean detailed = isShared(passage);
    if (known != null) {
      boolean named = !detailed && (share || exporter.isSystem());
      return known.through(importer.name(), named && from != null ? from.serverName() : "");
    }
    return RequestInfo.of(from, importer, detailed, exporter.isSystem(), message);
  }
}
