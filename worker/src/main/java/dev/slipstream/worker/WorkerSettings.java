// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.worker;

import dev.slipstream.client.JsMessage;
import dev.slipstream.client.NatsClient;
import dev.slipstream.client.Priority;
import dev.slipstream.protocol.api.ConsumerConfig;
import dev.slipstream.protocol.api.StreamConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The values of {@link WorkerOptions} with their defaults. Whoever has one owns it. */
final class WorkerSettings implements Cloneable {
  private static final Duration LEAST_EXPIRES = Duration.ofSeconds(1);
  private static final Duration LEAST_HEARTBEAT = Duration.ofMillis(500);

  @Nullable NatsClient client;
  String connectionName = "";
  String stream = "";
  String consumer = "";
  @Nullable MessageSource source;
  Duration connectionRetryTimeout = Duration.ofMillis(1000);
  int connectionRetries = 10;
  String inboxPrefix = "";
  String domain = "";
  @Nullable StreamConfig createStream;
  @Nullable ConsumerConfig createConsumer;
  int batchSize = 1;
  int parallelism = 1;
  @Nullable Function<? super JsMessage, ?> orderedBy;
  Duration requestExpires = Duration.ofSeconds(5);
  @Nullable Duration idleHeartbeat;
  @Nullable Duration keepAlive;
  @Nullable Priority priority;
  @Nullable DeadLetters deadLetters;
  boolean bareNext;

  /** How long without messages until the server gives a sign of life. */
  Duration heartbeat() {
    Duration given = idleHeartbeat;
    return given == null ? requestExpires.dividedBy(2) : given;
  }

  /** All that is missing and all that is wrong. */
  List<String> faults() {
    List<String> faults = new ArrayList<>();
    check(faults, client != null || !connectionName.isEmpty(), "connection is missing");
    check(faults, !stream.isEmpty() || source != null, "stream is missing");
    check(faults, !consumer.isEmpty() || source != null, "consumer is missing");
    check(
        faults,
        source == null || stream.isEmpty() && consumer.isEmpty(),
        "source finds its consumers itself, none is to be named");
    checkPulls(faults);
    checkCreation(faults);
    return faults;
  }

  private void checkPulls(List<String> faults) {
    check(
        faults,
        !connectionRetryTimeout.isNegative(),
        "connectionRetryTimeout is negative: " + connectionRetryTimeout);
    check(faults, connectionRetries >= 0, "connectionRetries is negative: " + connectionRetries);
    check(
        faults,
        inboxPrefix.isEmpty() || inboxPrefix.endsWith("."),
        "inboxPrefix does not end with a dot: '" + inboxPrefix + "'");
    check(faults, batchSize >= 1, "batchSize is not positive: " + batchSize);
    check(faults, parallelism >= 1, "parallelism is not positive: " + parallelism);
    check(
        faults,
        requestExpires.compareTo(LEAST_EXPIRES) >= 0,
        "requestExpires is below 1 s: " + requestExpires);
    check(
        faults,
        heartbeat().compareTo(LEAST_HEARTBEAT) >= 0,
        "idleHeartbeat is below 0.5 s: " + heartbeat());
    check(
        faults,
        heartbeat().multipliedBy(2).compareTo(requestExpires) <= 0,
        "idleHeartbeat is more than half of requestExpires: " + heartbeat());
    check(
        faults,
        orderedBy == null || parallelism > 1,
        "orderedBy needs a parallelism of more than 1");
    check(
        faults,
        !bareNext || batchSize == 1 && parallelism == 1,
        "bareNext asks for one message at a time");
  }

  private void checkCreation(List<String> faults) {
    StreamConfig newStream = createStream;
    if (newStream != null) {
      check(
          faults,
          newStream.name().equals(stream),
          "createStream makes '" + newStream.name() + "', not '" + stream + "'");
    }
    ConsumerConfig newConsumer = createConsumer;
    if (newConsumer != null) {
      check(faults, !newConsumer.isPush(), "createConsumer makes one that pushes");
      String given =
          newConsumer.durableName().isEmpty() ? newConsumer.name() : newConsumer.durableName();
      check(
          faults,
          given.equals(consumer),
          "createConsumer makes '" + given + "', not '" + consumer + "'");
    }
  }

  private static void check(List<String> faults, boolean holds, String otherwise) {
    if (!holds) {
      faults.add(otherwise);
    }
  }

  WorkerSettings copy() {
    try {
      return (WorkerSettings) super.clone();
    } catch (CloneNotSupportedException impossible) {
      throw new AssertionError(impossible);
    }
  }
}
