// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.worker;

import dev.slipstream.client.NatsClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which consumer a worker works on, over which connection, and how long it looks for them.
 * Immutable.
 *
 * <p>Connection, stream and consumer must be named; stream and consumer are expected to exist.
 */
public final class WorkerOptions {
  private final Builder values;

  private WorkerOptions(Builder values) {
    this.values = values;
  }

  /** A builder with all defaults. */
  public static Builder builder() {
    return new Builder();
  }

  /** The connection; null when it is a name. */
  @Nullable NatsClient client() {
    return values.client;
  }

  /** The name of the connection; empty when it is a client. */
  String connectionName() {
    return values.connectionName;
  }

  /** The stream. */
  public String stream() {
    return values.stream;
  }

  /** The consumer. */
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

  /** The prefix of inboxes that it insists on; empty for whatever the connection has. */
  public String inboxPrefix() {
    return values.inboxPrefix;
  }

  /** The JetStream domain; empty for none. */
  public String domain() {
    return values.domain;
  }

  /** Collects the values of {@link WorkerOptions}. Not thread-safe. */
  public static final class Builder {
    private @Nullable NatsClient client;
    private String connectionName = "";
    private String stream = "";
    private String consumer = "";
    private Duration connectionRetryTimeout = Duration.ofMillis(1000);
    private int connectionRetries = 10;
    private String inboxPrefix = "";
    private String domain = "";

    private Builder() {}

    /** The connection, by the name of a {@linkplain ChildSpec#connection connection child}. */
    public Builder connection(String name) {
      connectionName = name;
      client = null;
      return this;
    }

    /** The connection itself. Whoever made it closes it. */
    public Builder connection(NatsClient newClient) {
      client = newClient;
      connectionName = "";
      return this;
    }

    /** The name of a stream that exists. */
    public Builder stream(String name) {
      stream = name;
      return this;
    }

    /** The name of a consumer of that stream that exists. */
    public Builder consumer(String name) {
      consumer = name;
      return this;
    }

    /**
     * How long the worker waits before it tries again to find connection, stream and consumer;
     * 1,000 ms by default.
     */
    public Builder connectionRetryTimeout(Duration wait) {
      connectionRetryTimeout = wait;
      return this;
    }

    /**
     * How often it tries again after a first failure before it stops with {@link
     * StopReason.Timeout}; 10 by default. Counted anew each time the connection is lost.
     */
    public Builder connectionRetries(int retries) {
      connectionRetries = retries;
      return this;
    }

    /**
     * What the subjects of its inboxes must begin with; ends with a dot. Inboxes are those of the
     * connection ({@code ClientOptions.inboxPrefix}): a worker that insists on others stops with
     * {@link StopReason.Failed}.
     */
    public Builder inboxPrefix(String prefix) {
      inboxPrefix = prefix;
      return this;
    }

    /** The JetStream domain. */
    public Builder domain(String newDomain) {
      domain = newDomain;
      return this;
    }

    /**
     * The options.
     *
     * @throws IllegalArgumentException naming all that is missing and all that is wrong
     */
    public WorkerOptions build() {
      List<String> faults = new ArrayList<>();
      if (client == null && connectionName.isEmpty()) {
        faults.add("connection is missing");
      }
      if (stream.isEmpty()) {
        faults.add("stream is missing");
      }
      if (consumer.isEmpty()) {
        faults.add("consumer is missing");
      }
      if (connectionRetryTimeout.isNegative()) {
        faults.add("connectionRetryTimeout is negative: " + connectionRetryTimeout);
      }
      if (connectionRetries < 0) {
        faults.add("connectionRetries is negative: " + connectionRetries);
      }
      if (!inboxPrefix.isEmpty() && !inboxPrefix.endsWith(".")) {
        faults.add("inboxPrefix does not end with a dot: '" + inboxPrefix + "'");
      }
      if (!faults.isEmpty()) {
        throw new IllegalArgumentException(String.join(", ", faults));
      }
      return new WorkerOptions(copy());
    }

    private Builder copy() {
      Builder copy = new Builder();
      copy.client = client;
      copy.connectionName = connectionName;
      copy.stream = stream;
      copy.consumer = consumer;
      copy.connectionRetryTimeout = connectionRetryTimeout;
      copy.connectionRetries = connectionRetries;
      copy.inboxPrefix = inboxPrefix;
      copy.domain = domain;
      return copy;
    }
  }
}
