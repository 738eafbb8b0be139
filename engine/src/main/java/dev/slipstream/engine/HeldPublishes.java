// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import dev.slipstream.protocol.wire.MessageFrame;
import java.util.ArrayDeque;
import java.util.function.Consumer;

/**
 * Publishes that cannot be checked yet, and those that came behind them. Bounded by the {@link
 * Room} of their stream. Owner: the stream's loop.
 */
final class HeldPublishes {
  /** What all held publishes of one stream may take. */
  static final class Room {
    private int messages;
    private long bytes;

    private boolean take(int size) {
      if (messages >= IngestLimits.MAX_WAITING_MESSAGES
          || bytes + size > IngestLimits.MAX_WAITING_BYTES) {
        return false;
      }
      messages++;
      bytes += size;
      return true;
    }

    private void free(int size) {
      messages--;
      bytes -= size;
    }
  }

  private final Room room;
  private final ArrayDeque<MessageFrame> held = new ArrayDeque<>(0);

  HeldPublishes(Room room) {
    this.room = room;
  }

  boolean isEmpty() {
    return held.isEmpty();
  }

  /** Keeps a copy of a publish behind the others; false when there is no room. */
  boolean hold(MessageFrame message) {
    boolean fits = room.take(size(message));
    if (fits) {
      held.add(message.copy());
    }
    return fits;
  }

  /** Hands what was held to {@code check}, in its order, until that holds one again. */
  void goOn(Consumer<MessageFrame> check) {
    for (int left = held.size(); left > 0 && !held.isEmpty(); left--) {
      MessageFrame message = held.remove();
      room.free(size(message));
      int before = held.size();
      check.accept(message);
      if (held.size() > before) {
        held.addFirst(held.removeLast());
        return;
      }
    }
  }

  /** Drops them all. */
  void clear() {
    held.forEach(message -> room.free(size(message)));
    held.clear();
  }

  private static int size(MessageFrame message) {
    return message.payloadEnd - message.headersStart;
  }
}
