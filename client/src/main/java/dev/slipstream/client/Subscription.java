// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import dev.slipstream.protocol.wire.MessageFrame;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Interest in a subject; its messages go to a handler, one at a time and in order, or wait to be
 * polled in a {@link SyncSubscription}.
 *
 * <p>Bounded: when too much waits, new messages are dropped, counted, and {@link
 * ClientEvent.SlowConsumer} tells of it. Thread-safe. It outlives lost connections.
 */
public sealed class Subscription implements AutoCloseable permits SyncSubscription {
  private final Connection connection;
  private final SubscribeOptions options;
  private final Interest interest;
  private final PendingCount pending = new PendingCount();
  private final AtomicLong dropped = new AtomicLong();
  private final CompletableFuture<Void> ended = new CompletableFuture<>();
  private final @Nullable DeliveryWatch watch;
  private final @Nullable Lane<Message> lane;
  private boolean slow;

  Subscription(
      Connection connection,
      SubscribeOptions options,
      @Nullable MessageHandler<? super Message> handler) {
    this.connection = connection;
    this.options = options;
    this.watch = connection.watch(new Origin("", options.queue(), options.subject()));
    this.lane = handler == null ? null : lane(DeliveryWatch.around(watch, handler));
    this.interest =
        new Interest(
            connection.interests().nextSid(), options.subject(), options.queue(), new Taker());
  }

  private Lane<Message> lane(MessageHandler<? super Message> handler) {
    return new Lane<>(connection.loop(), connection.threads(), message -> handle(message, handler));
  }

  void start() {
    connection.onLoop(() -> connection.interests().add(interest));
  }

  /** The subject it was made for. */
  public String subject() {
    return options.subject();
  }

  /** The queue group; empty for none. */
  public String queue() {
    return options.queue();
  }

  /** Messages that wait. */
  public long pendingMessages() {
    return pending.messages();
  }

  /** Bytes of the messages that wait. */
  public long pendingBytes() {
    return pending.bytes();
  }

  /** Messages that were dropped because too many waited. */
  public long dropped() {
    return dropped.get();
  }

  /** Whether messages may still come or wait. */
  public boolean isActive() {
    return !ended.isDone();
  }

  /**
   * Ends it at once: messages that wait are not handled. When it returns, the server has been told
   * behind all that this thread sent before.
   */
  public void unsubscribe() {
    ended.complete(null);
    tell(() -> connection.interests().remove(interest));
  }

  /** Ends it after so many messages, counted from its beginning. */
  public void unsubscribeAfter(long messages) {
    if (messages < 1) {
      throw new IllegalArgumentException("not a number of messages: " + messages);
    }
    tell(() -> connection.interests().limit(interest, messages));
  }

  /**
   * Ends it once all that the server has sent was handled.
   *
   * @return done when it has ended; ends early, without the messages that still wait, at the limit
   */
  public CompletableFuture<Void> drain(Duration limit) {
    tell(
        () -> {
          connection.drain(interest);
          connection
              .loop()
              .schedule(
                  TimeUnit.NANOSECONDS.convert(limit),
                  () -> connection.callbacks().add(() -> ended.complete(null)));
        });
    return ended.copy();
  }

  /** As {@link #unsubscribe}. */
  @Override
  public void close() {
    unsubscribe();
  }

  private void tell(Runnable command) {
    if (connection.state() == ClientState.CLOSED || !connection.loop().offer(command)) {
      ended.complete(null);
    }
  }

  /** Puts a message where it waits; on the loop. */
  void enqueue(Message message) {
    if (lane != null) {
      lane.add(message);
    }
  }

  /** A message leaves what waits. False when it is too late to handle it. */
  boolean taken(Message message) {
    pending.take(message.size());
    return !ended.isDone();
  }

  /** Who watches its messages; null for nobody. */
  @Nullable DeliveryWatch watch() {
    return watch;
  }

  /** All messages that were to come have been taken. */
  void finished() {
    ended.complete(null);
  }

  /** Done when nothing comes and nothing waits any more. */
  CompletableFuture<Void> ended() {
    return ended;
  }

  private void handle(Message message, MessageHandler<? super Message> handler) {
    if (message == Message.END) {
      finished();
      return;
    }
    if (!taken(message)) {
      return;
    }
    try {
      handler.onMessage(message);
    } catch (Exception | Error failure) {
      if (failure instanceof InterruptedException) {
        Thread.currentThread().interrupt();
      }
      connection.emit(new ClientEvent.HandlerFailed(message.subject(), failure));
    }
  }

  private final class Taker implements Interest.Sink {
    @Override
    public void onFrame(MessageFrame frame) {
      int size = Message.sizeOf(frame);
      if (pending.messages() >= options.maxPendingMessages()
          || pending.bytes() + size > options.maxPendingBytes()) {
        drop();
        return;
      }
      slow = slow && pending.messages() > options.maxPendingMessages() / 2;
      pending.add(size);
      Message message = new Message(frame);
      if (watch != null) {
        watch.delivered(message);
      }
      enqueue(message);
    }

    @Override
    public void onEnd() {
      enqueue(Message.END);
    }

    private void drop() {
      dropped.incrementAndGet();
      connection.countDropped();
      if (watch != null) {
        watch.dropped();
      }
      if (!slow) {
        slow = true;
        connection.emit(
            new ClientEvent.SlowConsumer(subject(), pending.messages(), pending.bytes()));
      }
    }
  }
}
