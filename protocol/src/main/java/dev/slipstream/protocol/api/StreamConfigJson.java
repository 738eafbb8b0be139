// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.protocol.api;

import dev.slipstream.protocol.json.JsonReader;
import dev.slipstream.protocol.json.JsonWriter;

/** The JSON of {@link StreamConfig}: which fields are always there, and in which order. */
final class StreamConfigJson {
  private StreamConfigJson() {}

  static boolean field(StreamConfig.Builder b, String name, JsonReader in) {
    switch (name) {
      case "name" -> b.name = in.string();
      case "description" -> b.description = in.string();
      case "subjects" -> b.subjects = in.strings();
      case "retention" -> b.retention = RetentionPolicy.read(in);
      case "max_consumers" -> b.maxConsumers = in.intValue();
      case "max_msgs" -> b.maxMsgs = in.longValue();
      case "max_bytes" -> b.maxBytes = in.longValue();
      case "max_age" -> b.maxAgeNanos = in.nanos();
      case "max_msgs_per_subject" -> b.maxMsgsPerSubject = in.longValue();
      case "max_msg_size" -> b.maxMsgSize = in.int32Value();
      case "discard" -> b.discard = DiscardPolicy.read(in);
      case "storage" -> b.storage = StorageType.read(in);
      case "num_replicas" -> b.numReplicas = in.intValue();
      case "no_ack" -> b.noAck = in.bool();
      case "duplicate_window" -> b.duplicateWindowNanos = in.nanos();
      case "placement" -> b.placement = in.isNull() ? null : Placement.read(in);
      case "mirror" -> b.mirror = in.isNull() ? null : StreamSource.read(in);
      case "sources" -> b.sources = in.list("[]*server.StreamSource", StreamSource::read);
      case "compression" -> b.compression = Compression.read(in);
      case "first_seq" -> b.firstSeq = in.unsignedLong();
      case "subject_transform" ->
          b.subjectTransform = in.isNull() ? null : SubjectTransform.read(in);
      case "republish" -> b.republish = in.isNull() ? null : Republish.read(in);
      case "allow_direct" -> b.allowDirect = in.bool();
      case "mirror_direct" -> b.mirrorDirect = in.bool();
      case "discard_new_per_subject" -> b.discardNewPerSubject = in.bool();
      case "sealed" -> b.sealed = in.bool();
      case "deny_delete" -> b.denyDelete = in.bool();
      case "deny_purge" -> b.denyPurge = in.bool();
      case "allow_rollup_hdrs" -> b.allowRollupHdrs = in.bool();
      case "consumer_limits" -> b.consumerLimits = ConsumerLimits.read(in);
      case "allow_msg_ttl" -> b.allowMsgTtl = in.bool();
      case "subject_delete_marker_ttl" -> b.subjectDeleteMarkerTtlNanos = in.nanos();
      case "allow_msg_counter" -> b.allowMsgCounter = in.bool();
      case "allow_atomic" -> b.allowAtomic = in.bool();
      case "allow_msg_schedules" -> b.allowMsgSchedules = in.bool();
      case "persist_mode" -> b.persistMode = PersistMode.read(in);
      case "allow_batched" -> b.allowBatched = in.bool();
      case "metadata" -> b.metadata = in.stringMap();
      default -> {
        return false;
      }
    }
    return true;
  }

  static void write(StreamConfig c, JsonWriter out) {
    out.field("name", c.name());
    out.fieldIf("description", c.description());
    out.stringsFieldIf("subjects", c.subjects());
    out.field("retention", c.retention().wireName());
    out.field("max_consumers", c.maxConsumers());
    out.field("max_msgs", c.maxMsgs());
    out.field("max_bytes", c.maxBytes());
    out.field("max_age", c.maxAgeNanos());
    out.field("max_msgs_per_subject", c.maxMsgsPerSubject());
    out.fieldIf("max_msg_size", c.maxMsgSize());
    out.field("discard", c.discard().wireName());
    out.field("storage", c.storage().wireName());
    out.field("num_replicas", c.numReplicas());
    out.fieldIf("no_ack", c.noAck());
    out.fieldIf("duplicate_window", c.duplicateWindowNanos());
    if (c.placement() != null) {
      c.placement().write(out.name("placement"));
    }
    if (c.mirror() != null) {
      c.mirror().write(out.name("mirror"));
    }
    out.arrayFieldIf("sources", c.sources(), (each, json) -> each.write(json));
    out.field("compression", c.compression().wireName());
    out.unsignedFieldIf("first_seq", c.firstSeq());
    if (c.subjectTransform() != null) {
      c.subjectTransform().write(out.name("subject_transform"));
    }
    if (c.republish() != null) {
      c.republish().write(out.name("republish"));
    }
    out.field("allow_direct", c.allowDirect());
    out.field("mirror_direct", c.mirrorDirect());
    out.fieldIf("discard_new_per_subject", c.discardNewPerSubject());
    out.field("sealed", c.sealed());
    out.field("deny_delete", c.denyDelete());
    out.field("deny_purge", c.denyPurge());
    out.field("allow_rollup_hdrs", c.allowRollupHdrs());
    c.consumerLimits().write(out.name("consumer_limits"));
    out.field("allow_msg_ttl", c.allowMsgTtl());
    out.fieldIf("subject_delete_marker_ttl", c.subjectDeleteMarkerTtlNanos());
    out.fieldIf("allow_msg_counter", c.allowMsgCounter());
    out.fieldIf("allow_atomic", c.allowAtomic());
    out.fieldIf("allow_msg_schedules", c.allowMsgSchedules());
    if (c.persistMode() != PersistMode.DEFAULT) {
      out.field("persist_mode", c.persistMode().wireName());
    }
    out.fieldIf("allow_batched", c.allowBatched());
    out.stringMapFieldIf("metadata", c.metadata());
  }
}
