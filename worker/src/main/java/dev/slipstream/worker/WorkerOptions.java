// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.worker;

import dev.slipstream.client.JsMessage;
import dev.slipstream.client.NatsClient;
import dev.slipstream.client.Priority;
import dev.slipstream.protocol.api.ConsumerConfig;
import dev.slipstream.protocol.api.StreamConfig;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;

/**
 * Which consumer a worker works on, over which connection, how long it looks for them, and how many
 * messages it asks for and handles at a time. Immutable.
 *
 * <p>Connection, stream and consumer must be named; stream and consumer are expected to exist
 * unless {@link Builder#createStream} and {@link Builder#createConsumer} say otherwise.
 */
public final class WorkerOptions {
  private final WorkerSettings values;

  private WorkerOptions(WorkerSettings values) {
    this.values = values;
  }

  /** A builder with all defaults. */
  public static Builder builder() {
    return new Builder();
  }

  /** All values; not to be changed. */
  WorkerSettings values() {
    return values;
  }

  /** The stream; empty with a source. */
  public String stream() {
    return values.stream;
  }

  /** The consumer; empty with a source. */
  public String consumer() {
    return values.consumer;
  }

  /** How long the worker waits before it tries again. */
  public Duration connectionRetryTimeout() {
    return values.connectionRetryTimeout;
  }

  /** How often it tries again. */
  public int connectionRetries() {
    return values.connectionRetries;
  }

  /** What the subjects of its inboxes begin with; empty for whatever the connection has. */
  public String inboxPrefix() {
    return values.inboxPrefix;
  }

  /** The JetStream domain; empty for none. */
  public String domain() {
    return values.domain;
  }

  /** How many messages are asked for or wait for the handler, at most. */
  public int batchSize() {
    return values.batchSize;
  }

  /** How many messages are handled at the same time, at most. */
  public int parallelism() {
    return values.parallelism;
  }

  /** How long a pull waits at the server. */
  public Duration requestExpires() {
    return values.requestExpires;
  }

  /** After how long without messages the server gives a sign of life. */
  public Duration idleHeartbeat() {
    return values.heartbeat();
  }

  /** Collects the values of {@link WorkerOptions}. Not thread-safe. */
  public static final class Builder {
    private final WorkerSettings values = new WorkerSettings();

    private Builder() {}

    /** The connection, by the name of a {@linkplain ChildSpec#connection connection child}. */
    public Builder connection(String name) {
      values.connectionName = name;
      values.client = null;
      return this;
    }

    /** The connection itself. Whoever made it closes it. */
    public Builder connection(NatsClient newClient) {
      values.client = newClient;
      values.connectionName = "";
      return this;
    }

    /** The name of a stream that exists. */
    public Builder stream(String name) {
      values.stream = name;
      return this;
    }

    /** The name of a consumer of that stream that exists. */
    public Builder consumer(String name) {
      values.consumer = name;
      return this;
    }

    /**
     * Where its messages come from, in place of a consumer of a stream that is named; such as a
     * {@linkplain dev.slipstream.worker.groups.GroupMember member of a partitioned group}. Then
     * {@link #requestExpires}, {@link #idleHeartbeat}, {@link #inboxPrefix} and {@link #priority}
     * are the source's, it goes on by itself when the connection comes back, and statuses are not
     * told.
     */
    public Builder source(MessageSource newSource) {
      values.source = newSource;
      return this;
    }

    /**
     * How long the worker waits before it tries again to find connection, stream and consumer;
     * 1,000 ms by default.
     */
    public Builder connectionRetryTimeout(Duration wait) {
      values.connectionRetryTimeout = wait;
      return this;
    }

    /**
     * How often it tries again after a first failure before it stops with {@link
     * StopReason.Timeout}; 10 by default. Counted anew each time the connection is lost.
     */
    public Builder connectionRetries(int retries) {
      values.connectionRetries = retries;
      return this;
    }

    /**
     * What the subject begins with to which its messages come; ends with a dot. By default that of
     * the connection ({@code ClientOptions.inboxPrefix}).
     */
    public Builder inboxPrefix(String prefix) {
      values.inboxPrefix = prefix;
      return this;
    }

    /** The JetStream domain. */
    public Builder domain(String newDomain) {
      values.domain = newDomain;
      return this;
    }

    /** Makes the stream where there is none of its name; one that exists stays as it is. */
    public Builder createStream(StreamConfig config) {
      values.createStream = config;
      values.stream = config.name();
      return this;
    }

    /**
     * Makes the consumer where there is none of its name; one that exists stays as it is. A
     * consumer without a durable name needs a name. One that goes while the worker works on it is
     * made again and goes on behind what was handled, as far as the worker knows that.
     */
    public Builder createConsumer(ConsumerConfig config) {
      values.createConsumer = config;
      values.consumer = config.durableName().isEmpty() ? config.name() : config.durableName();
      return this;
    }

    /**
     * How many messages are asked for or wait for the handler, at most; 1 by default: each is asked
     * for when the one before is settled, with its ack. More are asked for ahead; what waits when
     * the worker stops is handed back at once.
     */
    public Builder batchSize(int messages) {
      values.batchSize = messages;
      return this;
    }

    /**
     * How many messages are handled at the same time, at most; 1 by default. With more, each of the
     * handlers has a state of its own, which begins with what {@code init} returned: that must be
     * immutable or safe to share. {@code handleConnected} and {@code terminate} are called for each
     * of these states. At least as many messages are asked for.
     */
    public Builder parallelism(int handlers) {
      values.parallelism = handlers;
      return this;
    }

    /**
     * Which messages are handled one after another, in order, when several are handled at a time:
     * those with an equal key, such as the subject. Which state they meet is left open. A message
     * that is delivered again comes behind later ones of its key.
     */
    public Builder orderedBy(Function<? super JsMessage, ?> key) {
      values.orderedBy = key;
      return this;
    }

    /** How long a pull waits at the server, at least 1 s; 5 s by default. */
    public Builder requestExpires(Duration duration) {
      values.requestExpires = duration;
      return this;
    }

    /**
     * After how long without messages the server gives a sign of life, from 0.5 s to half of {@link
     * #requestExpires}, which is the default. Twice that in silence, and the worker pulls again.
     */
    public Builder idleHeartbeat(Duration duration) {
      values.idleHeartbeat = duration;
      return this;
    }

    /**
     * Has the server told that a message is worked on, so that it is not delivered again, for this
     * long after it came at most; off by default.
     */
    public Builder keepAlive(Duration limit) {
      values.keepAlive = limit;
      return this;
    }

    /** What its pulls say to a consumer with priority groups; nothing by default. */
    public Builder priority(Priority member) {
      values.priority = member;
      return this;
    }

    /** Where messages go that are given up; by default only the server's advisory tells of them. */
    public Builder deadLetters(DeadLetters letters) {
      values.deadLetters = letters;
      return this;
    }

    /**
     * Asks for the next message with a bare {@code +NXT}, as the Elixir original does; off by
     * default. Such a pull has no expiry and no heartbeats: if it is lost, that is noticed only
     * with the connection.
     */
    public Builder bareNext(boolean on) {
      values.bareNext = on;
      return this;
    }

    /**
     * The options.
     *
     * @throws IllegalArgumentException naming all that is missing and all that is wrong
     */
    public WorkerOptions build() {
      List<String> faults = values.faults();
      if (!faults.isEmpty()) {
        throw new IllegalArgumentException(String.join(", ", faults));
      }
      return new WorkerOptions(values.copy());
    }
  }
}
