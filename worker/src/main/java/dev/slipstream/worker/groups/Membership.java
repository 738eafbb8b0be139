// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.worker.groups;

import dev.slipstream.client.bucket.KeyValueEntry;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * An instance of a member of a group: it consumes the member's partitions, or stands by while
 * another instance does, until it is closed or the group ends.
 *
 * <p>It follows the group, goes on after reconnects and restarts of servers, and has the member's
 * consumer created again when that is gone; of a static group that begins anew where its options
 * say. It has no thread of its own. Thread-safe.
 */
public final class Membership implements AutoCloseable {
  private final ConsumerGroup group;
  private final String member;
  private final MemberLoop loop;
  private final @Nullable HandlerConsuming handler;

  private Membership(
      ConsumerGroup group, String member, MemberLoop loop, @Nullable HandlerConsuming handler) {
    this.group = group;
    this.member = member;
    this.loop = loop;
    this.handler = handler;
  }

  static Membership join(
      ConsumerGroup group,
      String member,
      JoinOptions options,
      MemberConsuming consuming,
      @Nullable HandlerConsuming handler) {
    KeyValueEntry entry = group.entry();
    GroupConfig config = group.read(entry);
    group.checkJoin(member, options, config);
    MemberLoop loop = new MemberLoop(group, member, options, consuming, config, entry.revision());
    Membership membership = new Membership(group, member, loop, handler);
    try {
      loop.begin().get();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      loop.stop();
      throw new IllegalStateException("interrupted while joining " + group, interrupted);
    } catch (ExecutionException refused) {
      if (refused.getCause() instanceof RuntimeException refusal) {
        throw refusal;
      }
      throw new IllegalStateException(refused.getCause());
    }
    return membership;
  }

  /** The member's name. */
  public String member() {
    return member;
  }

  /** The group. */
  public ConsumerGroup group() {
    return group;
  }

  /** What it is doing now. */
  public MembershipState state() {
    return loop.state();
  }

  /** Done when it has ended, with the reason; never fails. */
  public CompletableFuture<MembershipEnd> closed() {
    return loop.closed().copy();
  }

  /** As {@link #close}, but waits for nothing. */
  void stop() {
    loop.stop();
  }

  /**
   * Ends it, and returns when it has ended: takes no more messages, lets the handler finish, for an
   * ack wait at most, and then has another instance of the member served at once.
   *
   * <p>Called by the handler it does not wait. An interrupt ends the waiting, not the ending.
   */
  @Override
  public void close() {
    if (handler != null) {
      handler.close();
    }
    loop.stop();
    if (loop.isHere() || handler != null && handler.isHere()) {
      return;
    }
    try {
      loop.closed().get();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException never) {
      throw new IllegalStateException(never);
    }
  }

  @Override
  public String toString() {
    return member + " of " + group + " (" + state().phase() + ")";
  }
}
