// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.protocol.api;

import dev.slipstream.protocol.json.JsonReader;
import dev.slipstream.protocol.json.JsonWriter;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Another stream whose messages a stream takes over, as a mirror or as a source.
 *
 * @param name the name of the other stream
 * @param optStartSeq the sequence to begin with; 0 for the first
 * @param optStartTime the time to begin with, or null
 * @param filterSubject the only subjects to take; empty for all
 * @param subjectTransforms how subjects change on the way
 * @param external where the other stream is, if not in the same account
 * @param consumer the consumer to use, if it is durable
 */
public record StreamSource(
    String name,
    long optStartSeq,
    @Nullable Instant optStartTime,
    String filterSubject,
    List<SubjectTransform> subjectTransforms,
    @Nullable ExternalStream external,
    @Nullable SourceConsumer consumer) {
  /** Copies the collections. */
  public StreamSource {
    subjectTransforms = List.copyOf(subjectTransforms);
  }

  /** A source that takes everything. */
  public static StreamSource of(String name) {
    return new StreamSource(name, 0, null, "", List.of(), null, null);
  }

  /** Of another name. */
  public StreamSource name(String stream) {
    return new StreamSource(
        stream, optStartSeq, optStartTime, filterSubject, subjectTransforms, external, consumer);
  }

  /** In another account or domain. */
  public StreamSource external(ExternalStream where) {
    return new StreamSource(
        name, optStartSeq, optStartTime, filterSubject, subjectTransforms, where, consumer);
  }

  /** With other changes of subjects on the way. */
  public StreamSource subjectTransforms(SubjectTransform... transforms) {
    return new StreamSource(
        name, optStartSeq, optStartTime, filterSubject, List.of(transforms), external, consumer);
  }

  /** Reads the object. */
  public static StreamSource read(JsonReader in) {
    Fields fields = new Fields();
    in.object("StreamSource", fields);
    return new StreamSource(
        fields.name,
        fields.optStartSeq,
        fields.optStartTime,
        fields.filterSubject,
        fields.subjectTransforms,
        fields.external,
        fields.consumer);
  }

  /** Writes the object. */
  public void write(JsonWriter out) {
    writeFields(out.object());
    out.end();
  }

  void writeFields(JsonWriter out) {
    out.field("name", name);
    out.unsignedFieldIf("opt_start_seq", optStartSeq);
    if (optStartTime != null) {
      out.timeField("opt_start_time", optStartTime);
    }
    out.fieldIf("filter_subject", filterSubject);
    out.arrayFieldIf("subject_transforms", subjectTransforms, (each, json) -> each.write(json));
    if (external != null) {
      external.write(out.name("external"));
    }
    if (consumer != null) {
      consumer.write(out.name("consumer"));
    }
  }

  private static final class Fields implements JsonReader.FieldHandler {
    private String name = "";
    private long optStartSeq;
    private @Nullable Instant optStartTime;
    private String filterSubject = "";
    private List<SubjectTransform> subjectTransforms = List.of();
    private @Nullable ExternalStream external;
    private @Nullable SourceConsumer consumer;

    @Override
    public boolean onField(String name, JsonReader in) {
      switch (name) {
        case "name" -> this.name = in.string();
        case "opt_start_seq" -> optStartSeq = in.unsignedLong();
        case "opt_start_time" -> optStartTime = in.optionalTime();
        case "filter_subject" -> filterSubject = in.string();
        case "subject_transforms" ->
            subjectTransforms = in.list("[]server.SubjectTransformConfig", SubjectTransform::read);
        case "external" -> external = in.isNull() ? null : ExternalStream.read(in);
        case "consumer" -> consumer = in.isNull() ? null : SourceConsumer.read(in);
        default -> {
          return false;
        }
      }
      return true;
    }
  }
}
