// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.protocol.api;

import dev.slipstream.protocol.json.JsonException;
import dev.slipstream.protocol.json.JsonReader;
import dev.slipstream.protocol.json.JsonWriter;
import java.nio.charset.StandardCharsets;

/**
 * The request of {@code CONSUMER.MSG.NEXT}, which asks a consumer for messages.
 *
 * <p>The body may be empty, a number, or an object; see {@link #parse}.
 *
 * @param expiresNanos how long to wait, in nanoseconds; 0 for without end
 * @param batch how many messages; less than 1 counts as 1
 * @param maxBytes how many bytes; 0 for any number
 * @param noWait whether to answer at once if there is nothing
 * @param idleHeartbeatNanos after how long without messages to send a sign of life, in nanoseconds;
 *     0 for none
 * @param group the priority group
 * @param minPending only be served if so many messages are waiting
 * @param minAckPending only be served if so many acknowledgements are waiting
 * @param id the id of a pinned client
 * @param priority 0 to 9, the lowest first
 */
public record PullRequest(
    long expiresNanos,
    int batch,
    long maxBytes,
    boolean noWait,
    long idleHeartbeatNanos,
    String group,
    long minPending,
    long minAckPending,
    String id,
    int priority) {
  private static final PullRequest ONE = builder(1).build();

  /** Begins a request for so many messages. */
  public static Builder builder(int batch) {
    return new Builder().batch(batch);
  }

  /** Begins another one with the values of this one. */
  public Builder toBuilder() {
    return new Builder(this);
  }

  /**
   * Reads the body of a request: nothing (one message), a number of messages, or an object. Any
   * other text counts as nothing, and unknown fields are skipped.
   *
   * @throws JsonException with the reason that follows {@code 400 Bad Request - }
   */
  public static PullRequest parse(byte[] body, int offset, int length) {
    int from = offset;
    int to = offset + length;
    while (from < to && isSpace(body[from])) {
      from++;
    }
    while (from < to && isSpace(body[to - 1])) {
      to--;
    }
    if (from == to) {
      return ONE;
    }
    if (body[from] != '{') {
      return ofNumber(new String(body, from, to - from, StandardCharsets.ISO_8859_1));
    }
    PullRequest request = read(JsonReader.of(body, from, to - from));
    if (request.idleHeartbeatNanos > 0
        && request.idleHeartbeatNanos > request.expiresNanos - request.idleHeartbeatNanos) {
      throw new JsonException("heartbeat value too large");
    }
    return request;
  }

  private static boolean isSpace(byte b) {
    return b == ' ' || (b >= '\t' && b <= '\r');
  }

  private static PullRequest ofNumber(String text) {
    try {
      long batch = Long.parseLong(text);
      return builder((int) Math.max(Integer.MIN_VALUE, Math.min(Integer.MAX_VALUE, batch))).build();
    } catch (NumberFormatException ignored) {
      return ONE;
    }
  }

  /** Reads the object; what is absent keeps the builder's default. */
  public static PullRequest read(JsonReader in) {
    Builder builder = new Builder();
    in.object(
        "JSApiConsumerGetNextRequest",
        (name, value) -> PullRequestJson.field(builder, name, value));
    return builder.build();
  }

  /** Writes the object. */
  public void write(JsonWriter out) {
    out.object();
    PullRequestJson.write(this, out);
    out.end();
  }

  /** Builds a request; each setter is named like the component it sets. */
  public static final class Builder {
    long expiresNanos;
    int batch;
    long maxBytes;
    boolean noWait;
    long idleHeartbeatNanos;
    String group = "";
    long minPending;
    long minAckPending;
    String id = "";
    int priority;

    Builder() {}

    private Builder(PullRequest from) {
      expiresNanos = from.expiresNanos;
      batch = from.batch;
      maxBytes = from.maxBytes;
      noWait = from.noWait;
      idleHeartbeatNanos = from.idleHeartbeatNanos;
      group = from.group;
      minPending = from.minPending;
      minAckPending = from.minAckPending;
      id = from.id;
      priority = from.priority;
    }

    public Builder expiresNanos(long value) {
      expiresNanos = value;
      return this;
    }

    public Builder batch(int value) {
      batch = value;
      return this;
    }

    public Builder maxBytes(long value) {
      maxBytes = value;
      return this;
    }

    public Builder noWait(boolean value) {
      noWait = value;
      return this;
    }

    public Builder idleHeartbeatNanos(long value) {
      idleHeartbeatNanos = value;
      return this;
    }

    public Builder group(String value) {
      group = value;
      return this;
    }

    public Builder minPending(long value) {
      minPending = value;
      return this;
    }

    public Builder minAckPending(long value) {
      minAckPending = value;
      return this;
    }

    public Builder id(String value) {
      id = value;
      return this;
    }

    public Builder priority(int value) {
      priority = value;
      return this;
    }

    public PullRequest build() {
      return new PullRequest(
          expiresNanos,
          batch,
          maxBytes,
          noWait,
          idleHeartbeatNanos,
          group,
          minPending,
          minAckPending,
          id,
          priority);
    }
  }
}
