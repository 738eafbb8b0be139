// SPDX-License-Identifier: Apache-2.0
/**
 * Partitioned consumer groups: members that share a stream so that each key's messages are handled
 * in order, as the public Go and Java clients have them ("pcgroups").
 *
 * <p>Entry types: {@link dev.slipstream.worker.groups.StaticGroup} and {@link
 * dev.slipstream.worker.groups.ElasticGroup}. Reading order: {@code ConsumerGroup}, {@code
 * ElasticGroupConfig}, {@code StaticGroupConfig}, {@code JoinOptions}, {@code GroupMessage}, {@code
 * Membership}, {@code MembershipEnd}. Inside: {@code Partitions} says who has which partition,
 * {@code GroupConfigJson} and {@code GroupBucket} are the format, {@code MemberLoop} is a
 * membership, with {@code MemberConsumer} for the server's side of it, {@code Release} for how it
 * lets go, and {@code ConfigWatch} for what others change. {@code MemberConsuming} is where
 * something else than a handler takes over.
 *
 * <p>A key's messages are in one partition, a partition is one member's, and a member has one
 * consumer, whose priority group {@code PCG} pins one instance of the member. What keeps two
 * members from the same partition is the server: the work queue of an elastic group refuses the
 * second, and the members of a static group do not change.
 *
 * <p>Owner threads: each membership has a mailbox on the {@code Workers}; handlers are called by
 * the client. Groups and configurations have none. Source: the module pcgroups of orbit.go, v0.2.2;
 * ADR-42 for pinning.
 */
@NullMarked
package dev.slipstream.worker.groups;

import org.jspecify.annotations.NullMarked;
