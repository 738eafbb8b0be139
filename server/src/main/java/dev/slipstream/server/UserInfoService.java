// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.server;

import dev.slipstream.base.Clock;
import dev.slipstream.protocol.json.JsonWriter;
import dev.slipstream.protocol.subject.Subject;
import dev.slipstream.protocol.wire.MessageFrame;
import dev.slipstream.protocol.wire.OutputBuffer;
import dev.slipstream.server.config.Permissions;
import dev.slipstream.server.config.ResponsePermission;
import dev.slipstream.server.config.SubjectPermissions;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Tells a client who it is: answers requests on {@code $SYS.REQ.USER.INFO} in every account. */
final class UserInfoService {
  static final byte[] SUBJECT = Subject.bytes("$SYS.REQ.USER.INFO");

  private final ServerContext server;
  private final Clock clock;
  private final AtomicLong sequence = new AtomicLong();

  /** A service, which numbers what the server says in its own name. */
  UserInfoService(ServerContext server, Clock clock) {
    this.server = server;
    this.clock = clock;
  }

  /** Answers a request that was heard in an account, which need not be the requester's. */
  boolean answer(Account heardIn, @Nullable ClientConnection from, MessageFrame request) {
    if (from == null || !request.hasReply()) {
      return from != null;
    }
    byte[] reply = Subject.bytes(request.reply());
    MessageFrame answer = new MessageFrame().set(reply, OutputBuffer.NO_BYTES, answer(from));
    heardIn.router().send(reply, answer, null);
    return true;
  }

  private byte[] answer(ClientConnection from) {
    ClientLogin login = from.login();
    JsonWriter json = new JsonWriter();
    json.object();
    writeServer(json);
    json.name("data")
        .object()
        .field("user", login.user())
        .field("account", login.account().name())
        .field("account_name", login.account().name());
    PermissionRules rules = login.permissions();
    if (rules != null) {
      write(json, rules.source());
    }
    return json.end().end().toBytes();
  }

  private void writeServer(JsonWriter json) {
    ServerIdentity identity = server.identity();
    json.name("server")
        .object()
        .field("name", identity.name())
        .field("host", identity.host())
        .field("id", identity.id())
        .field("ver", identity.version())
        .stringsFieldIf("tags", server.config().serverTags())
        .stringMapFieldIf("metadata", server.config().serverMetadata())
        .field("jetstream", identity.jetStream())
        .field("flags", identity.jetStream() ? 1 : 0)
        .field("seq", sequence.incrementAndGet())
        .timeField("time", Clock.instant(clock.epochNanos()))
        .end();
  }

  private static void write(JsonWriter json, Permissions permissions) {
    json.name("permissions").object();
    write(json, "publish", permissions.publish());
    write(json, "subscribe", permissions.subscribe());
    ResponsePermission responses = permissions.responses();
    if (responses != null) {
      json.name("responses")
          .object()
          .field("max", responses.maxMessages())
          .field("ttl", responses.expiresNanos())
          .end();
    }
    json.end();
  }

  private static void write(JsonWriter json, String name, SubjectPermissions subjects) {
    json.name(name)
        .object()
        .stringsFieldIf("allow", subjects.allow() == null ? List.of() : subjects.allow())
        .stringsFieldIf("deny", subjects.deny())
        .end();
  }
}
