// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.protocol.api;

import dev.slipstream.protocol.json.JsonReader;
import dev.slipstream.protocol.json.JsonWriter;
import dev.slipstream.protocol.json.Rfc3339;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A consumer as its server describes it.
 *
 * @param streamName the stream it reads
 * @param name its name
 * @param created when it was created
 * @param config its configuration
 * @param delivered the last delivery
 * @param ackFloor the place up to which everything is acknowledged
 * @param numAckPending how many deliveries wait for their acknowledgement
 * @param numRedelivered how many of them were delivered more than once
 * @param numWaiting how many pulls wait
 * @param numPending how many messages are still to be delivered
 * @param cluster the servers behind it, or null
 * @param pushBound whether somebody listens on its delivery subject
 * @param paused whether it is paused
 * @param pauseRemainingNanos for how long, in nanoseconds
 * @param ts when all this was so
 * @param priorityGroups the pinned clients
 */
public record ConsumerInfo(
    String streamName,
    String name,
    Instant created,
    ConsumerConfig config,
    SequenceInfo delivered,
    SequenceInfo ackFloor,
    int numAckPending,
    int numRedelivered,
    int numWaiting,
    long numPending,
    @Nullable ClusterInfo cluster,
    boolean pushBound,
    boolean paused,
    long pauseRemainingNanos,
    Instant ts,
    List<PriorityGroupState> priorityGroups) {
  /** Copies the collections. */
  public ConsumerInfo {
    priorityGroups = List.copyOf(priorityGroups);
  }

  /** Reads the object. */
  public static ConsumerInfo read(JsonReader in) {
    Fields fields = new Fields();
    in.object("ConsumerInfo", fields);
    return new ConsumerInfo(
        fields.streamName,
        fields.name,
        fields.created,
        fields.config,
        fields.delivered,
        fields.ackFloor,
        fields.numAckPending,
        fields.numRedelivered,
        fields.numWaiting,
        fields.numPending,
        fields.cluster,
        fields.pushBound,
        fields.paused,
        fields.pauseRemainingNanos,
        fields.ts,
        fields.priorityGroups);
  }

  /** Writes the object. */
  public void write(JsonWriter out) {
    writeFields(out.object());
    out.end();
  }

  /** Writes the fields into an object that is open. */
  public void writeFields(JsonWriter out) {
    out.field("stream_name", streamName);
    out.field("name", name);
    out.timeField("created", created);
    config.write(out.name("config"));
    delivered.write(out.name("delivered"));
    ackFloor.write(out.name("ack_floor"));
    out.field("num_ack_pending", numAckPending);
    out.field("num_redelivered", numRedelivered);
    out.field("num_waiting", numWaiting);
    out.unsignedField("num_pending", numPending);
    if (cluster != null) {
      cluster.write(out.name("cluster"));
    }
    out.fieldIf("push_bound", pushBound);
    out.fieldIf("paused", paused);
    out.fieldIf("pause_remaining", pauseRemainingNanos);
    out.timeField("ts", ts);
    out.arrayFieldIf("priority_groups", priorityGroups, (each, json) -> each.write(json));
  }

  private static final class Fields implements JsonReader.FieldHandler {
    private String streamName = "";
    private String name = "";
    private Instant created = Rfc3339.ZERO;
    private ConsumerConfig config = ConsumerConfig.builder().build();
    private SequenceInfo delivered = SequenceInfo.ZERO;
    private SequenceInfo ackFloor = SequenceInfo.ZERO;
    private int numAckPending;
    private int numRedelivered;
    private int numWaiting;
    private long numPending;
    private @Nullable ClusterInfo cluster;
    private boolean pushBound;
    private boolean paused;
    private long pauseRemainingNanos;
    private Instant ts = Rfc3339.ZERO;
    private List<PriorityGroupState> priorityGroups = List.of();

    @Override
    public boolean onField(String name, JsonReader in) {
      switch (name) {
        case "stream_name" -> streamName = in.string();
        case "name" -> this.name = in.string();
        case "created" -> created = in.time();
        case "config" -> config = ConsumerConfig.read(in);
        case "delivered" -> delivered = SequenceInfo.read(in);
        case "ack_floor" -> ackFloor = SequenceInfo.read(in);
        case "num_ack_pending" -> numAckPending = in.intValue();
        case "num_redelivered" -> numRedelivered = in.intValue();
        case "num_waiting" -> numWaiting = in.intValue();
        case "num_pending" -> numPending = in.unsignedLong();
        case "cluster" -> cluster = in.isNull() ? null : ClusterInfo.read(in);
        case "push_bound" -> pushBound = in.bool();
        case "paused" -> paused = in.bool();
        case "pause_remaining" -> pauseRemainingNanos = in.nanos();
        case "ts" -> ts = in.time();
        case "priority_groups" ->
            priorityGroups = in.list("[]server.PriorityGroupState", PriorityGroupState::read);
        default -> {
          return false;
        }
      }
      return true;
    }
  }
}
