// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.server;

import dev.slipstream.protocol.wire.MessageFrame;
import org.jspecify.annotations.Nullable;

/**
 * The companion, in another account, of a listener of the server: a stream hears what its account
 * imports. Immutable.
 */
final class ImportedListening implements Subscriber.Crossing {
  private final byte[] filterThere;
  private final StreamImport via;
  private final Subscriber.Listener listener;

  ImportedListening(byte[] filterThere, StreamImport via, Subscriber.Listener listener) {
    this.filterThere = filterThere;
    this.via = via;
    this.listener = listener;
  }

  @Override
  public byte[] filter() {
    return filterThere;
  }

  /** The router of the account in which it listens. */
  Router router() {
    return via.exporter().router();
  }

  @Override
  public boolean carry(
      ServerLoop at, @Nullable ClientConnection from, MessageFrame message, Passage passage) {
    return !passage.isFromService()
        && listener.onMessage(from, passage.isRenamed() ? message : via.shown(message));
  }
}
