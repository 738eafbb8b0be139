// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Something that happened to a connection; see {@link NatsClient#onEvent}.
 *
 * <p>Listeners run one event at a time, off the client's loop.
 */
public sealed interface ClientEvent {

  /** A listener's place at a client. */
  interface Registration extends AutoCloseable {
    /** The listener hears no event that is not on its way to it already. Never fails. */
    @Override
    void close();
  }

  /** The first connection stands. */
  record Connected(String server) implements ClientEvent {}

  /** The connection was lost; the client tries again. */
  record Disconnected(String server, @Nullable Throwable cause) implements ClientEvent {}

  /** A connection stands again; subscriptions are in place, what was buffered is being sent. */
  record Reconnected(String server) implements ClientEvent {}

  /** An attempt to connect failed. */
  record AttemptFailed(String server, Throwable cause) implements ClientEvent {}

  /** The server named addresses that were not known. */
  record ServersDiscovered(List<String> servers) implements ClientEvent {}

  /** The server is going to close its connections, one by one. */
  record LameDuck(String server) implements ClientEvent {}

  /** The server sent an error, for example a missing permission. */
  record ServerError(String text) implements ClientEvent {}

  /** A subscription has reached its bound and drops messages; told once until it has caught up. */
  record SlowConsumer(String subject, long pendingMessages, long pendingBytes)
      implements ClientEvent {}

  /**
   * What waits for a connection has reached its bound, and the oldest of it is dropped; told once
   * until there is a connection again.
   */
  record MessagesDropped(long limitBytes) implements ClientEvent {}

  /** A handler threw; the subscription goes on. */
  record HandlerFailed(String subject, Throwable failure) implements ClientEvent {}

  /**
   * Metrics or an interceptor threw; told once for each of them, which is called on.
   *
   * @param observer its class
   */
  record ObserverFailed(String observer, Throwable failure) implements ClientEvent {}

  /** The client was closed. */
  record Closed() implements ClientEvent {}
}
