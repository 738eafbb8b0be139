// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client.micrometer;

import dev.slipstream.client.ClientState;
import dev.slipstream.client.ClientStats;
import dev.slipstream.client.NatsClient;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.ToLongFunction;

/**
 * The counts of all clients together, those that were closed included, so that no sum ever goes
 * back. Any thread.
 */
final class ClientTotals {
  private final AtomicReference<Known> known =
      new AtomicReference<>(new Known(List.of(), new ClientStats(0, 0, 0, 0, 0, 0, 0, 0)));

  /** Clients that are open, and what closed ones have counted: replaced as a whole. */
  private record Known(List<NatsClient> open, ClientStats past) {}

  void add(NatsClient client) {
    known.updateAndGet(
        before -> {
          List<NatsClient> open = new ArrayList<>(before.open);
          open.add(client);
          return new Known(List.copyOf(open), before.past);
        });
  }

  /** The counts of {@code client} change no more. */
  void close(NatsClient client) {
    known.updateAndGet(
        before -> {
          List<NatsClient> open = new ArrayList<>(before.open);
          return open.remove(client)
              ? new Known(List.copyOf(open), sum(before.past, client.stats()))
              : before;
        });
  }

  double sum(ToLongFunction<ClientStats> count) {
    Known now = now();
    long all = count.applyAsLong(now.past);
    for (NatsClient client : now.open) {
      all += count.applyAsLong(client.stats());
    }
    return all;
  }

  double connected() {
    return now().open.stream().filter(ClientTotals::isConnected).count();
  }

  private Known now() {
    return Objects.requireNonNull(known.get(), "set from the beginning");
  }

  private static boolean isConnected(NatsClient client) {
    ClientState state = client.state();
    return state == ClientState.CONNECTED || state == ClientState.DRAINING;
  }

  /** What waits in a closed client is not sent any more. */
  private static ClientStats sum(ClientStats one, ClientStats other) {
    return new ClientStats(
        one.messagesIn() + other.messagesIn(),
        one.bytesIn() + other.bytesIn(),
        one.messagesOut() + other.messagesOut(),
        one.bytesOut() + other.bytesOut(),
        one.reconnects() + other.reconnects(),
        one.dropped() + other.dropped(),
        one.droppedOut() + other.droppedOut(),
        0);
  }
}
