// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import dev.slipstream.base.EventLoop;
import dev.slipstream.protocol.api.PullRequest;
import dev.slipstream.protocol.json.JsonWriter;
import dev.slipstream.protocol.wire.MessageFrame;
import dev.slipstream.protocol.wire.OutputBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * The messages of one fetch, as they come: to be iterated once, while they arrive.
 *
 * <p>The iteration ends when the fetch does; {@link #end} says why. A fetch that failed throws its
 * cause behind the last message. Closing it early hands back what was not taken. For one thread.
 */
public final class FetchResult implements Iterable<JsMessage>, AutoCloseable {
  private final LinkedTransferQueue<JsMessage> queue = new LinkedTransferQueue<>();
  private final CompletableFuture<End> end = new CompletableFuture<>();
  private final Connection connection;
  private final Pulling pulling;
  private boolean exhausted;

  FetchResult(Connection connection, Api api, String stream, String consumer, Fetch fetch) {
    this.connection = connection;
    this.pulling = new Pulling(connection, api, stream, consumer, fetch, queue, end);
  }

  void start() {
    connection.onLoop(pulling::begin);
  }

  /** The next message; null when none came in time, or when there are no more. */
  public @Nullable JsMessage poll(Duration limit) throws InterruptedException {
    if (exhausted) {
      return null;
    }
    return took(queue.poll(TimeUnit.NANOSECONDS.convert(limit), TimeUnit.NANOSECONDS));
  }

  /** Messages as they come; {@code hasNext} waits. */
  @Override
  public Iterator<JsMessage> iterator() {
    return new Taking();
  }

  /** Messages as they come. */
  public Stream<JsMessage> stream() {
    return StreamSupport.stream(
        Spliterators.spliteratorUnknownSize(iterator(), Spliterator.ORDERED | Spliterator.NONNULL),
        false);
  }

  /** All messages; waits for the end. Throws the cause of a failed fetch only without messages. */
  public List<JsMessage> toList() {
    List<JsMessage> all = new ArrayList<>();
    for (JsMessage message = take(); message != null; message = take()) {
      all.add(message);
    }
    if (all.isEmpty()) {
      throwFailure();
    }
    return all;
  }

  /** Why there are no more messages; waits for the end. */
  public End end() {
    return Await.value(end, "a fetch");
  }

  /** Ends the fetch; messages that were not taken are handed back. */
  @Override
  public void close() {
    exhausted = true;
    connection.loop().offer(pulling::cancel);
    for (JsMessage each = queue.poll(); each != null; each = queue.poll()) {
      if (each != JsMessage.END) {
        each.nak();
      }
    }
  }

  private @Nullable JsMessage took(@Nullable JsMessage message) {
    if (message == JsMessage.END) {
      exhausted = true;
      return null;
    }
    return message;
  }

  private @Nullable JsMessage take() {
    if (exhausted) {
      return null;
    }
    try {
      return took(queue.take());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new RequestInterruptedException("a fetch");
    }
  }

  private void throwFailure() {
    if (end() instanceof End.Failed failed) {
      throw failed.cause();
    }
  }

  private final class Taking implements Iterator<JsMessage> {
    private @Nullable JsMessage next;

    @Override
    public boolean hasNext() {
      if (next == null) {
        next = take();
        if (next == null && end.isDone()) {
          throwFailure();
        }
      }
      return next != null;
    }

    @Override
    public JsMessage next() {
      JsMessage message = hasNext() ? next : null;
      next = null;
      if (message == null) {
        throw new NoSuchElementException();
      }
      return message;
    }
  }

  /** The loop's side of a fetch. */
  private static final class Pulling
      implements FetchState.Actions, FetchInboxes.User, Connection.LinkListener {
    private final Connection connection;
    private final Api api;
    private final String stream;
    private final String consumer;
    private final Fetch fetch;
    private final LinkedTransferQueue<JsMessage> queue;
    private final CompletableFuture<End> end;
    private @Nullable FetchState state;
    private FetchInboxes.@Nullable Inbox inbox;
    private EventLoop.@Nullable Timer timer;
    private long timerAtNanos;

    Pulling(
        Connection connection,
        Api api,
        String stream,
        String consumer,
        Fetch fetch,
        LinkedTransferQueue<JsMessage> queue,
        CompletableFuture<End> end) {
      this.connection = connection;
      this.api = api;
      this.stream = stream;
      this.consumer = consumer;
      this.fetch = fetch;
      this.queue = queue;
      this.end = end;
    }

    void begin() {
      state = new FetchState(fetch, now(), api.timeout().toNanos(), this);
      connection.addLink(this);
      arm();
    }

    void cancel() {
      if (state != null) {
        state.cancel();
      }
    }

    @Override
    public void onUp() {
      if (state != null) {
        state.connected(now());
        arm();
      }
    }

    @Override
    public void onDown() {
      if (state != null) {
        state.disconnected();
        leaveInbox(false);
        arm();
      }
    }

    @Override
    public void onClosed() {
      if (state != null) {
        state.closed();
      }
    }

    @Override
    public void pull(
        boolean afresh, int messages, long bytes, long expiresNanos, long heartbeatNanos) {
      if (afresh) {
        leaveInbox(false);
      }
      FetchInboxes.Inbox present = inbox == null ? connection.fetchInboxes().take(this) : inbox;
      inbox = present;
      JsonWriter json = new JsonWriter();
      PullRequest.builder(messages)
          .maxBytes(bytes)
          .expiresNanos(expiresNanos)
          .idleHeartbeatNanos(heartbeatNanos)
          .noWait(fetch.until() != Fetch.Until.FILL)
          .build()
          .write(json);
      byte[] frame =
          Frame.publish(
              api.subjects().msgNext(stream, consumer),
              present.prefix(),
              present.nextPull(),
              OutputBuffer.NO_BYTES,
              json.toBytes());
      connection.outbound().write(new Frame(connection, frame));
    }

    @Override
    public boolean hasJustStored() {
      return connection.hasJustStored(now());
    }

    @Override
    public void lookUp() {
      api.lookUp(
          stream,
          consumer,
          gone -> {
            if (state != null) {
              state.lookedUp(gone == null ? null : new ConsumerDeletedException(stream, consumer));
              arm();
            }
          });
    }

    @Override
    public void end(End how, boolean clean) {
      connection.removeLink(this);
      leaveInbox(clean);
      if (timer != null) {
        timer.cancel();
        timer = null;
      }
      end.complete(how);
      queue.add(JsMessage.END);
    }

    @Override
    public void onMessage(MessageFrame frame) {
      queue.add(new JsMessage(frame, connection));
      if (state != null) {
        state.message(now(), Message.sizeOf(frame));
      }
    }

    @Override
    public void onStatus(PullStatus status) {
      if (state != null) {
        state.status(now(), status.code(), status.text());
        arm();
      }
    }

    private void leaveInbox(boolean clean) {
      if (inbox != null) {
        connection.fetchInboxes().giveBack(inbox, clean);
        inbox = null;
      }
    }

    private void arm() {
      long at = state == null ? Long.MAX_VALUE : state.nextDeadline();
      if (at == Long.MAX_VALUE || timer != null && at - timerAtNanos >= 0) {
        return;
      }
      if (timer != null) {
        timer.cancel();
      }
      timerAtNanos = at;
      timer = connection.loop().schedule(at - now(), this::onTimer);
    }

    private void onTimer() {
      timer = null;
      if (state != null) {
        state.tick(now());
        arm();
      }
    }

    private long now() {
      return connection.loop().clock().nanos();
    }
  }
}
