// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.worker.groups;

import dev.slipstream.client.JetStream;
import dev.slipstream.client.JsStream;
import dev.slipstream.client.bucket.KeyValueEntry;
import dev.slipstream.protocol.api.ConsumerConfig;
import dev.slipstream.protocol.api.ConsumerInfo;
import dev.slipstream.protocol.json.JsonException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * A group of named members that share a stream by partitions, so that each key's messages are
 * handled in order, by one member at a time, while the members work side by side.
 *
 * <p>Each member may have several instances, of which one is served and the others stand by. The
 * members may be programs with any public client that knows these groups.
 *
 * <p>A handle, thread-safe, with nothing to be closed; calls wait for the server. Source: the
 * public clients' groups ("pcgroups"), of servers from 2.11 on.
 */
public abstract sealed class ConsumerGroup permits StaticGroup, ElasticGroup {
  /** The one priority group that the consumers of members have. */
  static final String PRIORITY_GROUP = "PCG";

  private final JetStream js;
  private final String stream;
  private final String name;
  private final GroupBucket bucket;

  ConsumerGroup(JetStream js, String stream, String name, GroupBucket bucket) {
    this.js = js;
    this.stream = stream;
    this.name = name;
    this.bucket = bucket;
  }

  /** The stream whose messages the group shares. */
  public String stream() {
    return stream;
  }

  /** The group's name. */
  public String name() {
    return name;
  }

  /**
   * How the group is made now.
   *
   * @throws GroupNotFoundException when it is not there any more
   * @throws InvalidGroupException when its configuration cannot be used
   */
  public GroupConfig config() {
    return read(entry());
  }

  /**
   * The names of its members now, whether they work or not.
   *
   * @throws GroupNotFoundException when it is not there any more
   * @throws InvalidGroupException when its configuration cannot be used
   */
  public List<String> members() {
    return config().memberNames();
  }

  /**
   * The names of those members that somebody works for now.
   *
   * @throws GroupNotFoundException when it is not there any more
   * @throws InvalidGroupException when its configuration cannot be used
   */
  public List<String> activeMembers() {
    Map<String, ConsumerInfo> consumers =
        consumed().consumers().stream()
            .collect(Collectors.toMap(ConsumerInfo::name, Function.identity()));
    return members().stream()
        .filter(
            member -> {
              ConsumerInfo consumer = consumers.get(consumerName(member));
              return consumer != null && isActive(consumer);
            })
        .toList();
  }

  /**
   * Has another instance of a member served instead of the one that is, if there is another.
   *
   * @throws dev.slipstream.client.ConsumerNotFoundException when nobody works for the member
   */
  public void stepDown(String member) {
    consumed().bindConsumer(consumerName(member)).unpin(PRIORITY_GROUP);
  }

  /** Joins with all defaults; see {@link #join(String, JoinOptions, GroupHandler)}. */
  public Membership join(String member, GroupHandler handler) {
    return join(member, JoinOptions.defaults(), handler);
  }

  /**
   * Joins as an instance of a member: {@code handler} is called for each message of the member's
   * partitions, one at a time, while this instance is the one that is served.
   *
   * <p>A handler that throws has its message delivered again after a growing delay, and with one
   * message at a time nothing before that.
   *
   * @throws GroupNotFoundException when the group is not there
   * @throws InvalidGroupException when its configuration cannot be used
   * @throws dev.slipstream.client.JetStreamException when a static group has no such member, or
   *     when the server refuses the member's consumer
   * @throws IllegalArgumentException when the options do not go with the group; every wrong field
   *     is named
   */
  public Membership join(String member, JoinOptions options, GroupHandler handler) {
    HandlerConsuming consuming = new HandlerConsuming(handler);
    return Membership.join(this, member, options, consuming, consuming);
  }

  /** Joins in the same way, and has {@code consuming} begin the consumptions. */
  public Membership join(String member, JoinOptions options, MemberConsuming consuming) {
    return Membership.join(this, member, options, consuming, null);
  }

  @Override
  public String toString() {
    return GroupBucket.key(stream, name);
  }

  // ---- what the kinds differ in

  abstract GroupConfig parse(byte[] json);

  /** The name of the stream that members consume. */
  abstract String consumedName();

  /** The name of a member's consumer. */
  abstract String consumerName(String member);

  /** What the consumer of a member is like. */
  abstract ConsumerConfig consumerConfig(String member, JoinOptions options, List<String> filters);

  /**
   * Refuses to join what cannot be joined.
   *
   * @throws RuntimeException as {@link #join} does
   */
  abstract void checkJoin(String member, JoinOptions options, GroupConfig config);

  /** Whether a consumer that is there has somebody who works. */
  abstract boolean isActive(ConsumerInfo consumer);

  /** Whether members may go on when the configuration has become another one. */
  abstract boolean permits(GroupConfig before, GroupConfig now);

  /** Whether a member may replace its consumer, since nothing is lost with it. */
  abstract boolean replacesConsumers();

  // ---- for both

  final JetStream js() {
    return js;
  }

  final GroupBucket bucket() {
    return bucket;
  }

  final String key() {
    return GroupBucket.key(stream, name);
  }

  final JsStream consumed() {
    return js.bindStream(consumedName());
  }

  /** A group, if the bucket has it. */
  static <G extends ConsumerGroup> Optional<G> readable(G group) {
    Optional<KeyValueEntry> entry = group.bucket().entry(group.js(), group.stream(), group.name());
    entry.ifPresent(group::read);
    return entry.map(there -> group);
  }

  /** What stands in the bucket. */
  final KeyValueEntry entry() {
    return bucket
        .entry(js, stream, name)
        .orElseThrow(() -> new GroupNotFoundException(stream, name));
  }

  /** The configuration that an entry of the bucket is. */
  final GroupConfig read(KeyValueEntry entry) {
    GroupConfig config;
    try {
      config = parse(entry.value());
    } catch (JsonException broken) {
      throw new InvalidGroupException(key(), broken.text(), broken);
    }
    List<String> faults = GroupCheck.faults(config);
    if (!faults.isEmpty()) {
      throw new InvalidGroupException(key(), String.join("; ", faults), null);
    }
    return config;
  }
}
