// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.protocol.api;

import dev.slipstream.protocol.json.JsonReader;
import dev.slipstream.protocol.json.JsonWriter;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The configuration of a consumer, as clients send it and servers answer it.
 *
 * <p>Nothing is filled in here: 0, empty and false mean "not given", and the server decides what
 * they stand for. Sizes are in bytes.
 *
 * @param durableName the name of a consumer that stays; empty for one that goes when it is idle
 * @param name the name
 * @param description text for people
 * @param deliverPolicy where in the stream it starts
 * @param optStartSeq the sequence to start with
 * @param optStartTime the time to start with, or null
 * @param ackPolicy how messages are acknowledged
 * @param ackWaitNanos how long an acknowledgement may take, in nanoseconds
 * @param maxDeliver how often a message is delivered; -1 without end
 * @param backoffNanos how long the acknowledgement of each delivery may take, in nanoseconds
 * @param filterSubject the only subject to deliver; empty for all
 * @param filterSubjects the only subjects to deliver; empty for all
 * @param replayPolicy at which pace
 * @param rateLimitBps bits a second; 0 for any rate
 * @param sampleFreq the percentage of acknowledgements to report on
 * @param maxWaiting how many pulls may wait
 * @param maxAckPending how many messages may wait for their acknowledgement; -1 for any number
 * @param flowControl whether the receiver is asked to keep up
 * @param headersOnly whether payloads are left out
 * @param maxBatch how many messages a pull may ask for; 0 for any number
 * @param maxExpiresNanos how long a pull may wait, in nanoseconds; 0 for any time
 * @param maxBytes how much a pull may ask for; 0 for any size
 * @param deliverSubject where messages are pushed; empty for a pull consumer
 * @param deliverGroup the queue group of the receivers
 * @param idleHeartbeatNanos after how long without messages a heartbeat is pushed, in nanoseconds
 * @param inactiveThresholdNanos how long it may be idle, in nanoseconds
 * @param numReplicas how many servers keep it; 0 for as many as the stream
 * @param memStorage whether it is kept in memory only
 * @param direct whether it serves another stream without being shown
 * @param sourcing whether it serves another stream as a source
 * @param metadata free keys and values
 * @param pauseUntil when deliveries begin, or null
 * @param priorityGroups the names of its priority groups
 * @param priorityPolicy how waiting pulls are chosen from
 * @param priorityTimeoutNanos how long a pinned client may be silent, in nanoseconds
 */
public record ConsumerConfig(
    String durableName,
    String name,
    String description,
    DeliverPolicy deliverPolicy,
    long optStartSeq,
    @Nullable Instant optStartTime,
    AckPolicy ackPolicy,
    long ackWaitNanos,
    int maxDeliver,
    List<Long> backoffNanos,
    String filterSubject,
    List<String> filterSubjects,
    ReplayPolicy replayPolicy,
    long rateLimitBps,
    String sampleFreq,
    int maxWaiting,
    int maxAckPending,
    boolean flowControl,
    boolean headersOnly,
    int maxBatch,
    long maxExpiresNanos,
    long maxBytes,
    String deliverSubject,
    String deliverGroup,
    long idleHeartbeatNanos,
    long inactiveThresholdNanos,
    int numReplicas,
    boolean memStorage,
    boolean direct,
    boolean sourcing,
    Map<String, String> metadata,
    @Nullable Instant pauseUntil,
    List<String> priorityGroups,
    PriorityPolicy priorityPolicy,
    long priorityTimeoutNanos) {
  /** Copies the collections. */
  public ConsumerConfig {
    backoffNanos = List.copyOf(backoffNanos);
    filterSubjects = List.copyOf(filterSubjects);
    metadata = Map.copyOf(metadata);
    priorityGroups = List.copyOf(priorityGroups);
  }

  /** Begins a configuration. */
  public static Builder builder() {
    return new Builder();
  }

  /** Begins another one with the values of this one. */
  public Builder toBuilder() {
    return new Builder(this);
  }

  /** The subjects to deliver, from both fields; empty for all. */
  public List<String> filters() {
    if (filterSubject.isEmpty()) {
      return filterSubjects;
    }
    List<String> all = new ArrayList<>(List.of(filterSubject));
    filterSubjects.stream().filter(f -> !all.contains(f)).forEach(all::add);
    return List.copyOf(all);
  }

  /** Whether messages are pushed to a subject rather than pulled. */
  public boolean isPush() {
    return !deliverSubject.isEmpty();
  }

  /** Whether it stays when it is idle. */
  public boolean isDurable() {
    return !durableName.isEmpty();
  }

  /** Reads the object; what is absent keeps the builder's default. */
  public static ConsumerConfig read(JsonReader in) {
    Builder builder = new Builder();
    in.object("ConsumerConfig", (name, value) -> ConsumerConfigJson.field(builder, name, value));
    return builder.build();
  }

  /** Writes the object. */
  public void write(JsonWriter out) {
    out.object();
    ConsumerConfigJson.write(this, out);
    out.end();
  }

  /** Builds a configuration; each setter is named like the component it sets. */
  public static final class Builder {
    String durableName = "";
    String name = "";
    String description = "";
    DeliverPolicy deliverPolicy = DeliverPolicy.ALL;
    long optStartSeq;
    @Nullable Instant optStartTime;
    AckPolicy ackPolicy = AckPolicy.NONE;
    long ackWaitNanos;
    int maxDeliver;
    List<Long> backoffNanos = List.of();
    String filterSubject = "";
    List<String> filterSubjects = List.of();
    ReplayPolicy replayPolicy = ReplayPolicy.INSTANT;
    long rateLimitBps;
    String sampleFreq = "";
    int maxWaiting;
    int maxAckPending;
    boolean flowControl;
    boolean headersOnly;
    int maxBatch;
    long maxExpiresNanos;
    long maxBytes;
    String deliverSubject = "";
    String deliverGroup = "";
    long idleHeartbeatNanos;
    long inactiveThresholdNanos;
    int numReplicas;
    boolean memStorage;
    boolean direct;
    boolean sourcing;
    Map<String, String> metadata = Map.of();
    @Nullable Instant pauseUntil;
    List<String> priorityGroups = List.of();
    PriorityPolicy priorityPolicy = PriorityPolicy.NONE;
    long priorityTimeoutNanos;

    Builder() {}

    private Builder(ConsumerConfig from) {
      durableName = from.durableName;
      name = from.name;
      description = from.description;
      deliverPolicy = from.deliverPolicy;
      optStartSeq = from.optStartSeq;
      optStartTime = from.optStartTime;
      ackPolicy = from.ackPolicy;
      ackWaitNanos = from.ackWaitNanos;
      maxDeliver = from.maxDeliver;
      backoffNanos = from.backoffNanos;
      filterSubject = from.filterSubject;
      filterSubjects = from.filterSubjects;
      replayPolicy = from.replayPolicy;
      rateLimitBps = from.rateLimitBps;
      sampleFreq = from.sampleFreq;
      maxWaiting = from.maxWaiting;
      maxAckPending = from.maxAckPending;
      flowControl = from.flowControl;
      headersOnly = from.headersOnly;
      maxBatch = from.maxBatch;
      maxExpiresNanos = from.maxExpiresNanos;
      maxBytes = from.maxBytes;
      deliverSubject = from.deliverSubject;
      deliverGroup = from.deliverGroup;
      idleHeartbeatNanos = from.idleHeartbeatNanos;
      inactiveThresholdNanos = from.inactiveThresholdNanos;
      numReplicas = from.numReplicas;
      memStorage = from.memStorage;
      direct = from.direct;
      sourcing = from.sourcing;
      metadata = from.metadata;
      pauseUntil = from.pauseUntil;
      priorityGroups = from.priorityGroups;
      priorityPolicy = from.priorityPolicy;
      priorityTimeoutNanos = from.priorityTimeoutNanos;
    }

    public Builder durableName(String value) {
      durableName = value;
      return this;
    }

    public Builder name(String value) {
      name = value;
      return this;
    }

    public Builder description(String value) {
      description = value;
      return this;
    }

    public Builder deliverPolicy(DeliverPolicy value) {
      deliverPolicy = value;
      return this;
    }

    public Builder optStartSeq(long value) {
      optStartSeq = value;
      return this;
    }

    public Builder optStartTime(@Nullable Instant value) {
      optStartTime = value;
      return this;
    }

    public Builder ackPolicy(AckPolicy value) {
      ackPolicy = value;
      return this;
    }

    public Builder ackWaitNanos(long value) {
      ackWaitNanos = value;
      return this;
    }

    public Builder maxDeliver(int value) {
      maxDeliver = value;
      return this;
    }

    public Builder backoffNanos(List<Long> value) {
      backoffNanos = value;
      return this;
    }

    public Builder filterSubject(String value) {
      filterSubject = value;
      return this;
    }

    public Builder filterSubjects(List<String> value) {
      filterSubjects = value;
      return this;
    }

    public Builder filterSubjects(String... values) {
      filterSubjects = List.of(values);
      return this;
    }

    public Builder replayPolicy(ReplayPolicy value) {
      replayPolicy = value;
      return this;
    }

    public Builder rateLimitBps(long value) {
      rateLimitBps = value;
      return this;
    }

    public Builder sampleFreq(String value) {
      sampleFreq = value;
      return this;
    }

    public Builder maxWaiting(int value) {
      maxWaiting = value;
      return this;
    }

    public Builder maxAckPending(int value) {
      maxAckPending = value;
      return this;
    }

    public Builder flowControl(boolean value) {
      flowControl = value;
      return this;
    }

    public Builder headersOnly(boolean value) {
      headersOnly = value;
      return this;
    }

    public Builder maxBatch(int value) {
      maxBatch = value;
      return this;
    }

    public Builder maxExpiresNanos(long value) {
      maxExpiresNanos = value;
      return this;
    }

    public Builder maxBytes(long value) {
      maxBytes = value;
      return this;
    }

    public Builder deliverSubject(String value) {
      deliverSubject = value;
      return this;
    }

    public Builder deliverGroup(String value) {
      deliverGroup = value;
      return this;
    }

    public Builder idleHeartbeatNanos(long value) {
      idleHeartbeatNanos = value;
      return this;
    }

    public Builder inactiveThresholdNanos(long value) {
      inactiveThresholdNanos = value;
      return this;
    }

    public Builder numReplicas(int value) {
      numReplicas = value;
      return this;
    }

    public Builder memStorage(boolean value) {
      memStorage = value;
      return this;
    }

    public Builder direct(boolean value) {
      direct = value;
      return this;
    }

    public Builder sourcing(boolean value) {
      sourcing = value;
      return this;
    }

    public Builder metadata(Map<String, String> value) {
      metadata = value;
      return this;
    }

    public Builder pauseUntil(@Nullable Instant value) {
      pauseUntil = value;
      return this;
    }

    public Builder priorityGroups(List<String> value) {
      priorityGroups = value;
      return this;
    }

    public Builder priorityGroups(String... values) {
      priorityGroups = List.of(values);
      return this;
    }

    public Builder priorityPolicy(PriorityPolicy value) {
      priorityPolicy = value;
      return this;
    }

    public Builder priorityTimeoutNanos(long value) {
      priorityTimeoutNanos = value;
      return this;
    }

    public ConsumerConfig build() {
      return new ConsumerConfig(
          durableName,
          name,
          description,
          deliverPolicy,
          optStartSeq,
          optStartTime,
          ackPolicy,
          ackWaitNanos,
          maxDeliver,
          backoffNanos,
          filterSubject,
          filterSubjects,
          replayPolicy,
          rateLimitBps,
          sampleFreq,
          maxWaiting,
          maxAckPending,
          flowControl,
          headersOnly,
          maxBatch,
          maxExpiresNanos,
          maxBytes,
          deliverSubject,
          deliverGroup,
          idleHeartbeatNanos,
          inactiveThresholdNanos,
          numReplicas,
          memStorage,
          direct,
          sourcing,
          metadata,
          pauseUntil,
          priorityGroups,
          priorityPolicy,
          priorityTimeoutNanos);
    }
  }
}
