// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.worker.groups;

import dev.slipstream.base.Clock;
import dev.slipstream.client.ConsumerExistsException;
import dev.slipstream.client.ConsumerNotFoundException;
import dev.slipstream.client.JetStreamException;
import dev.slipstream.client.JsStream;
import dev.slipstream.client.PullConsumer;
import dev.slipstream.protocol.api.ConsumerConfig;
import dev.slipstream.protocol.api.ConsumerInfo;
import dev.slipstream.protocol.api.PriorityGroupState;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * The consumer of a member at the server: made as it should be, replaced when it is not, and given
 * up. Other instances of the member, of any client, do the same at the same time.
 *
 * <p>Calls block. Owner: the mailbox of its membership.
 */
final class MemberConsumer {
  private static final long NEVER = Long.MIN_VALUE;

  private final ConsumerGroup group;
  private final String member;
  private final JoinOptions options;
  private final Clock clock;
  private final JsStream stream;
  private long otherSinceNanos = NEVER;

  MemberConsumer(ConsumerGroup group, String member, JoinOptions options, Clock clock) {
    this.group = group;
    this.member = member;
    this.options = options;
    this.clock = clock;
    stream = group.consumed();
  }

  private String name() {
    return group.consumerName(member);
  }

  /**
   * The consumer with these filters, created if it is not there. It is another handle each time,
   * and so another client to the server, which pins handles.
   *
   * @throws dev.slipstream.client.NatsException when it cannot be had now, perhaps not ever
   */
  PullConsumer take(List<String> filters) {
    ConsumerConfig wanted = group.consumerConfig(member, options, filters);
    PullConsumer consumer;
    try {
      consumer = stream.createConsumer(wanted);
    } catch (ConsumerExistsException other) {
      if (!group.replacesConsumers() || !mayReplace(filters)) {
        throw other;
      }
      delete();
      consumer = stream.createConsumer(wanted);
    }
    otherSinceNanos = NEVER;
    ConsumerInfo made = consumer.cachedInfo();
    if (made != null && !made.config().priorityGroups().contains(ConsumerGroup.PRIORITY_GROUP)) {
      throw new JetStreamException("the server does not know priority groups (2.11 and later do)");
    }
    return consumer;
  }

  /**
   * Whether a consumer that differs may be deleted. With other filters it may once nobody is
   * served, or once whoever is has had the time to hear of the change. Where only the rest differs
   * somebody has joined with other options: it stays as long as somebody pulls, or both would go on
   * deleting it.
   */
  private boolean mayReplace(List<String> filters) {
    if (otherSinceNanos == NEVER) {
      otherSinceNanos = clock.nanos();
    }
    ConsumerInfo present = info().orElse(null);
    if (present == null) {
      return true;
    }
    boolean isServed = !pinned(present).isEmpty();
    if (present.config().filters().equals(filters)) {
      return !isServed && present.numWaiting() == 0;
    }
    long patience = TimeUnit.NANOSECONDS.convert(options.timings().patience());
    return !isServed || clock.nanos() - otherSinceNanos > patience;
  }

  /**
   * Deletes it when it has other filters than these, so that its partitions are free and those that
   * were added are read from their beginning; but not when another instance is served.
   *
   * @param pin the id by which this instance was served; empty when it was not
   */
  void dropUnlessRight(String pin, List<String> filters) {
    ConsumerInfo present = info().orElse(null);
    if (present == null || present.config().filters().equals(filters)) {
      return;
    }
    String pinned = pinned(present);
    if (pinned.isEmpty() || pinned.equals(pin)) {
      delete();
    }
  }

  /** Lets another instance be served at once, if it is this one that is. */
  void unpin(PullConsumer consumer, String pin) {
    boolean isServed = !pin.isEmpty() && pin.equals(info().map(this::pinned).orElse(""));
    if (isServed) {
      consumer.unpin(ConsumerGroup.PRIORITY_GROUP);
    }
  }

  /** Deletes it if it is there. */
  void delete() {
    stream.deleteConsumer(name());
  }

  /** How many acknowledgements it waits for; 0 when it is not there. */
  int numAckPending() {
    return info().map(ConsumerInfo::numAckPending).orElse(0);
  }

  private Optional<ConsumerInfo> info() {
    try {
      return Optional.of(stream.bindConsumer(name()).info());
    } catch (ConsumerNotFoundException absent) {
      return Optional.empty();
    }
  }

  private String pinned(ConsumerInfo info) {
    return info.priorityGroups().stream()
        .filter(each -> each.group().equals(ConsumerGroup.PRIORITY_GROUP))
        .map(PriorityGroupState::pinnedClientId)
        .findFirst()
        .orElse("");
  }
}
