// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

/** What a client's connection is doing. */
public enum ClientState {
  /** It has not been connected yet. */
  CONNECTING,
  /** A server is there. */
  CONNECTED,
  /** The connection was lost and is being made again. */
  RECONNECTING,
  /** Subscriptions have ended, what is buffered is being handled; then it closes. */
  DRAINING,
  /** For good. */
  CLOSED
}
