// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.worker.groups;

import dev.slipstream.client.Consumers;
import dev.slipstream.protocol.api.ConsumerConfig;
import dev.slipstream.worker.Workers;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * How a member joins its group: what its consumer is like, and where the membership lives.
 * Immutable.
 *
 * <p>All instances of a member have to say the same of their consumer.
 */
public final class JoinOptions {
  private static final Duration DEFAULT_ACK_WAIT = Duration.ofSeconds(5);
  private static final JoinOptions DEFAULTS = builder().build();

  private final ConsumerConfig template;
  private final GroupTimings timings;
  private final @Nullable Workers workers;
  private final @Nullable RandomGenerator random;

  private JoinOptions(Builder from) {
    long given = from.template.ackWaitNanos();
    Duration ackWait = given > 0 ? Duration.ofNanos(given) : DEFAULT_ACK_WAIT;
    template = from.template;
    timings = new GroupTimings(ackWait);
    workers = from.workers;
    random = from.random;
  }

  /** All defaults: one message at a time, an ack wait of 5 s. */
  public static JoinOptions defaults() {
    return DEFAULTS;
  }

  /** A builder with all defaults. */
  public static Builder builder() {
    return new Builder();
  }

  GroupTimings timings() {
    return timings;
  }

  Workers workers() {
    return workers == null ? Workers.shared() : workers;
  }

  RandomGenerator random() {
    return random == null ? new SplittableRandom() : random;
  }

  /** The same on the threads of these workers, unless others were named. */
  JoinOptions among(Workers usual) {
    if (workers != null) {
      return this;
    }
    Builder builder = builder().consumer(template).workers(usual);
    return (random == null ? builder : builder.random(random)).build();
  }

  /** What the consumers of static and elastic groups have in common. */
  ConsumerConfig.Builder consumer() {
    return template.toBuilder()
        .name("")
        .durableName("")
        .filterSubject("")
        .ackWaitNanos(nanos(timings.ackWait()))
        .priorityTimeoutNanos(nanos(timings.pin()));
  }

  ConsumerConfig template() {
    return template;
  }

  private static long nanos(Duration duration) {
    return TimeUnit.NANOSECONDS.convert(duration);
  }

  /** Collects the values of {@link JoinOptions}. Not thread-safe. */
  public static final class Builder {
    private ConsumerConfig template = Consumers.ephemeral().maxAckPending(1).build();
    private @Nullable Workers workers;
    private @Nullable RandomGenerator random;

    private Builder() {}

    /**
     * What the member's consumer is like; each message acknowledged by itself, one at a time, by
     * default. Names, filters and priority groups are the group's, an ack wait of 0 is 5 s, and the
     * inactive threshold of an elastic group is its ack wait.
     */
    public Builder consumer(ConsumerConfig like) {
      template = like;
      return this;
    }

    /**
     * How long a message may be handled before it is delivered again; 5 s by default. Also how long
     * it takes to notice that an instance is gone: below 2 s the pin may change without need.
     */
    public Builder ackWait(Duration wait) {
      if (wait.isNegative() || wait.isZero()) {
        throw new IllegalArgumentException("ackWait must be positive, is " + wait);
      }
      template = template.toBuilder().ackWaitNanos(nanos(wait)).build();
      return this;
    }

    /**
     * How many messages of the member may wait for their acknowledgement; 1 by default. With more,
     * a message that has to come again comes behind later ones of its key.
     */
    public Builder maxAckPending(int messages) {
      template = template.toBuilder().maxAckPending(messages).build();
      return this;
    }

    /**
     * Whose threads it takes; {@link Workers#shared} by default. It has to be closed before them.
     */
    public Builder workers(Workers newWorkers) {
      workers = newWorkers;
      return this;
    }

    /** Where the jitter of its retries comes from. */
    public Builder random(RandomGenerator generator) {
      random = generator;
      return this;
    }

    /** The options. */
    public JoinOptions build() {
      return new JoinOptions(this);
    }
  }
}
