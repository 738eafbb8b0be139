// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.protocol.api;

import dev.slipstream.protocol.json.JsonReader;
import dev.slipstream.protocol.json.JsonWriter;
import dev.slipstream.protocol.json.Rfc3339;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a stream holds.
 *
 * @param messages the number of messages
 * @param bytes their size, with what the server counts for each
 * @param firstSeq the sequence of the first message, or of the next one if there is none
 * @param firstTime when it was stored
 * @param lastSeq the last sequence given out
 * @param lastTime when it was
 * @param numSubjects the number of different subjects
 * @param subjects the number of messages of each subject, if asked for
 * @param numDeleted the number of gaps between first and last
 * @param deleted the sequences of the gaps, if asked for
 * @param lost what can not be read any more, or null
 * @param consumerCount the number of consumers
 */
public record StreamState(
    long messages,
    long bytes,
    long firstSeq,
    Instant firstTime,
    long lastSeq,
    Instant lastTime,
    int numSubjects,
    Map<String, Long> subjects,
    int numDeleted,
    List<Long> deleted,
    @Nullable LostMessages lost,
    int consumerCount) {
  /** The state of a stream that was never written to. */
  public static final StreamState EMPTY =
      new StreamState(0, 0, 0, Rfc3339.ZERO, 0, Rfc3339.ZERO, 0, Map.of(), 0, List.of(), null, 0);

  /** Copies the collections. */
  public StreamState {
    subjects = Map.copyOf(subjects);
    deleted = List.copyOf(deleted);
  }

  /** Reads the object. */
  public static StreamState read(JsonReader in) {
    Fields fields = new Fields();
    in.object("StreamState", fields);
    return new StreamState(
        fields.messages,
        fields.bytes,
        fields.firstSeq,
        fields.firstTime,
        fields.lastSeq,
        fields.lastTime,
        fields.numSubjects,
        fields.subjects,
        fields.numDeleted,
        fields.deleted,
        fields.lost,
        fields.consumerCount);
  }

  /** Writes the object. */
  public void write(JsonWriter out) {
    writeFields(out.object());
    out.end();
  }

  /**
   * Writes the object with subjects and gaps that were written before.
   *
   * @param subjectsJson an object in the place of {@code subjects}, or null
   * @param deletedJson an array in the place of {@code deleted}, or null
   */
  public void write(
      JsonWriter out, @Nullable JsonWriter subjectsJson, @Nullable JsonWriter deletedJson) {
    writeFields(out.object(), subjectsJson, deletedJson);
    out.end();
  }

  void writeFields(JsonWriter out) {
    writeFields(out, null, null);
  }

  private void writeFields(
      JsonWriter out, @Nullable JsonWriter subjectsJson, @Nullable JsonWriter deletedJson) {
    out.unsignedField("messages", messages);
    out.unsignedField("bytes", bytes);
    out.unsignedField("first_seq", firstSeq);
    out.timeField("first_ts", firstTime);
    out.unsignedField("last_seq", lastSeq);
    out.timeField("last_ts", lastTime);
    out.fieldIf("num_subjects", numSubjects);
    if (subjectsJson == null) {
      out.unsignedMapFieldIf("subjects", subjects);
    } else {
      out.name("subjects").rawValue(subjectsJson);
    }
    out.fieldIf("num_deleted", numDeleted);
    if (deletedJson == null) {
      out.unsignedsFieldIf("deleted", deleted);
    } else {
      out.name("deleted").rawValue(deletedJson);
    }
    if (lost != null) {
      lost.write(out.name("lost"));
    }
    out.field("consumer_count", consumerCount);
  }

  private static final class Fields implements JsonReader.FieldHandler {
    private long messages;
    private long bytes;
    private long firstSeq;
    private Instant firstTime = Rfc3339.ZERO;
    private long lastSeq;
    private Instant lastTime = Rfc3339.ZERO;
    private int numSubjects;
    private Map<String, Long> subjects = Map.of();
    private int numDeleted;
    private List<Long> deleted = List.of();
    private @Nullable LostMessages lost;
    private int consumerCount;

    @Override
    public boolean onField(String name, JsonReader in) {
      switch (name) {
        case "messages" -> messages = in.unsignedLong();
        case "bytes" -> bytes = in.unsignedLong();
        case "first_seq" -> firstSeq = in.unsignedLong();
        case "first_ts" -> firstTime = in.time();
        case "last_seq" -> lastSeq = in.unsignedLong();
        case "last_ts" -> lastTime = in.time();
        case "num_subjects" -> numSubjects = in.intValue();
        case "subjects" -> subjects = in.unsignedMap();
        case "num_deleted" -> numDeleted = in.intValue();
        case "deleted" -> deleted = in.unsignedLongs();
        case "lost" -> lost = in.isNull() ? null : LostMessages.read(in);
        case "consumer_count" -> consumerCount = in.intValue();
        default -> {
          return false;
        }
      }
      return true;
    }
  }
}
