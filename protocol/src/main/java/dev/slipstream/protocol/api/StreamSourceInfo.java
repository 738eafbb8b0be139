// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.protocol.api;

import dev.slipstream.protocol.json.JsonReader;
import dev.slipstream.protocol.json.JsonWriter;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How far a mirror or source has come.
 *
 * @param name the name of the other stream
 * @param external where it is, if not in the same account
 * @param lag how many messages are still to come
 * @param seq the last sequence taken
 * @param activeNanos the time since something came, in nanoseconds; -1 for never
 * @param error why it stands still, or null
 * @param filterSubject the only subjects taken; empty for all
 * @param subjectTransforms how subjects change on the way
 */
public record StreamSourceInfo(
    String name,
    @Nullable ExternalStream external,
    long lag,
    long seq,
    long activeNanos,
    @Nullable ApiError error,
    String filterSubject,
    List<SubjectTransform> subjectTransforms) {
  /** Copies the collections. */
  public StreamSourceInfo {
    subjectTransforms = List.copyOf(subjectTransforms);
  }

  /** Reads the object. */
  public static StreamSourceInfo read(JsonReader in) {
    Fields fields = new Fields();
    in.object("StreamSourceInfo", fields);
    return new StreamSourceInfo(
        fields.name,
        fields.external,
        fields.lag,
        fields.seq,
        fields.activeNanos,
        fields.error,
        fields.filterSubject,
        fields.subjectTransforms);
  }

  /** Writes the object. */
  public void write(JsonWriter out) {
    writeFields(out.object());
    out.end();
  }

  void writeFields(JsonWriter out) {
    out.field("name", name);
    if (external != null) {
      external.write(out.name("external"));
    }
    out.unsignedField("lag", lag);
    out.unsignedFieldIf("seq", seq);
    out.field("active", activeNanos);
    if (error != null) {
      error.write(out.name("error"));
    }
    out.fieldIf("filter_subject", filterSubject);
    out.arrayFieldIf("subject_transforms", subjectTransforms, (each, json) -> each.write(json));
  }

  private static final class Fields implements JsonReader.FieldHandler {
    private String name = "";
    private @Nullable ExternalStream external;
    private long lag;
    private long seq;
    private long activeNanos;
    private @Nullable ApiError error;
    private String filterSubject = "";
    private List<SubjectTransform> subjectTransforms = List.of();

    @Override
    public boolean onField(String name, JsonReader in) {
      switch (name) {
        case "name" -> this.name = in.string();
        case "external" -> external = in.isNull() ? null : ExternalStream.read(in);
        case "lag" -> lag = in.unsignedLong();
        case "seq" -> seq = in.unsignedLong();
        case "active" -> activeNanos = in.nanos();
        case "error" -> error = in.isNull() ? null : ApiError.read(in);
        case "filter_subject" -> filterSubject = in.string();
        case "subject_transforms" ->
            subjectTransforms = in.list("[]server.SubjectTransformConfig", SubjectTransform::read);
        default -> {
          return false;
        }
      }
      return true;
    }
  }
}
