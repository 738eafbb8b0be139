// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.protocol.api;

import dev.slipstream.protocol.json.JsonReader;
import dev.slipstream.protocol.json.JsonWriter;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The request of {@code STREAM.MSG.GET}, which asks for one stored message.
 *
 * <p>It has the fields of a {@link DirectGetRequest}; those for many messages are read, so that the
 * server can refuse {@code batch} and {@code maxBytes} and pass over the rest as the public one
 * does.
 *
 * @param seq the sequence of the message, or the first one to look at; 0 if not given
 * @param lastBySubject the subject whose last message is wanted; empty if not given
 * @param nextBySubject the subject whose next message is wanted; empty if not given
 * @param startTime the time to begin with, or null
 * @param noHeaders whether headers are left out
 * @param batch has to be 0
 * @param maxBytes has to be 0
 */
public record MsgGetRequest(
    long seq,
    String lastBySubject,
    String nextBySubject,
    @Nullable Instant startTime,
    boolean noHeaders,
    long batch,
    long maxBytes) {

  /** Asks for the message with a sequence. */
  public static MsgGetRequest ofSeq(long seq) {
    return new MsgGetRequest(seq, "", "", null, false, 0, 0);
  }

  /** Asks for the last message of a subject. */
  public static MsgGetRequest ofLast(String subject) {
    return new MsgGetRequest(0, subject, "", null, false, 0, 0);
  }

  /** Asks for the first message of a subject from a sequence on. */
  public static MsgGetRequest ofNext(String subject, long seq) {
    return new MsgGetRequest(seq, "", subject, null, false, 0, 0);
  }

  /** Reads the object. */
  public static MsgGetRequest read(JsonReader in) {
    DirectGetRequest all = DirectGetRequest.read(in);
    return new MsgGetRequest(
        all.seq(),
        all.lastBySubject(),
        all.nextBySubject(),
        all.startTime(),
        all.noHeaders(),
        all.batch(),
        all.maxBytes());
  }

  /** Writes the object. */
  public void write(JsonWriter out) {
    new DirectGetRequest(
            seq,
            lastBySubject,
            nextBySubject,
            batch,
            maxBytes,
            startTime,
            List.of(),
            0,
            null,
            noHeaders)
        .write(out);
  }
}
