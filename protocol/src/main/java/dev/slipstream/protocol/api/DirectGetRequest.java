// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.protocol.api;

import dev.slipstream.protocol.json.JsonReader;
import dev.slipstream.protocol.json.JsonWriter;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The request of {@code DIRECT.GET}, which asks for stored messages without the API's envelope.
 *
 * @param seq the sequence of the message, or the first one to look at; 0 if not given
 * @param lastBySubject the subject whose last message is wanted; empty if not given
 * @param nextBySubject the subject whose next message is wanted; empty if not given
 * @param batch how many messages are wanted; 0 if not given
 * @param maxBytes how many bytes are wanted; 0 if not given
 * @param startTime the time to begin with, or null
 * @param multiLast the subjects whose last messages are wanted
 * @param upToSeq the last sequence to look at; 0 if not given
 * @param upToTime the last time to look at, or null
 * @param noHeaders whether headers are left out
 */
public record DirectGetRequest(
    long seq,
    String lastBySubject,
    String nextBySubject,
    long batch,
    long maxBytes,
    @Nullable Instant startTime,
    List<String> multiLast,
    long upToSeq,
    @Nullable Instant upToTime,
    boolean noHeaders) {
  /** Copies the collections. */
  public DirectGetRequest {
    multiLast = List.copyOf(multiLast);
  }

  /** Asks for the message with a sequence. */
  public static DirectGetRequest ofSeq(long seq) {
    return new DirectGetRequest(seq, "", "", 0, 0, null, List.of(), 0, null, false);
  }

  /** Asks for the last message of a subject. */
  public static DirectGetRequest ofLast(String subject) {
    return new DirectGetRequest(0, subject, "", 0, 0, null, List.of(), 0, null, false);
  }

  /** Asks for the first message of a subject from a sequence on. */
  public static DirectGetRequest ofNext(String subject, long seq) {
    return new DirectGetRequest(seq, "", subject, 0, 0, null, List.of(), 0, null, false);
  }

  /** Reads the object. */
  public static DirectGetRequest read(JsonReader in) {
    Fields fields = new Fields();
    in.object("JSApiMsgGetRequest", fields);
    return new DirectGetRequest(
        fields.seq,
        fields.lastBySubject,
        fields.nextBySubject,
        fields.batch,
        fields.maxBytes,
        fields.startTime,
        fields.multiLast,
        fields.upToSeq,
        fields.upToTime,
        fields.noHeaders);
  }

  /** Writes the object. */
  public void write(JsonWriter out) {
    writeFields(out.object());
    out.end();
  }

  void writeFields(JsonWriter out) {
    out.unsignedFieldIf("seq", seq);
    out.fieldIf("last_by_subj", lastBySubject);
    out.fieldIf("next_by_subj", nextBySubject);
    out.fieldIf("batch", batch);
    out.fieldIf("max_bytes", maxBytes);
    if (startTime != null) {
      out.timeField("start_time", startTime);
    }
    out.stringsFieldIf("multi_last", multiLast);
    out.unsignedFieldIf("up_to_seq", upToSeq);
    if (upToTime != null) {
      out.timeField("up_to_time", upToTime);
    }
    out.fieldIf("no_hdr", noHeaders);
  }

  private static final class Fields implements JsonReader.FieldHandler {
    private long seq;
    private String lastBySubject = "";
    private String nextBySubject = "";
    private long batch;
    private long maxBytes;
    private @Nullable Instant startTime;
    private List<String> multiLast = List.of();
    private long upToSeq;
    private @Nullable Instant upToTime;
    private boolean noHeaders;

    @Override
    public boolean onField(String name, JsonReader in) {
      switch (name) {
        case "seq" -> seq = in.unsignedLong();
        case "last_by_subj" -> lastBySubject = in.string();
        case "next_by_subj" -> nextBySubject = in.string();
        case "batch" -> batch = in.wideInt();
        case "max_bytes" -> maxBytes = in.wideInt();
        case "start_time" -> startTime = in.optionalTime();
        case "multi_last" -> multiLast = in.strings();
        case "up_to_seq" -> upToSeq = in.unsignedLong();
        case "up_to_time" -> upToTime = in.optionalTime();
        case "no_hdr" -> noHeaders = in.bool();
        default -> {
          return false;
        }
      }
      return true;
    }
  }
}
