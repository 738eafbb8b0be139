// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import dev.slipstream.protocol.api.ConsumerConfig;
import dev.slipstream.protocol.wire.AckBody;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Tells the server of messages that wait for a handler or are in it before their ack wait is over,
 * again and again, so that they are not delivered once more.
 *
 * <p>All have the same interval, so the queue is in the order in which they are due. Messages that
 * were done with are dropped when they come to its head, and all of them when it has doubled. Made
 * by any thread, then loop-owned.
 */
final class KeepAlive {
  private static final int LEAST_SWEEP = 1024;

  private final Connection connection;
  private final ConsumeOptions options;
  private final long intervalNanos;
  private final long limitNanos;
  private final Alarm alarm;
  private final ArrayDeque<Entry> entries = new ArrayDeque<>();
  private int sweepAt = LEAST_SWEEP;

  private record Entry(JsMessage message, long dueNanos, long limitAtNanos) {
    boolean isOver() {
      return message.isHandled() || message.ackState() != AckState.PENDING;
    }
  }

  private KeepAlive(Connection connection, ConsumeOptions options, long intervalNanos) {
    this.connection = connection;
    this.options = options;
    this.intervalNanos = intervalNanos;
    limitNanos = TimeUnit.NANOSECONDS.convert(options.keepAlive());
    alarm = new Alarm(connection.loop(), this::ring);
  }

  /** For a consumer of this configuration; null when nothing expires there. */
  static @Nullable KeepAlive of(
      Connection connection, ConsumeOptions options, ConsumerConfig consumer) {
    long ackWaitNanos = consumer.ackWaitNanos();
    for (long each : consumer.backoffNanos()) {
      ackWaitNanos = Math.min(ackWaitNanos, each);
    }
    return ackWaitNanos > 0 ? new KeepAlive(connection, options, ackWaitNanos / 2) : null;
  }

  /** A message came. */
  void add(JsMessage message) {
    for (Entry first = entries.peek(); first != null && first.isOver(); first = entries.peek()) {
      entries.remove();
    }
    if (entries.size() >= sweepAt) {
      entries.removeIf(Entry::isOver);
      sweepAt = Math.max(LEAST_SWEEP, 2 * entries.size());
    }
    long now = now();
    entries.add(new Entry(message, now + intervalNanos, now + limitNanos));
    alarm.ringBy(now + intervalNanos);
  }

  private void ring() {
    long now = now();
    for (Entry first = entries.peek(); first != null; first = entries.peek()) {
      if (!first.isOver() && first.dueNanos - now > 0) {
        alarm.ringBy(first.dueNanos);
        return;
      }
      entries.remove();
      if (!first.isOver()) {
        prolong(first, now);
      }
    }
  }

  private void prolong(Entry entry, long now) {
    JsMessage message = entry.message;
    if (now - entry.limitAtNanos >= 0) {
      options.tell(new PullEvent.HandledTooLong(message), connection.callbacks());
      return;
    }
    if (connection.isUp()) {
      byte[] line = message.line();
      byte[] frame =
          Frame.publish(line, message.replyFrom(), line.length, AckBody.PROGRESS.bytes());
      connection.outbound().write(new Frame(connection, frame));
      message.tellInProgress();
    }
    entries.add(new Entry(message, now + intervalNanos, entry.limitAtNanos));
  }

  private long now() {
    return connection.loop().clock().nanos();
  }
}
