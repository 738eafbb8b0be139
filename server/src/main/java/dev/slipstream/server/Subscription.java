// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.server;

import dev.slipstream.protocol.wire.MessageFrame;
import dev.slipstream.protocol.wire.OutputBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One SUB of one connection; or its companion in another account, which hears for it what its own
 * account imports from there.
 *
 * <p>What a SUB says never changes and may be read on any loop; the counters belong to the loop of
 * the connection, and companions count with the SUB.
 */
final class Subscription implements Subscriber {
  private final ClientConnection connection;
  private final byte[] filter;
  private final byte[] queue;
  private final byte[] sid;
  private final @Nullable DenyFilter denied;
  private final Subscription counted;
  private final @Nullable StreamImport via;
  private List<Subscription> companions = List.of();

  private long delivered;
  private long max;
  private boolean closed;

  /**
   * A subscription of {@code connection}; an empty {@code queue} makes it a plain one.
   *
   * @param denied what must be held back although the filter matches it, or null
   */
  Subscription(
      ClientConnection connection,
      byte[] filter,
      byte[] queue,
      byte[] sid,
      @Nullable DenyFilter denied) {
    this.connection = connection;
    this.filter = filter;
    this.queue = queue;
    this.sid = sid;
    this.denied = denied;
    this.counted = this;
    this.via = null;
  }

  private Subscription(Subscription companionOf, byte[] filter, StreamImport via) {
    this.connection = companionOf.connection;
    this.filter = filter;
    this.queue = companionOf.queue;
    this.sid = companionOf.sid;
    this.denied = companionOf.denied;
    this.counted = companionOf;
    this.via = via;
  }

  /** A new companion in the account of an import; null when that does not concern the filter. */
  @Nullable Subscription companionBy(StreamImport imported) {
    byte[] filterThere = imported.filterThere(filter);
    if (filterThere == null) {
      return null;
    }
    Subscription companion = new Subscription(this, filterThere, imported);
    if (companions.isEmpty()) {
      companions = new ArrayList<>(1);
    }
    companions.add(companion);
    return companion;
  }

  List<Subscription> companions() {
    return companions;
  }

  /** The SUB itself, also of a companion. */
  Subscription counted() {
    return counted;
  }

  /** The import that this is a companion by; null for the SUB itself. */
  @Nullable StreamImport via() {
    return via;
  }

  /** A message as this shows it. */
  MessageFrame shown(MessageFrame message, Passage passage) {
    StreamImport imported = via;
    return imported == null || passage.isRenamed() ? message : imported.shown(message);
  }

  /**
   * Whether a message must be held back: a companion has none that came by a service, since imports
   * do not add up, and the permissions of the connection may deny the subject that it would show.
   */
  boolean refuses(MessageFrame message, Passage passage) {
    if (via != null && passage.isFromService()) {
      return true;
    }
    DenyFilter filterOrNull = denied;
    if (filterOrNull == null) {
      return false;
    }
    MessageFrame shown = shown(message, passage);
    return filterOrNull.denies(shown.line, shown.subjectStart, shown.subjectEnd, queue);
  }

  ClientConnection connection() {
    return connection;
  }

  @Override
  public byte[] filter() {
    return filter;
  }

  /** The queue group's name; empty for a plain subscription. */
  byte[] queue() {
    return queue;
  }

  boolean isQueue() {
    return queue != OutputBuffer.NO_BYTES;
  }

  byte[] sid() {
    return sid;
  }

  /** How many messages were delivered since the SUB. */
  long delivered() {
    return delivered;
  }

  SubscriptionFigures figures() {
    return new SubscriptionFigures(
        new String(filter, StandardCharsets.UTF_8),
        new String(queue, StandardCharsets.UTF_8),
        new String(sid, StandardCharsets.UTF_8),
        delivered,
        max);
  }

  /** Sets after how many messages it ends; 0 leaves that open. */
  void setMax(long newMax) {
    max = newMax;
  }

  boolean isClosed() {
    return counted.closed;
  }

  void close() {
    closed = true;
  }

  /** Counts a delivery; answers whether it may take place. */
  boolean countDelivery() {
    Subscription one = counted;
    one.delivered++;
    return one.max == 0 || one.delivered <= one.max;
  }

  /** Whether the last delivery that was counted reached the maximum. */
  boolean isSpent() {
    Subscription one = counted;
    return one.max > 0 && one.delivered >= one.max;
  }
}
