// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import dev.slipstream.protocol.api.AckPolicy;
import dev.slipstream.protocol.api.ConsumerConfig;
import dev.slipstream.protocol.wire.MessageFrame;
import dev.slipstream.protocol.wire.OutputBuffer;
import dev.slipstream.store.StoredMessage;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The way of messages from loop to loop: a hidden consumer of the stream that they come from hands
 * them to this feed, and it hands them on to the other stream's loop, those of one turn together.
 *
 * <p>Bounded: at most {@link #WINDOW_BYTES}, and one message more, are on their way and not yet
 * durable in the other stream. Owner: the loop of the stream that the messages come from.
 */
final class LoopFeed implements OriginFeed, DeliveryTarget {
  static final long WINDOW_BYTES = 4 << 20;

  private static final int SLICE = 1_000;
  private static final byte[] TO_THE_OTHER_STREAM = OutputBuffer.NO_BYTES;

  private final Stream from;
  private final Origin to;
  private @Nullable Consumer consumer;
  private List<SourcedMessage> batch = new ArrayList<>();
  private long bytesOnTheirWay;
  private @Nullable Runnable whenDrained;
  private boolean closed;

  /** A feed that is not open yet. On the loop of the stream that takes. */
  LoopFeed(Stream from, Origin to) {
    this.from = from;
    this.to = to;
  }

  /**
   * Begins to feed, or says that the stream is no more. On any loop.
   *
   * @param taken the first and the last sequence that the other stream has already; a process that
   *     ended may have left them where each message leaves with its last consumer
   */
  void open(ConsumerConfig config, Taken taken) {
    from.shard.loop.offer(() -> begin(config, taken));
  }

  /** A run of sequences; {@code last} is 0 for none. */
  record Taken(long first, long last) {}

  private void begin(ConsumerConfig config, Taken taken) {
    if (from.isClosed()) {
      close(OutputBuffer.NO_BYTES);
      return;
    }
    Consumer hidden = from.readers.attach(config, this);
    consumer = hidden;
    long startSeq = hidden.state.nextStreamSeq();
    String identity = from.identity();
    to.onLoop(() -> to.opened(this, startSeq, identity));
    if (config.ackPolicy() == AckPolicy.ALL) {
      settle(hidden, taken);
    }
  }

  private void settle(Consumer hidden, Taken taken) {
    long seq = hidden.filter().next(from.store, Math.max(1, taken.first));
    for (int left = SLICE; seq != 0 && seq <= taken.last && !closed; left--) {
      if (left == 0) {
        Taken rest = new Taken(seq, taken.last);
        from.shard.loop.nextTurn(() -> settle(hidden, rest));
        return;
      }
      from.interest.done(seq);
      seq = hidden.filter().next(from.store, seq + 1);
    }
  }

  @Override
  public void done(long seq, long bytes) {
    from.shard.loop.offer(() -> drained(seq, bytes));
  }

  private void drained(long seq, long bytes) {
    bytesOnTheirWay -= bytes;
    Consumer hidden = consumer;
    if (!closed && hidden != null && hidden.config().ackPolicy() == AckPolicy.ALL) {
      hidden.state.settledThrough(seq, 0, from.interest::done);
    }
    Runnable waiting = whenDrained;
    if (waiting != null && bytesOnTheirWay <= WINDOW_BYTES / 2) {
      whenDrained = null;
      waiting.run();
    }
  }

  @Override
  public void end() {
    from.shard.loop.offer(
        () -> {
          Consumer hidden = consumer;
          if (!closed && hidden != null) {
            closed = true;
            from.readers.detach(hidden);
          }
        });
  }

  @Override
  public MessageBus.Delivery send(
      byte[] subject,
      MessageFrame frame,
      StoredMessage message,
      long numPending,
      Runnable drained) {
    SourcedMessage taken = SourcedMessage.of(message, numPending);
    if (batch.isEmpty()) {
      from.shard.atTurnEnd(this::handOver);
    }
    batch.add(taken);
    bytesOnTheirWay += taken.bytes();
    if (bytesOnTheirWay < WINDOW_BYTES) {
      return MessageBus.Delivery.SENT;
    }
    whenDrained = drained;
    return MessageBus.Delivery.CONGESTED;
  }

  private void handOver() {
    List<SourcedMessage> messages = batch;
    batch = new ArrayList<>();
    to.onLoop(() -> to.take(this, messages));
  }

  @Override
  public void start() {
    // the hidden consumer reads as soon as it lives
  }

  @Override
  public boolean isOpen() {
    return !closed;
  }

  @Override
  public void beginRun(long nowNanos) {
    // no time is looked at
  }

  @Override
  public byte @Nullable [] next(int bytes) {
    return TO_THE_OTHER_STREAM;
  }

  @Override
  public void sent(long seq, int bytes, MessageBus.Delivery outcome) {
    // counted when it was sent
  }

  @Override
  public void look(boolean endOfStream) {
    // nothing ends with time
  }

  @Override
  public long dueInNanos(long nowNanos) {
    return Long.MAX_VALUE;
  }

  @Override
  public long idleSinceNanos(long nowNanos) {
    return nowNanos;
  }

  @Override
  public int waiting() {
    return 0;
  }

  @Override
  public boolean isBound() {
    return !closed;
  }

  @Override
  public void close(byte[] farewell) {
    if (!closed) {
      closed = true;
      to.onLoop(() -> to.lost(this));
    }
  }

  @Override
  public void shutDown() {
    closed = true;
  }
}
