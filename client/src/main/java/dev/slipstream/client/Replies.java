// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import dev.slipstream.base.WaitingIterator;
import dev.slipstream.protocol.wire.MessageFrame;
import dev.slipstream.protocol.wire.Status;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The replies to one request, as they come: to be iterated once, while they arrive.
 *
 * <p>The iteration ends when the rules of the request say so; {@link #end} tells which. One that
 * failed throws its cause behind the last reply. Bounded by the rules; it has one subscription,
 * which is removed at the end. The taking is for one thread; {@link #close} for any.
 */
public final class Replies implements Iterable<Message>, AutoCloseable {
  private final Connection connection;
  private final String subject;
  private final RequestMany rules;
  private final Interest interest;
  private final LinkedTransferQueue<Message> queue = new LinkedTransferQueue<>();
  private final PendingCount pending = new PendingCount();
  private final CompletableFuture<RepliesEnd> end = new CompletableFuture<>();
  private final @Nullable SendWatch watch;
  private boolean exhausted;

  // owned by the loop
  private final Alarm alarm;
  private long deadlineNanos;
  private long stallNanos = Long.MAX_VALUE;
  private long received;
  private boolean over;

  Replies(
      Connection connection,
      String subject,
      String inbox,
      RequestMany rules,
      @Nullable SendWatch watch) {
    this.connection = connection;
    this.subject = subject;
    this.rules = rules;
    this.watch = watch;
    interest = new Interest(connection.interests().nextSid(), inbox, "", new Taker());
    alarm = new Alarm(connection.loop(), this::checkTime);
  }

  /** The request on its way, which begins with the subscription; any thread. */
  Frame frame(byte[] headers, byte[] payload) {
    return new RequestFrame(connection, Frame.publish(subject, interest.subject, headers, payload));
  }

  /** The next reply; null when none came in time, or when there are no more. */
  public @Nullable Message poll(Duration limit) throws InterruptedException {
    return exhausted
        ? null
        : took(queue.poll(TimeUnit.NANOSECONDS.convert(limit), TimeUnit.NANOSECONDS));
  }

  /** Replies as they come; {@code hasNext} waits. */
  @Override
  public Iterator<Message> iterator() {
    return new WaitingIterator<>(this::takeOrThrow);
  }

  /** Replies as they come. */
  public Stream<Message> stream() {
    return new WaitingIterator<>(this::takeOrThrow).stream();
  }

  /** All replies; waits for the end. Throws the cause of a failure only without replies. */
  public List<Message> toList() {
    List<Message> all = new ArrayList<>();
    for (Message reply = take(); reply != null; reply = take()) {
      all.add(reply);
    }
    if (all.isEmpty()) {
      throwFailure();
    }
    return all;
  }

  /** Why there are no more replies; waits for the end. */
  public RepliesEnd end() {
    return Await.value(end, "the replies from " + subject);
  }

  /** Ends it; replies that were not taken are dropped. */
  @Override
  public void close() {
    if (!connection.loop().offer(() -> finish(new RepliesEnd.Cancelled()))) {
      end.complete(new RepliesEnd.Cancelled());
      queue.add(Message.END);
    }
  }

  private @Nullable Message took(@Nullable Message reply) {
    if (reply == Message.END) {
      exhausted = true;
      return null;
    }
    if (reply != null) {
      pending.take(reply.size());
    }
    return reply;
  }

  private @Nullable Message take() {
    return exhausted ? null : took(Await.next(queue::take, "the replies from " + subject));
  }

  private @Nullable Message takeOrThrow() {
    Message reply = take();
    if (reply == null) {
      throwFailure();
    }
    return reply;
  }

  private void throwFailure() {
    if (end() instanceof RepliesEnd.Failed failed) {
      throw failed.cause();
    }
  }

  private long now() {
    return connection.loop().clock().nanos();
  }

  private void begin() {
    if (over) {
      return;
    }
    connection.interests().add(interest);
    deadlineNanos = now() + TimeUnit.NANOSECONDS.convert(rules.within());
    alarm.ringBy(deadlineNanos);
  }

  private void checkTime() {
    if (over) {
      return;
    }
    long now = now();
    if (deadlineNanos - now <= 0) {
      finish(new RepliesEnd.Expired());
    } else if (stallNanos != Long.MAX_VALUE && stallNanos - now <= 0) {
      finish(new RepliesEnd.Stalled());
    } else {
      ring();
    }
  }

  private void ring() {
    boolean stallsFirst = stallNanos != Long.MAX_VALUE && stallNanos - deadlineNanos < 0;
    alarm.ringBy(stallsFirst ? stallNanos : deadlineNanos);
  }

  private void onReply(Message reply) {
    if (rules.sentinel() != null && rules.sentinel().test(reply)) {
      finish(new RepliesEnd.Sentinel());
      return;
    }
    if (pending.messages() >= rules.maxPendingMessages()
        || pending.bytes() + reply.size() > rules.maxPendingBytes()) {
      finish(
          new RepliesEnd.Failed(
              new TooManyRepliesException(
                  subject, rules.maxPendingMessages(), rules.maxPendingBytes())));
      return;
    }
    pending.add(reply.size());
    queue.add(reply);
    if (++received >= rules.most()) {
      finish(new RepliesEnd.Filled());
    } else if (rules.stall() != null) {
      stallNanos = now() + TimeUnit.NANOSECONDS.convert(rules.stall());
      ring();
    }
  }

  /** On the loop. */
  private void finish(RepliesEnd why) {
    if (over) {
      return;
    }
    over = true;
    alarm.cancel();
    connection.interests().remove(interest);
    if (why instanceof RepliesEnd.Cancelled) {
      queue.clear();
    }
    if (watch != null) {
      connection.callbacks().add(() -> tell(watch, why));
    }
    end.complete(why);
    queue.add(Message.END);
  }

  private static void tell(SendWatch watch, RepliesEnd why) {
    if (why instanceof RepliesEnd.Failed failed) {
      watch.failed(failed.cause());
    } else {
      watch.sent();
    }
  }

  private final class Taker implements Interest.Sink {
    @Override
    public void onFrame(MessageFrame frame) {
      Message reply = new Message(frame);
      Status status = reply.status();
      if (status != null
          && status.code() == Status.NO_RESPONDERS
          && reply.payload().length == 0
          && received == 0) {
        finish(new RepliesEnd.Failed(new NoRespondersException(subject)));
        return;
      }
      try {
        onReply(reply);
      } catch (RuntimeException broken) {
        finish(new RepliesEnd.Failed(new NatsException("the sentinel failed", broken)));
      }
    }

    @Override
    public void onEnd() {
      finish(new RepliesEnd.Failed(new ConnectionClosedException()));
    }
  }

  private final class RequestFrame extends Frame {
    RequestFrame(Connection connection, byte[] bytes) {
      super(connection, bytes);
    }

    @Override
    public void run() {
      begin();
      super.run();
    }

    @Override
    void onDropped(NatsException why) {
      finish(new RepliesEnd.Failed(why));
    }
  }
}
