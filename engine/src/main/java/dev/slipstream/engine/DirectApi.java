// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import dev.slipstream.base.Clock;
import dev.slipstream.protocol.api.DirectGetRequest;
import dev.slipstream.protocol.api.RequestBody;
import dev.slipstream.protocol.json.JsonException;
import dev.slipstream.protocol.json.JsonReader;
import dev.slipstream.protocol.json.Rfc3339;
import dev.slipstream.protocol.wire.HeaderBlock;
import dev.slipstream.protocol.wire.OutputBuffer;
import dev.slipstream.protocol.wire.Status;
import dev.slipstream.store.StoredMessage;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code DIRECT.GET.<stream>[.<subject>]}: messages as they are stored, without the API's envelope.
 * Runs on the stream's loop. Source: ADR-31.
 */
final class DirectApi {
  private static final int SUBJECT_TOKENS = 3;

  private final JetStreamAccount account;

  DirectApi(JetStreamAccount account) {
    this.account = account;
  }

  /** Answers with the message itself, or a status. */
  void get(Stream stream, ApiRequest request) {
    if (request.requiresMoreThan(account.options().apiLevel())) {
      status(stream, request, new Status(412, "Required Api Level"));
      return;
    }
    DirectGetRequest asked;
    try {
      asked = parse(request);
    } catch (JsonException malformed) {
      status(stream, request, new Status(408, "Malformed Request"));
      return;
    }
    if (asked == null) {
      status(stream, request, new Status(408, "Empty Request"));
      return;
    }
    if (isBad(asked)) {
      status(stream, request, new Status(408, "Bad Request"));
      return;
    }
    if (asked.batch() > 0 || !asked.multiLast().isEmpty()) {
      new DirectBatch(stream, request.reply(), asked).begin();
      return;
    }
    long wanted = MessageApi.find(stream.store, asked);
    MessageApi.load(stream, wanted, message -> answer(stream, request, asked, message));
  }

  private static @Nullable DirectGetRequest parse(ApiRequest request) {
    boolean bySubject = request.tokens().length > SUBJECT_TOKENS;
    byte[] body = request.body();
    if (RequestBody.isEmpty(body, 0, body.length)) {
      return bySubject ? DirectGetRequest.ofLast(request.rest(SUBJECT_TOKENS)) : null;
    }
    DirectGetRequest asked = DirectGetRequest.read(JsonReader.of(body, 0, body.length));
    if (!bySubject) {
      return asked;
    }
    DirectGetRequest last = DirectGetRequest.ofLast(request.rest(SUBJECT_TOKENS));
    boolean selects =
        asked.seq() != 0
            || asked.startTime() != null
            || asked.batch() > 0
            || !asked.lastBySubject().isEmpty()
            || !asked.nextBySubject().isEmpty()
            || !asked.multiLast().isEmpty();
    return selects
        ? new DirectGetRequest(1, "x", "", 0, 0, null, List.of(), 0, null, false) // refused below
        : new DirectGetRequest(
            0, last.lastBySubject(), "", 0, 0, null, List.of(), 0, null, asked.noHeaders());
  }

  private static boolean isBad(DirectGetRequest asked) {
    boolean last = !asked.lastBySubject().isEmpty();
    boolean next = !asked.nextBySubject().isEmpty();
    boolean seq = asked.seq() != 0;
    boolean time = asked.startTime() != null;
    boolean multi = !asked.multiLast().isEmpty();
    return !seq && !last && !next && !time && !multi
        || seq && last
        || seq && time
        || time && last
        || last && (next || multi || asked.batch() > 0)
        || next && multi
        || asked.upToSeq() > 0 && asked.upToTime() != null;
  }

  private static void answer(
      Stream stream, ApiRequest request, DirectGetRequest asked, @Nullable StoredMessage message) {
    if (message == null) {
      status(stream, request, new Status(404, "Message Not Found"));
      return;
    }
    byte[] headers = asked.noHeaders() ? OutputBuffer.NO_BYTES : headers(stream, message);
    stream.send(request.reply(), headers, message.copyPayload());
  }

  /** The headers of a message, and where it stands. */
  static byte[] headers(Stream stream, StoredMessage message, String... more) {
    String[] all = Arrays.copyOf(place(stream, message), 8 + more.length);
    System.arraycopy(more, 0, all, 8, more.length);
    return HeaderBlock.with(message.bytes, message.headersFrom, message.payloadFrom, all);
  }

  private static String[] place(Stream stream, StoredMessage message) {
    return new String[] {
      "Nats-Stream",
      stream.name,
      "Nats-Subject",
      MessageApi.subject(message),
      "Nats-Sequence",
      Long.toUnsignedString(message.seq),
      "Nats-Time-Stamp",
      Rfc3339.format(Clock.instant(message.epochNanos))
    };
  }

  private static void status(Stream stream, ApiRequest request, Status status) {
    stream.send(request.reply(), status.headerBlock());
  }
}
