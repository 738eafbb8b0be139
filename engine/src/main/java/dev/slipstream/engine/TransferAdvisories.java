// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import dev.slipstream.base.Clock;
import dev.slipstream.protocol.api.StreamState;
import dev.slipstream.protocol.json.JsonWriter;

/**
 * Tells whoever listens of one snapshot or restore of a stream: that it begins, and that it ended.
 *
 * <p>Source: the advisory schemas {@code io.nats.jetstream.advisory.v1}.
 */
final class TransferAdvisories {
  private final Advisories advisories;
  private final Clock clock;
  private final String stream;
  private final byte[] client;
  private final long begunEpochNanos;

  /**
   * The advisories of what begins now.
   *
   * @param client the JSON object that describes who asked; empty when that is not known
   */
  TransferAdvisories(JetStreamAccount account, Clock clock, String stream, byte[] client) {
    this.advisories = account.advisories();
    this.clock = clock;
    this.stream = stream;
    this.client = client;
    begunEpochNanos = clock.epochNanos();
  }

  void snapshotBegins(StreamState state) {
    publish(
        "SNAPSHOT_CREATE",
        json -> {
          json.field("stream", stream);
          state.write(json.name("state"));
          client(json);
        });
  }

  /** A snapshot is over; the reason is empty when all was sent. */
  void snapshotEnded(String cutShort) {
    publish(
        "SNAPSHOT_COMPLETE",
        json -> {
          span(json);
          client(json);
          json.fieldIf("error", cutShort);
        });
  }

  void restoreBegins() {
    publish(
        "RESTORE_CREATE",
        json -> {
          json.field("stream", stream);
          client(json);
        });
  }

  /** A restore is over, well or not. */
  void restoreEnded(long bytes) {
    publish(
        "RESTORE_COMPLETE",
        json -> {
          span(json);
          json.field("bytes", bytes);
          client(json);
        });
  }

  private void span(JsonWriter json) {
    json.field("stream", stream);
    json.timeField("start", Clock.instant(begunEpochNanos));
    json.timeField("end", Clock.instant(clock.epochNanos()));
  }

  private void client(JsonWriter json) {
    Advisories.client(json, client);
  }

  private void publish(String event, java.util.function.Consumer<JsonWriter> fields) {
    advisories.transfer(stream, event, fields);
  }
}
