// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.worker.groups;

import dev.slipstream.client.JetStream;
import dev.slipstream.client.JetStreamException;
import dev.slipstream.client.bucket.KeyExistsException;
import dev.slipstream.client.bucket.KeyValue;
import dev.slipstream.client.bucket.KeyValueEntry;
import dev.slipstream.protocol.api.ConsumerConfig;
import dev.slipstream.protocol.api.ConsumerInfo;
import dev.slipstream.protocol.api.PriorityPolicy;
import dev.slipstream.protocol.json.JsonException;
import java.util.List;
import java.util.Optional;

/**
 * A group on a stream whose subjects begin with their partition already, by a transform of the
 * stream or by who publishes; its members are fixed.
 *
 * <p>A member's consumer is a durable one of the stream itself, {@code <group>-<member>}. Whoever
 * changes the group ends it for all its members.
 */
public final class StaticGroup extends ConsumerGroup {

  private StaticGroup(JetStream js, String stream, String name) {
    super(js, stream, name, GroupBucket.STATIC);
  }

  /**
   * Creates a group; one that is there with the same configuration will do.
   *
   * @throws GroupExistsException when it is there with another one
   * @throws IllegalArgumentException when the configuration cannot be used; every wrong field is
   *     named
   * @throws dev.slipstream.client.StreamNotFoundException when there is no such stream
   */
  public static StaticGroup create(
      JetStream js, String stream, String name, StaticGroupConfig config) {
    GroupCheck.checkNames(stream, name);
    GroupCheck.check(config);
    StaticGroup group = new StaticGroup(js, stream, name);
    int replicas = js.stream(stream).info().config().numReplicas();
    KeyValue bucket = group.bucket().findOrCreate(js, replicas);
    try {
      bucket.create(group.key(), GroupConfigJson.write(config));
    } catch (KeyExistsException present) {
      if (!group.config().equals(config)) {
        throw new GroupExistsException(stream, name, group.config());
      }
    }
    return group;
  }

  /**
   * The group of a stream; empty when there is none.
   *
   * @throws InvalidGroupException when its configuration cannot be used
   */
  public static Optional<StaticGroup> find(JetStream js, String stream, String name) {
    GroupCheck.checkNames(stream, name);
    return readable(new StaticGroup(js, stream, name));
  }

  /** The names of the static groups of a stream, sorted. */
  public static List<String> list(JetStream js, String stream) {
    GroupCheck.checkNames(stream, "any");
    return GroupBucket.STATIC.names(js, stream);
  }

  /**
   * Deletes a group with the consumers of its members, whose memberships end; false when there is
   * none.
   */
  public static boolean delete(JetStream js, String stream, String name) {
    GroupCheck.checkNames(stream, name);
    StaticGroup group = new StaticGroup(js, stream, name);
    KeyValue bucket = group.bucket().find(js).orElse(null);
    KeyValueEntry entry = bucket == null ? null : bucket.get(group.key()).orElse(null);
    if (bucket == null || entry == null) {
      return false;
    }
    bucket.delete(group.key());
    for (String member : group.memberNames(entry)) {
      group.consumed().deleteConsumer(group.consumerName(member));
    }
    return true;
  }

  /** Those that an entry names that may not be readable. */
  private List<String> memberNames(KeyValueEntry entry) {
    try {
      return parse(entry.value()).memberNames();
    } catch (JsonException broken) {
      return List.of();
    }
  }

  @Override
  public StaticGroupConfig config() {
    return (StaticGroupConfig) super.config();
  }

  @Override
  StaticGroupConfig parse(byte[] json) {
    return GroupConfigJson.readStatic(json);
  }

  @Override
  String consumedName() {
    return stream();
  }

  @Override
  String consumerName(String member) {
    return name() + "-" + member;
  }

  @Override
  ConsumerConfig consumerConfig(String member, JoinOptions options, List<String> filters) {
    return options
        .consumer()
        .durableName(consumerName(member))
        .filterSubjects(filters)
        .priorityGroups(PRIORITY_GROUP)
        .priorityPolicy(PriorityPolicy.PINNED_CLIENT)
        .build();
  }

  @Override
  void checkJoin(String member, JoinOptions options, GroupConfig config) {
    if (!config.hasMember(member)) {
      throw new JetStreamException("'" + member + "' is no member of " + this);
    }
  }

  @Override
  boolean isActive(ConsumerInfo consumer) {
    return consumer.numWaiting() > 0;
  }

  @Override
  boolean permits(GroupConfig before, GroupConfig now) {
    return now.equals(before);
  }

  @Override
  boolean replacesConsumers() {
    return false;
  }
}
