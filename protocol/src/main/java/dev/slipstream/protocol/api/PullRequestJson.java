// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.protocol.api;

import dev.slipstream.protocol.json.JsonReader;
import dev.slipstream.protocol.json.JsonWriter;

/** The JSON of {@link PullRequest}. */
final class PullRequestJson {
  private PullRequestJson() {}

  static boolean field(PullRequest.Builder b, String name, JsonReader in) {
    switch (name) {
      case "expires" -> b.expiresNanos = in.nanos();
      case "batch" -> b.batch = in.intValue();
      case "max_bytes" -> b.maxBytes = in.wideInt();
      case "no_wait" -> b.noWait = in.bool();
      case "idle_heartbeat" -> b.idleHeartbeatNanos = in.nanos();
      default -> {
        return in.embedded("PriorityGroup", name, (n, value) -> groupField(b, n, value));
      }
    }
    return true;
  }

  private static boolean groupField(PullRequest.Builder b, String name, JsonReader in) {
    switch (name) {
      case "group" -> b.group = in.string();
      case "min_pending" -> b.minPending = in.longValue();
      case "min_ack_pending" -> b.minAckPending = in.longValue();
      case "id" -> b.id = in.string();
      case "priority" -> b.priority = in.intValue();
      default -> {
        return false;
      }
    }
    return true;
  }

  static void write(PullRequest c, JsonWriter out) {
    out.fieldIf("expires", c.expiresNanos());
    out.fieldIf("batch", c.batch());
    out.fieldIf("max_bytes", c.maxBytes());
    out.fieldIf("no_wait", c.noWait());
    out.fieldIf("idle_heartbeat", c.idleHeartbeatNanos());
    out.fieldIf("group", c.group());
    out.fieldIf("min_pending", c.minPending());
    out.fieldIf("min_ack_pending", c.minAckPending());
    out.fieldIf("id", c.id());
    out.fieldIf("priority", c.priority());
  }
}
