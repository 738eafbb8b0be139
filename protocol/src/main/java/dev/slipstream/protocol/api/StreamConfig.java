// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.protocol.api;

import dev.slipstream.protocol.json.JsonReader;
import dev.slipstream.protocol.json.JsonWriter;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The configuration of a stream, as clients send it and servers answer it.
 *
 * <p>Nothing is filled in here: 0, empty and false mean "not given", and the server decides what
 * they stand for. Sizes are in bytes.
 *
 * @param name the name of the stream
 * @param description text for people
 * @param subjects the subjects it stores; empty for its name alone
 * @param retention what keeps a message
 * @param maxConsumers how many consumers it may have; -1 for any number
 * @param maxMsgs how many messages it may hold; -1 for any number
 * @param maxBytes how much it may hold; -1 for any size
 * @param maxAgeNanos how old a message may become, in nanoseconds; 0 for any age
 * @param maxMsgsPerSubject how many messages it may hold of one subject
 * @param maxMsgSize how large a message with its headers may be; -1 for any size
 * @param discard what gives way when it is full
 * @param storage where messages are kept
 * @param numReplicas how many servers keep it
 * @param noAck whether publishes are not acknowledged
 * @param duplicateWindowNanos how long message ids are remembered, in nanoseconds
 * @param placement where in a cluster it lives, or null
 * @param mirror the stream it mirrors, or null
 * @param sources the streams it takes messages from
 * @param compression how stored messages are compressed
 * @param firstSeq the sequence of the first message; 0 for 1
 * @param subjectTransform how subjects change before storing, or null
 * @param republish what is published again after storing, or null
 * @param allowDirect whether direct gets are answered
 * @param mirrorDirect whether direct gets are answered for the mirrored stream
 * @param discardNewPerSubject whether a full subject refuses the new message
 * @param sealed whether nothing may change any more
 * @param denyDelete whether messages may not be deleted
 * @param denyPurge whether it may not be purged
 * @param allowRollupHdrs whether a message may replace all before it
 * @param consumerLimits bounds and defaults of its consumers
 * @param allowMsgTtl whether messages may have an age limit of their own
 * @param subjectDeleteMarkerTtlNanos how long the mark stays that takes the place of the last
 *     message of a subject, in nanoseconds; 0 for no marks
 * @param allowMsgCounter whether messages are counters
 * @param allowAtomic whether batches may be published all or nothing
 * @param allowMsgSchedules whether messages may be scheduled
 * @param persistMode when a publish is acknowledged
 * @param allowBatched whether batches may be published with few acknowledgements
 * @param metadata free keys and values
 */
public record StreamConfig(
    String name,
    String description,
    List<String> subjects,
    RetentionPolicy retention,
    int maxConsumers,
    long maxMsgs,
    long maxBytes,
    long maxAgeNanos,
    long maxMsgsPerSubject,
    int maxMsgSize,
    DiscardPolicy discard,
    StorageType storage,
    int numReplicas,
    boolean noAck,
    long duplicateWindowNanos,
    @Nullable Placement placement,
    @Nullable StreamSource mirror,
    List<StreamSource> sources,
    Compression compression,
    long firstSeq,
    @Nullable SubjectTransform subjectTransform,
    @Nullable Republish republish,
    boolean allowDirect,
    boolean mirrorDirect,
    boolean discardNewPerSubject,
    boolean sealed,
    boolean denyDelete,
    boolean denyPurge,
    boolean allowRollupHdrs,
    ConsumerLimits consumerLimits,
    boolean allowMsgTtl,
    long subjectDeleteMarkerTtlNanos,
    boolean allowMsgCounter,
    boolean allowAtomic,
    boolean allowMsgSchedules,
    PersistMode persistMode,
    boolean allowBatched,
    Map<String, String> metadata) {
  /** Copies the collections. */
  public StreamConfig {
    subjects = List.copyOf(subjects);
    sources = List.copyOf(sources);
    metadata = Map.copyOf(metadata);
  }

  /** Begins a configuration of a stream. */
  public static Builder builder(String name) {
    return new Builder().name(name);
  }

  /** Begins another one with the values of this one. */
  public Builder toBuilder() {
    return new Builder(this);
  }

  /** Reads the object; what is absent keeps the builder's default. */
  public static StreamConfig read(JsonReader in) {
    Builder builder = new Builder();
    in.object("StreamConfig", (name, value) -> StreamConfigJson.field(builder, name, value));
    return builder.build();
  }

  /** Writes the object. */
  public void write(JsonWriter out) {
    out.object();
    StreamConfigJson.write(this, out);
    out.end();
  }

  /** Builds a configuration; each setter is named like the component it sets. */
  public static final class Builder {
    String name = "";
    String description = "";
    List<String> subjects = List.of();
    RetentionPolicy retention = RetentionPolicy.LIMITS;
    int maxConsumers;
    long maxMsgs;
    long maxBytes;
    long maxAgeNanos;
    long maxMsgsPerSubject;
    int maxMsgSize;
    DiscardPolicy discard = DiscardPolicy.OLD;
    StorageType storage = StorageType.FILE;
    int numReplicas;
    boolean noAck;
    long duplicateWindowNanos;
    @Nullable Placement placement;
    @Nullable StreamSource mirror;
    List<StreamSource> sources = List.of();
    Compression compression = Compression.NONE;
    long firstSeq;
    @Nullable SubjectTransform subjectTransform;
    @Nullable Republish republish;
    boolean allowDirect;
    boolean mirrorDirect;
    boolean discardNewPerSubject;
    boolean sealed;
    boolean denyDelete;
    boolean denyPurge;
    boolean allowRollupHdrs;
    ConsumerLimits consumerLimits = ConsumerLimits.NONE;
    boolean allowMsgTtl;
    long subjectDeleteMarkerTtlNanos;
    boolean allowMsgCounter;
    boolean allowAtomic;
    boolean allowMsgSchedules;
    PersistMode persistMode = PersistMode.DEFAULT;
    boolean allowBatched;
    Map<String, String> metadata = Map.of();

    Builder() {}

    private Builder(StreamConfig from) {
      name = from.name;
      description = from.description;
      subjects = from.subjects;
      retention = from.retention;
      maxConsumers = from.maxConsumers;
      maxMsgs = from.maxMsgs;
      maxBytes = from.maxBytes;
      maxAgeNanos = from.maxAgeNanos;
      maxMsgsPerSubject = from.maxMsgsPerSubject;
      maxMsgSize = from.maxMsgSize;
      discard = from.discard;
      storage = from.storage;
      numReplicas = from.numReplicas;
      noAck = from.noAck;
      duplicateWindowNanos = from.duplicateWindowNanos;
      placement = from.placement;
      mirror = from.mirror;
      sources = from.sources;
      compression = from.compression;
      firstSeq = from.firstSeq;
      subjectTransform = from.subjectTransform;
      republish = from.republish;
      allowDirect = from.allowDirect;
      mirrorDirect = from.mirrorDirect;
      discardNewPerSubject = from.discardNewPerSubject;
      sealed = from.sealed;
      denyDelete = from.denyDelete;
      denyPurge = from.denyPurge;
      allowRollupHdrs = from.allowRollupHdrs;
      consumerLimits = from.consumerLimits;
      allowMsgTtl = from.allowMsgTtl;
      subjectDeleteMarkerTtlNanos = from.subjectDeleteMarkerTtlNanos;
      allowMsgCounter = from.allowMsgCounter;
      allowAtomic = from.allowAtomic;
      allowMsgSchedules = from.allowMsgSchedules;
      persistMode = from.persistMode;
      allowBatched = from.allowBatched;
      metadata = from.metadata;
    }

    public Builder name(String value) {
      name = value;
      return this;
    }

    public Builder description(String value) {
      description = value;
      return this;
    }

    public Builder subjects(List<String> value) {
      subjects = value;
      return this;
    }

    public Builder subjects(String... values) {
      subjects = List.of(values);
      return this;
    }

    public Builder retention(RetentionPolicy value) {
      retention = value;
      return this;
    }

    public Builder maxConsumers(int value) {
      maxConsumers = value;
      return this;
    }

    public Builder maxMsgs(long value) {
      maxMsgs = value;
      return this;
    }

    public Builder maxBytes(long value) {
      maxBytes = value;
      return this;
    }

    public Builder maxAgeNanos(long value) {
      maxAgeNanos = value;
      return this;
    }

    public Builder maxMsgsPerSubject(long value) {
      maxMsgsPerSubject = value;
      return this;
    }

    public Builder maxMsgSize(int value) {
      maxMsgSize = value;
      return this;
    }

    public Builder discard(DiscardPolicy value) {
      discard = value;
      return this;
    }

    public Builder storage(StorageType value) {
      storage = value;
      return this;
    }

    public Builder numReplicas(int value) {
      numReplicas = value;
      return this;
    }

    public Builder noAck(boolean value) {
      noAck = value;
      return this;
    }

    public Builder duplicateWindowNanos(long value) {
      duplicateWindowNanos = value;
      return this;
    }

    public Builder placement(@Nullable Placement value) {
      placement = value;
      return this;
    }

    public Builder mirror(@Nullable StreamSource value) {
      mirror = value;
      return this;
    }

    public Builder sources(List<StreamSource> value) {
      sources = value;
      return this;
    }

    public Builder compression(Compression value) {
      compression = value;
      return this;
    }

    public Builder firstSeq(long value) {
      firstSeq = value;
      return this;
    }

    public Builder subjectTransform(@Nullable SubjectTransform value) {
      subjectTransform = value;
      return this;
    }

    public Builder republish(@Nullable Republish value) {
      republish = value;
      return this;
    }

    public Builder allowDirect(boolean value) {
      allowDirect = value;
      return this;
    }

    public Builder mirrorDirect(boolean value) {
      mirrorDirect = value;
      return this;
    }

    public Builder discardNewPerSubject(boolean value) {
      discardNewPerSubject = value;
      return this;
    }

    public Builder sealed(boolean value) {
      sealed = value;
      return this;
    }

    public Builder denyDelete(boolean value) {
      denyDelete = value;
      return this;
    }

    public Builder denyPurge(boolean value) {
      denyPurge = value;
      return this;
    }

    public Builder allowRollupHdrs(boolean value) {
      allowRollupHdrs = value;
      return this;
    }

    public Builder consumerLimits(ConsumerLimits value) {
      consumerLimits = value;
      return this;
    }

    public Builder allowMsgTtl(boolean value) {
      allowMsgTtl = value;
      return this;
    }

    public Builder subjectDeleteMarkerTtlNanos(long value) {
      subjectDeleteMarkerTtlNanos = value;
      return this;
    }

    public Builder allowMsgCounter(boolean value) {
      allowMsgCounter = value;
      return this;
    }

    public Builder allowAtomic(boolean value) {
      allowAtomic = value;
      return this;
    }

    public Builder allowMsgSchedules(boolean value) {
      allowMsgSchedules = value;
      return this;
    }

    public Builder persistMode(PersistMode value) {
      persistMode = value;
      return this;
    }

    public Builder allowBatched(boolean value) {
      allowBatched = value;
      return this;
    }

    public Builder metadata(Map<String, String> value) {
      metadata = value;
      return this;
    }

    public StreamConfig build() {
      return new StreamConfig(
          name,
          description,
          subjects,
          retention,
          maxConsumers,
          maxMsgs,
          maxBytes,
          maxAgeNanos,
          maxMsgsPerSubject,
          maxMsgSize,
          discard,
          storage,
          numReplicas,
          noAck,
          duplicateWindowNanos,
          placement,
          mirror,
          sources,
          compression,
          firstSeq,
          subjectTransform,
          republish,
          allowDirect,
          mirrorDirect,
          discardNewPerSubject,
          sealed,
          denyDelete,
          denyPurge,
          allowRollupHdrs,
          consumerLimits,
          allowMsgTtl,
          subjectDeleteMarkerTtlNanos,
          allowMsgCounter,
          allowAtomic,
          allowMsgSchedules,
          persistMode,
          allowBatched,
          metadata);
    }
  }
}
