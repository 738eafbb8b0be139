// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.worker;

import dev.slipstream.client.ClientState;
import dev.slipstream.client.ConnectionLostException;
import dev.slipstream.client.ConsumerExistsException;
import dev.slipstream.client.ConsumerNotFoundException;
import dev.slipstream.client.JetStream;
import dev.slipstream.client.JetStreamOptions;
import dev.slipstream.client.JsStream;
import dev.slipstream.client.NatsClient;
import dev.slipstream.client.PullConsumer;
import dev.slipstream.client.StreamNameInUseException;
import dev.slipstream.client.StreamNotFoundException;
import dev.slipstream.protocol.api.ConsumerConfig;
import dev.slipstream.protocol.api.ConsumerInfo;
import dev.slipstream.protocol.api.DeliverPolicy;
import dev.slipstream.protocol.api.StreamConfig;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Finds the connection and the consumer of a worker, and makes the consumer if the options say so.
 * Any thread.
 */
final class Finder {
  /** How long the server may take to say whether the consumer is there. */
  private static final Duration LOOK_UP_LIMIT = Duration.ofSeconds(2);

  private final WorkerSettings options;
  private final Names names;
  private final JetStreamOptions jetStream;

  Finder(WorkerOptions options, Names names) {
    this.options = options.values();
    this.names = names;
    JetStreamOptions usual = JetStreamOptions.defaults().timeout(LOOK_UP_LIMIT);
    this.jetStream = options.domain().isEmpty() ? usual : usual.domain(options.domain());
  }

  /**
   * The connection, connected or not.
   *
   * @throws ConnectionLostException when there is none of its name
   */
  NatsClient client() {
    NatsClient client =
        options.client != null ? options.client : names.client(options.connectionName);
    if (client == null) {
      throw new ConnectionLostException(
          "there is no connection of the name '" + options.connectionName + "'", null);
    }
    return client;
  }

  /** Throws when a connection does not stand. */
  void refuseUnconnected(NatsClient client) {
    if (client.state() != ClientState.CONNECTED) {
      throw new ConnectionLostException("the connection is " + client.state(), null);
    }
  }

  JetStream jetStream(NatsClient client) {
    return client.jetStream(jetStream);
  }

  /** Asks for the consumer; fails when there is none, or no answer. */
  CompletableFuture<PullConsumer> consumer(NatsClient client) {
    return jetStream(client).consumerAsync(options.stream, options.consumer);
  }

  /** Whether what is not there is to be made. */
  boolean makes(Throwable missing) {
    return missing instanceof ConsumerNotFoundException && options.createConsumer != null
        || missing instanceof StreamNotFoundException && options.createStream != null;
  }

  /**
   * Makes what is missing and may be made; waits for the server.
   *
   * @param handledThrough the sequence of the stream behind which a new consumer begins; 0 for
   *     where its configuration says
   */
  PullConsumer make(NatsClient client, long handledThrough) {
    JetStream js = jetStream(client);
    JsStream stream = js.bindStream(options.stream);
    StreamConfig newStream = options.createStream;
    if (newStream != null) {
      try {
        stream = js.createStream(newStream);
      } catch (StreamNameInUseException there) {
        stream = js.stream(options.stream); // with a configuration of its own, which stays
      }
    }
    ConsumerConfig newConsumer = options.createConsumer;
    if (newConsumer == null) {
      return stream.consumer(options.consumer);
    }
    try {
      return stream.createConsumer(behind(newConsumer, handledThrough));
    } catch (ConsumerExistsException there) {
      return stream.consumer(options.consumer);
    }
  }

  private static ConsumerConfig behind(ConsumerConfig config, long handledThrough) {
    if (handledThrough == 0) {
      return config;
    }
    return config.toBuilder()
        .deliverPolicy(DeliverPolicy.BY_START_SEQUENCE)
        .optStartSeq(handledThrough + 1)
        .optStartTime(null)
        .build();
  }

  /** The box for dead letters, if there is to be one. */
  @Nullable DeadLetterBox deadLetters(NatsClient client, ConsumerInfo info) {
    DeadLetters letters = options.deadLetters;
    return letters == null ? null : new DeadLetterBox(client, jetStream(client), letters, info);
  }
}
