// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.protocol.api;

import dev.slipstream.protocol.json.JsonException;
import dev.slipstream.protocol.json.JsonReader;
import dev.slipstream.protocol.json.Rfc3339;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * An answer of the JetStream API as a client takes it: first whether it is an error, then what it
 * holds.
 *
 * <p>The short fields are read at once; a record or a list in the answer is read when it is asked
 * for, from the bytes, which must not change. Unknown fields are skipped. Owner: the thread that
 * made it.
 */
public final class ApiReply {
  private final byte[] body;
  private String type = "";
  private @Nullable ApiError error;
  private boolean success;
  private boolean didCreate;
  private boolean paused;
  private int total;
  private int offset;
  private int limit;
  private long purged;
  private long resetSeq;
  private long pauseRemainingNanos;
  private Instant pauseUntil = Rfc3339.ZERO;
  private String deliverSubject = "";

  private ApiReply(byte[] body) {
    this.body = body;
  }

  /**
   * Reads an answer.
   *
   * @throws JsonException if it is none
   */
  public static ApiReply parse(byte[] body) {
    if (body.length == 0) {
      throw new JsonException("unexpected end of JSON input");
    }
    ApiReply reply = new ApiReply(body);
    JsonReader.of(body).object("ApiResponse", reply::field);
    return reply;
  }

  private boolean field(String name, JsonReader in) {
    switch (name) {
      case "type" -> type = in.string();
      case "error" -> error = in.isNull() ? null : ApiError.read(in);
      case "success" -> success = in.bool();
      case "did_create" -> didCreate = in.bool();
      case "paused" -> paused = in.bool();
      case "pause_until" -> pauseUntil = in.time();
      case "pause_remaining" -> pauseRemainingNanos = in.nanos();
      case "total" -> total = in.intValue();
      case "offset" -> offset = in.intValue();
      case "limit" -> limit = in.intValue();
      case "purged" -> purged = in.unsignedLong();
      case "reset_seq" -> resetSeq = in.unsignedLong();
      case "deliver_subject" -> deliverSubject = in.string();
      default -> {
        return false;
      }
    }
    return true;
  }

  /** What kind of answer it is, such as {@code io.nats.jetstream.api.v1.stream_info_response}. */
  public String type() {
    return type;
  }

  /** Why the request was refused, or null. */
  public @Nullable ApiError error() {
    return error;
  }

  /** Whether something was done, as answers to deletions and purges say. */
  public boolean success() {
    return success;
  }

  /** Whether the stream is new. */
  public boolean didCreate() {
    return didCreate;
  }

  /** How many entries there are in all, in the answer of a list. */
  public int total() {
    return total;
  }

  /** How many entries were left out before the first one here. */
  public int offset() {
    return offset;
  }

  /** How many entries an answer has at most. */
  public int limit() {
    return limit;
  }

  /** How many messages a purge has dropped. */
  public long purged() {
    return purged;
  }

  /** The sequence a consumer was set to. */
  public long resetSeq() {
    return resetSeq;
  }

  /** Whether the consumer is paused. */
  public boolean paused() {
    return paused;
  }

  /** Until when it is paused; {@link Rfc3339#ZERO} if it is not. */
  public Instant pauseUntil() {
    return pauseUntil;
  }

  /** How long it stays paused, in nanoseconds. */
  public long pauseRemainingNanos() {
    return pauseRemainingNanos;
  }

  /** Where the parts of a stream to be restored are expected. */
  public String deliverSubject() {
    return deliverSubject;
  }

  /** Reads the whole answer as a record, for instance with {@code StreamInfo::read}. */
  public <T> T body(Function<JsonReader, T> record) {
    return record.apply(JsonReader.of(body));
  }

  /** The description of a stream. */
  public StreamInfo streamInfo() {
    return body(StreamInfo::read);
  }

  /** The description of a consumer. */
  public ConsumerInfo consumerInfo() {
    return body(ConsumerInfo::read);
  }

  /** The description of the account. */
  public AccountInfo accountInfo() {
    return body(AccountInfo::read);
  }

  /** The message in the answer of {@code STREAM.MSG.GET}, or null. */
  public @Nullable StoredMessage message() {
    List<StoredMessage> found = new ArrayList<>(1);
    JsonReader.of(body)
        .object(
            (name, in) ->
                name.equals("message") && !in.isNull() && found.add(StoredMessage.read(in)));
    return found.isEmpty() ? null : found.get(found.size() - 1);
  }

  /** The elements of the array in a field; none if the field is absent or null. */
  public <T> List<T> list(String field, Function<JsonReader, T> element) {
    List<T> found = new ArrayList<>();
    JsonReader.of(body)
        .object(
            (name, in) -> {
              if (name.equals(field)) {
                found.clear();
                found.addAll(in.list("array", element));
                return true;
              }
              return false;
            });
    return found;
  }

  /** The names of streams in a list of names. */
  public List<String> streamNames() {
    return list("streams", JsonReader::string);
  }

  /** The names of consumers in a list of names. */
  public List<String> consumerNames() {
    return list("consumers", JsonReader::string);
  }

  /** The streams in a list. */
  public List<StreamInfo> streams() {
    return list("streams", StreamInfo::read);
  }

  /** The consumers in a list. */
  public List<ConsumerInfo> consumers() {
    return list("consumers", ConsumerInfo::read);
  }

  /** The names of streams or consumers that did not answer in time for a list. */
  public List<String> missing() {
    return list("missing", JsonReader::string);
  }
}
