// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import dev.slipstream.base.Clock;
import dev.slipstream.protocol.api.ApiError;
import dev.slipstream.protocol.api.ApiErrors;
import dev.slipstream.protocol.api.DirectGetRequest;
import dev.slipstream.protocol.api.MsgDeleteRequest;
import dev.slipstream.protocol.api.PurgeRequest;
import dev.slipstream.protocol.api.RequestBody;
import dev.slipstream.protocol.json.JsonWriter;
import dev.slipstream.protocol.subject.Subject;
import dev.slipstream.protocol.wire.OutputBuffer;
import dev.slipstream.store.StoredMessage;
import dev.slipstream.store.StreamStore;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The API calls about the messages of a stream: purge, delete and get. Runs on the stream's loop; a
 * message that is not in memory is read elsewhere and answered later. Source: ADR-1.
 */
final class MessageApi {
  /** Takes the message that was looked for; null when there is none. */
  interface Found {
    void accept(@Nullable StoredMessage message);
  }

  void purge(Stream stream, ApiRequest request, ApiAnswer answer) {
    PurgeRequest asked =
        RequestBody.isJson(request.body(), 0, request.body().length)
            ? PurgeRequest.read(request.json())
            : new PurgeRequest(0, "", 0);
    if (asked.seq() > 0 && asked.keep() > 0) {
      answer.error(ApiErrors.BAD_REQUEST.of(), MessageApi::nothingPurged);
      return;
    }
    if (stream.config().sealed()) {
      answer.error(ApiErrors.STREAM_SEALED.of(), MessageApi::nothingPurged);
      return;
    }
    if (stream.config().denyPurge()) {
      answer.error(
          ApiErrors.STREAM_PURGE_FAILED.of("stream purge not permitted"),
          MessageApi::nothingPurged);
      return;
    }
    LongConsumer purged =
        count -> answer.ok(json -> json.field("success", true).unsignedField("purged", count));
    stream.purges.purge(
        asked.filter(),
        asked.seq(),
        asked.keep(),
        purged,
        cause ->
            answer.error(
                ApiErrors.STREAM_PURGE_FAILED.of(String.valueOf(cause.getMessage())),
                MessageApi::nothingPurged));
  }

  private static void nothingPurged(JsonWriter json) {
    json.field("purged", 0L);
  }

  void delete(Stream stream, ApiRequest request, ApiAnswer answer) {
    if (RequestBody.isEmpty(request.body(), 0, request.body().length)) {
      answer.error(ApiErrors.BAD_REQUEST.of());
      return;
    }
    MsgDeleteRequest asked = MsgDeleteRequest.read(request.json());
    if (stream.config().sealed()) {
      answer.error(ApiErrors.STREAM_SEALED.of());
      return;
    }
    if (stream.config().denyDelete()) {
      answer.error(ApiErrors.STREAM_MSG_DELETE_FAILED.of("message delete not permitted"));
      return;
    }
    if (!stream.store.has(asked.seq())) {
      answer.error(notThere(stream, asked.seq()));
      return;
    }
    stream.log.record(
        Records.MESSAGE_DELETED,
        out -> out.putLong(asked.seq()),
        new Logged.Task(
            answer::success,
            cause ->
                answer.error(
                    ApiErrors.STREAM_MSG_DELETE_FAILED.of(String.valueOf(cause.getMessage())))));
  }

  private static ApiError notThere(Stream stream, long seq) {
    if (stream.isMemory()) {
      return ApiErrors.SEQUENCE_NOT_FOUND.of(seq);
    }
    if (seq == 0 || Long.compareUnsigned(seq, stream.store.firstSeq()) < 0) {
      return ApiErrors.STREAM_MSG_DELETE_FAILED.of("no message found");
    }
    return Long.compareUnsigned(seq, stream.store.lastSeq()) > 0
        ? ApiErrors.STREAM_MSG_DELETE_FAILED.of("stream store EOF")
        : ApiErrors.SEQUENCE_NOT_FOUND.of(seq);
  }

  /** {@code STREAM.MSG.GET.<stream>}: what is asked is looked at before the stream is. */
  void get(ApiRequest request, ApiAnswer answer, ApiDispatcher.ToStream toStream) {
    if (RequestBody.isEmpty(request.body(), 0, request.body().length)) {
      answer.error(ApiErrors.BAD_REQUEST.of());
      return;
    }
    // the same fields; those for many messages are refused or passed over
    DirectGetRequest asked = DirectGetRequest.read(request.json());
    boolean last = !asked.lastBySubject().isEmpty();
    boolean next = !asked.nextBySubject().isEmpty();
    boolean seq = asked.seq() != 0;
    boolean time = asked.startTime() != null;
    if (!seq && !last && !next && !time
        || seq && last
        || seq && time
        || time && last
        || last && next
        || asked.batch() > 0
        || asked.maxBytes() > 0) {
      answer.error(ApiErrors.BAD_REQUEST.of());
      return;
    }
    toStream.run(3, request, answer, (stream, r, a) -> get(stream, asked, a));
  }

  private static void get(Stream stream, DirectGetRequest asked, ApiAnswer answer) {
    load(
        stream,
        find(stream.store, asked),
        message -> {
          if (message == null) {
            answer.error(ApiErrors.NO_MESSAGE_FOUND.of());
          } else {
            answer.ok(json -> stored(message, asked.noHeaders()).write(json.name("message")));
          }
        });
  }

  private static dev.slipstream.protocol.api.StoredMessage stored(
      StoredMessage message, boolean noHeaders) {
    return new dev.slipstream.protocol.api.StoredMessage(
        subject(message),
        message.seq,
        noHeaders ? OutputBuffer.NO_BYTES : message.copyHeaders(),
        message.copyPayload(),
        Clock.instant(message.epochNanos));
  }

  static String subject(StoredMessage message) {
    int length = message.subjectTo - message.subjectFrom;
    return new String(message.bytes, message.subjectFrom, length, StandardCharsets.UTF_8);
  }

  /** The sequence that a request means; 0 when there is none. */
  static long find(StreamStore store, DirectGetRequest asked) {
    String last = asked.lastBySubject();
    String next = asked.nextBySubject();
    Instant time = asked.startTime();
    if (!last.isEmpty()) {
      return store.subjects().last(Subject.bytes(last));
    }
    long from = time == null ? asked.seq() : store.seqAtOrAfter(Clock.epochNanos(time));
    if (!next.isEmpty()) {
      boolean missed = time != null && from == 0;
      return missed
          ? 0
          : new FilterMatch(List.of(next), store.subjects()).next(store, Math.max(1, from));
    }
    return from;
  }

  static void load(Stream stream, long seq, Found found) {
    if (seq <= 0) {
      found.accept(null);
      return;
    }
    StoredMessage message = new StoredMessage();
    switch (stream.store.read(seq, message)) {
      case FOUND -> found.accept(message);
      case ABSENT, DAMAGED -> found.accept(null);
      case LOADING -> stream.store.load(seq, () -> load(stream, seq, found));
    }
  }
}
