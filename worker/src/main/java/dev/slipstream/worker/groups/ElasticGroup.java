// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.worker.groups;

import dev.slipstream.client.JetStream;
import dev.slipstream.client.JetStreamException;
import dev.slipstream.client.NatsException;
import dev.slipstream.client.WrongLastSequenceException;
import dev.slipstream.client.bucket.KeyExistsException;
import dev.slipstream.client.bucket.KeyValue;
import dev.slipstream.client.bucket.KeyValueEntry;
import dev.slipstream.protocol.api.AckPolicy;
import dev.slipstream.protocol.api.ConsumerConfig;
import dev.slipstream.protocol.api.ConsumerInfo;
import dev.slipstream.protocol.api.DiscardPolicy;
import dev.slipstream.protocol.api.PriorityPolicy;
import dev.slipstream.protocol.api.RetentionPolicy;
import dev.slipstream.protocol.api.StreamConfig;
import dev.slipstream.protocol.api.StreamSource;
import dev.slipstream.protocol.api.SubjectTransform;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

/**
 * A group whose members may come and go while it works, on any stream.
 *
 * <p>It has a stream of its own, the work queue {@code <stream>-<group>}, which takes over what the
 * group is to handle and puts the partition before each subject. A member's consumer is one of that
 * stream, has the member's name, and goes when nobody works for it.
 */
public final class ElasticGroup extends ConsumerGroup {
  private static final int MOST_TRIES = 20;

  private ElasticGroup(JetStream js, String stream, String name) {
    super(js, stream, name, GroupBucket.ELASTIC);
  }

  /**
   * Whether a member is in the group, and whether somebody works for it.
   *
   * @param inGroup it is in the group
   * @param active somebody works for it
   */
  public record MemberStatus(boolean inGroup, boolean active) {}

  /**
   * Creates a group and its stream, with the members of the configuration; one that is there with
   * the same partitions, filters and limits will do, and keeps its members.
   *
   * @throws GroupExistsException when it is there with others
   * @throws IllegalArgumentException when the configuration cannot be used; every wrong field is
   *     named
   * @throws dev.slipstream.client.StreamNotFoundException when there is no such stream
   * @throws dev.slipstream.client.StreamNameInUseException when the group's stream is there and is
   *     not the group's
   */
  public static ElasticGroup create(
      JetStream js, String stream, String name, ElasticGroupConfig config) {
    GroupCheck.checkNames(stream, name);
    GroupCheck.check(config);
    ElasticGroup group = new ElasticGroup(js, stream, name);
    StreamConfig origin = js.stream(stream).info().config();
    KeyValue bucket = group.bucket().findOrCreate(js, origin.numReplicas());
    long revision = 0;
    try {
      revision = bucket.create(group.key(), GroupConfigJson.write(config));
    } catch (KeyExistsException present) {
      ElasticGroupConfig there = group.config();
      if (!there.isChangeOf(config)) {
        throw new GroupExistsException(stream, name, there);
      }
    }
    try {
      js.createStream(group.workQueue(config, origin));
    } catch (NatsException failure) {
      if (revision != 0) {
        bucket.delete(group.key(), revision); // or it would be a group without a stream
      }
      throw failure;
    }
    return group;
  }

  private StreamConfig workQueue(ElasticGroupConfig config, StreamConfig origin) {
    List<PartitioningFilter> filters =
        config.filters().isEmpty() ? List.of(PartitioningFilter.ALL) : config.filters();
    SubjectTransform[] transforms =
        filters.stream()
            .map(each -> new SubjectTransform(each.filter(), each.destination(config.maxMembers())))
            .toArray(SubjectTransform[]::new);
    return StreamConfig.builder(consumedName())
        .retention(RetentionPolicy.WORKQUEUE)
        .numReplicas(origin.numReplicas())
        .storage(origin.storage())
        .maxMsgs(config.maxBufferedMessages())
        .maxBytes(config.maxBufferedBytes())
        .discard(DiscardPolicy.NEW)
        .sources(List.of(StreamSource.of(stream()).subjectTransforms(transforms)))
        .allowDirect(true)
        .build();
  }

  /**
   * The group of a stream; empty when there is none.
   *
   * @throws InvalidGroupException when its configuration cannot be used
   */
  public static Optional<ElasticGroup> find(JetStream js, String stream, String name) {
    GroupCheck.checkNames(stream, name);
    return readable(new ElasticGroup(js, stream, name));
  }

  /** The names of the elastic groups of a stream, sorted. */
  public static List<String> list(JetStream js, String stream) {
    GroupCheck.checkNames(stream, "any");
    return GroupBucket.ELASTIC.names(js, stream);
  }

  /**
   * Deletes a group with its stream and what that holds; memberships end. False when there is none.
   */
  public static boolean delete(JetStream js, String stream, String name) {
    GroupCheck.checkNames(stream, name);
    ElasticGroup group = new ElasticGroup(js, stream, name);
    Optional<KeyValue> bucket = group.bucket().find(js);
    boolean there = bucket.flatMap(found -> found.get(group.key())).isPresent();
    if (there) {
      bucket.orElseThrow().delete(group.key());
    }
    return js.deleteStream(group.consumedName()) || there;
  }

  @Override
  public ElasticGroupConfig config() {
    return (ElasticGroupConfig) super.config();
  }

  /**
   * Adds members; those that are there stay.
   *
   * @return the names of all members
   * @throws IllegalArgumentException when a name cannot be a member's
   * @throws JetStreamException when the group has mappings, or is changed by others all the time
   */
  public List<String> addMembers(String... names) {
    List<String> added = List.of(names);
    GroupCheck.checkMembers(added);
    return change(
            config -> {
              refuseMappings(config);
              Set<String> all = new LinkedHashSet<>(config.members());
              all.addAll(added);
              return config.members(List.copyOf(all));
            })
        .members();
  }

  /**
   * Takes members out of the group; their partitions go to the others.
   *
   * @return the names of all members that are left
   * @throws IllegalArgumentException when there is no name
   * @throws JetStreamException when the group has mappings, or is changed by others all the time
   */
  public List<String> deleteMembers(String... names) {
    List<String> gone = List.of(names);
    if (gone.isEmpty()) {
      throw new IllegalArgumentException("no member is named");
    }
    return change(
            config -> {
              refuseMappings(config);
              List<String> left = new ArrayList<>(config.members());
              left.removeAll(gone);
              return config.members(left);
            })
        .members();
  }

  private void refuseMappings(ElasticGroupConfig config) {
    if (!config.mappings().isEmpty()) {
      throw new JetStreamException(this + " has mappings, which say who its members are");
    }
  }

  /**
   * Says who the members are and which partitions each has.
   *
   * @throws IllegalArgumentException when the mappings cannot be used; every wrong field is named
   * @throws JetStreamException when the group is changed by others all the time
   */
  public void setMemberMappings(MemberMapping... mappings) {
    List<MemberMapping> all = List.of(mappings);
    GroupCheck.checkMembers(all.stream().map(MemberMapping::member).toList());
    change(config -> config.mappings(all));
  }

  /**
   * Takes the mappings away; the group has no members then.
   *
   * @throws JetStreamException when the group is changed by others all the time
   */
  public void deleteMemberMappings() {
    change(config -> config.mappings().isEmpty() ? config : config.mappings(List.of()));
  }

  /** Changes what stands in the bucket, again when somebody else was faster. */
  private ElasticGroupConfig change(UnaryOperator<ElasticGroupConfig> edit) {
    WrongLastSequenceException last = null;
    for (int i = 0; i < MOST_TRIES; i++) {
      KeyValueEntry present = entry();
      ElasticGroupConfig before = (ElasticGroupConfig) read(present);
      ElasticGroupConfig changed = edit.apply(before);
      if (changed.equals(before)) {
        return before;
      }
      GroupCheck.check(changed);
      byte[] json = GroupConfigJson.withMembers(present.value(), changed);
      try {
        bucket().find(js()).orElseThrow().update(key(), json, present.revision());
        return changed;
      } catch (WrongLastSequenceException otherWasFaster) {
        last = otherWasFaster;
      }
    }
    throw new JetStreamException(
        this + " was changed by others " + MOST_TRIES + " times in a row", last);
  }

  /** Whether a member is in the group, and whether somebody works for it. */
  public MemberStatus isInGroupAndActive(String member) {
    boolean inGroup = config().hasMember(member);
    return new MemberStatus(inGroup, inGroup && activeMembers().contains(member));
  }

  @Override
  ElasticGroupConfig parse(byte[] json) {
    return GroupConfigJson.readElastic(json);
  }

  @Override
  String consumedName() {
    return stream() + "-" + name();
  }

  @Override
  String consumerName(String member) {
    return member;
  }

  @Override
  ConsumerConfig consumerConfig(String member, JoinOptions options, List<String> filters) {
    return options
        .consumer()
        .name(member)
        .filterSubjects(filters)
        .inactiveThresholdNanos(TimeUnit.NANOSECONDS.convert(options.timings().idle()))
        .priorityGroups(PRIORITY_GROUP)
        .priorityPolicy(PriorityPolicy.PINNED_CLIENT)
        .build();
  }

  @Override
  void checkJoin(String member, JoinOptions options, GroupConfig config) {
    GroupCheck.checkMembers(List.of(member));
    if (options.template().ackPolicy() != AckPolicy.EXPLICIT) {
      throw new IllegalArgumentException(
          "ack_policy: the members of an elastic group acknowledge each message");
    }
  }

  @Override
  boolean isActive(ConsumerInfo consumer) {
    return true; // it goes when nobody works for it
  }

  @Override
  boolean permits(GroupConfig before, GroupConfig now) {
    return ((ElasticGroupConfig) now).isChangeOf((ElasticGroupConfig) before);
  }

  @Override
  boolean replacesConsumers() {
    return true;
  }
}
