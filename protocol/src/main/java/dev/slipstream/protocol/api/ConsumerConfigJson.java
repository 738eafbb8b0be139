// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.protocol.api;

import dev.slipstream.protocol.json.JsonReader;
import dev.slipstream.protocol.json.JsonWriter;

/** The JSON of {@link ConsumerConfig}: which fields are always there, and in which order. */
final class ConsumerConfigJson {
  private ConsumerConfigJson() {}

  static boolean field(ConsumerConfig.Builder b, String name, JsonReader in) {
    switch (name) {
      case "durable_name" -> b.durableName = in.string();
      case "name" -> b.name = in.string();
      case "description" -> b.description = in.string();
      case "deliver_policy" -> b.deliverPolicy = DeliverPolicy.read(in);
      case "opt_start_seq" -> b.optStartSeq = in.unsignedLong();
      case "opt_start_time" -> b.optStartTime = in.optionalTime();
      case "ack_policy" -> b.ackPolicy = AckPolicy.read(in);
      case "ack_wait" -> b.ackWaitNanos = in.nanos();
      case "max_deliver" -> b.maxDeliver = in.intValue();
      case "backoff" -> b.backoffNanos = in.nanosList();
      case "filter_subject" -> b.filterSubject = in.string();
      case "filter_subjects" -> b.filterSubjects = in.strings();
      case "replay_policy" -> b.replayPolicy = ReplayPolicy.read(in);
      case "rate_limit_bps" -> b.rateLimitBps = in.unsignedLong();
      case "sample_freq" -> b.sampleFreq = in.string();
      case "max_waiting" -> b.maxWaiting = in.intValue();
      case "max_ack_pending" -> b.maxAckPending = in.intValue();
      case "flow_control" -> b.flowControl = in.bool();
      case "headers_only" -> b.headersOnly = in.bool();
      case "max_batch" -> b.maxBatch = in.intValue();
      case "max_expires" -> b.maxExpiresNanos = in.nanos();
      case "max_bytes" -> b.maxBytes = in.wideInt();
      case "deliver_subject" -> b.deliverSubject = in.string();
      case "deliver_group" -> b.deliverGroup = in.string();
      case "idle_heartbeat" -> b.idleHeartbeatNanos = in.nanos();
      case "inactive_threshold" -> b.inactiveThresholdNanos = in.nanos();
      case "num_replicas" -> b.numReplicas = in.intValue();
      case "mem_storage" -> b.memStorage = in.bool();
      case "direct" -> b.direct = in.bool();
      case "sourcing" -> b.sourcing = in.bool();
      case "metadata" -> b.metadata = in.stringMap();
      case "pause_until" -> b.pauseUntil = in.optionalTime();
      case "priority_groups" -> b.priorityGroups = in.strings();
      case "priority_policy" -> b.priorityPolicy = PriorityPolicy.read(in);
      case "priority_timeout" -> b.priorityTimeoutNanos = in.nanos();
      default -> {
        return false;
      }
    }
    return true;
  }

  static void write(ConsumerConfig c, JsonWriter out) {
    out.fieldIf("durable_name", c.durableName());
    out.fieldIf("name", c.name());
    out.fieldIf("description", c.description());
    out.field("deliver_policy", c.deliverPolicy().wireName());
    out.unsignedFieldIf("opt_start_seq", c.optStartSeq());
    if (c.optStartTime() != null) {
      out.timeField("opt_start_time", c.optStartTime());
    }
    out.field("ack_policy", c.ackPolicy().wireName());
    out.fieldIf("ack_wait", c.ackWaitNanos());
    out.fieldIf("max_deliver", c.maxDeliver());
    out.arrayFieldIf("backoff", c.backoffNanos(), (each, json) -> json.value(each));
    out.fieldIf("filter_subject", c.filterSubject());
    out.stringsFieldIf("filter_subjects", c.filterSubjects());
    out.field("replay_policy", c.replayPolicy().wireName());
    out.unsignedFieldIf("rate_limit_bps", c.rateLimitBps());
    out.fieldIf("sample_freq", c.sampleFreq());
    out.fieldIf("max_waiting", c.maxWaiting());
    out.fieldIf("max_ack_pending", c.maxAckPending());
    out.fieldIf("flow_control", c.flowControl());
    out.fieldIf("headers_only", c.headersOnly());
    out.fieldIf("max_batch", c.maxBatch());
    out.fieldIf("max_expires", c.maxExpiresNanos());
    out.fieldIf("max_bytes", c.maxBytes());
    out.fieldIf("deliver_subject", c.deliverSubject());
    out.fieldIf("deliver_group", c.deliverGroup());
    out.fieldIf("idle_heartbeat", c.idleHeartbeatNanos());
    out.fieldIf("inactive_threshold", c.inactiveThresholdNanos());
    out.field("num_replicas", c.numReplicas());
    out.fieldIf("mem_storage", c.memStorage());
    out.fieldIf("direct", c.direct());
    out.fieldIf("sourcing", c.sourcing());
    out.stringMapFieldIf("metadata", c.metadata());
    if (c.pauseUntil() != null) {
      out.timeField("pause_until", c.pauseUntil());
    }
    out.stringsFieldIf("priority_groups", c.priorityGroups());
    if (c.priorityPolicy() != PriorityPolicy.NONE) {
      out.field("priority_policy", c.priorityPolicy().wireName());
    }
    out.fieldIf("priority_timeout", c.priorityTimeoutNanos());
  }
}
