// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import dev.slipstream.protocol.api.PubAck;
import dev.slipstream.protocol.json.JsonException;
import dev.slipstream.protocol.wire.Headers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Publishes into streams and waits for the answers.
 *
 * <p>Asynchronous publishes are bounded by a window of messages and bytes: who comes when it is
 * full waits, except code that runs because a publish was answered, which nobody could wait for.
 * Any thread.
 */
final class Publisher {
  private final Connection connection;
  private final JetStreamOptions options;
  private final Semaphore messages;
  private final Semaphore bytes;

  Publisher(Connection connection, JetStreamOptions options) {
    this.connection = connection;
    this.options = options;
    messages = new Semaphore(options.maxInFlightMessages());
    bytes = new Semaphore(options.maxInFlightBytes());
  }

  /** Publishes and waits for the answer. */
  PublishAck publish(String subject, Headers headers, byte[] payload) {
    Subjects.checkPublish(subject);
    SendWatch watch = watch(subject, headers, payload);
    if (watch == null) {
      return publishAndWait(subject, headers.toBytes(), payload);
    }
    PublishAck ack = watch.during(() -> publishAndWait(subject, watch.headers(), payload));
    watch.stored(ack);
    return ack;
  }

  private PublishAck publishAndWait(String subject, byte[] headers, byte[] payload) {
    Call call = new Call(subject, options.timeout(), null, false);
    send(call, headers, payload);
    return Await.value(call.future, "a publish to " + subject);
  }

  /** Publishes; waits only when the window is full. */
  CompletableFuture<PublishAck> publishAsync(String subject, Headers headers, byte[] payload) {
    Subjects.checkPublish(subject);
    SendWatch watch = watch(subject, headers, payload);
    Call call = new Call(subject, options.publishTimeout(), watch, true);
    try {
      byte[] block = watch == null ? headers.toBytes() : watch.headers();
      call.acquire(Math.min(payload.length + block.length + 64, options.maxInFlightBytes()));
      send(call, block, payload);
    } catch (RuntimeException | Error failure) {
      call.release();
      if (watch != null) {
        watch.failed(failure);
      }
      throw failure;
    }
    return call.future;
  }

  private @Nullable SendWatch watch(String subject, Headers headers, byte[] payload) {
    Observers observers = connection.observers();
    return observers == null
        ? null
        : observers.publishing(Publication.Kind.STREAM, subject, null, headers, payload);
  }

  /** Asynchronous publishes that wait for their answer. */
  int inFlight() {
    return options.maxInFlightMessages() - messages.availablePermits();
  }

  /** Waits until every asynchronous publish made before is answered or failed. */
  void awaitAnswers(Duration limit) {
    CompletableFuture<CompletableFuture<?>> waiting = new CompletableFuture<>();
    boolean inCallback = connection.callbacks().isRunningHere();
    connection.onLoop(
        () -> {
          CompletableFuture<?> all = allWaiting();
          if (inCallback) {
            waiting.complete(all);
          } else {
            // behind the answers that have come and are still being handed to the application
            connection.callbacks().add(() -> waiting.complete(all));
          }
        });
    CompletableFuture<?> all = waiting.thenCompose(every -> every.handle((done, failure) -> done));
    if (!Await.done(all, limit, "awaiting publishes")) {
      throw new RequestTimeoutException("publishes in flight", limit, connection.state());
    }
  }

  private CompletableFuture<?> allWaiting() {
    List<CompletableFuture<?>> futures = new ArrayList<>();
    connection
        .requests()
        .forEach(
            call -> {
              if (call instanceof Call mine && mine.publisher() == this) {
                futures.add(mine.future);
              }
            });
    return CompletableFuture.allOf(futures.toArray(CompletableFuture<?>[]::new));
  }

  private void send(Call call, byte[] headers, byte[] payload) {
    connection.checkSize((long) headers.length + payload.length);
    Requests.RequestFrame frame = connection.requests().frame(call, headers, payload);
    call.frame = frame;
    connection.send(frame);
  }

  /** Takes a place in the window; false when nobody could wait for one. */
  private boolean takePlace(int cost) {
    boolean mayWait = !connection.callbacks().isRunningHere();
    if (!take(bytes, cost, mayWait)) {
      return false;
    }
    boolean taken = false;
    try {
      taken = take(messages, 1, mayWait);
    } finally {
      if (!taken) {
        bytes.release(cost);
      }
    }
    return taken;
  }

  private static boolean take(Semaphore from, int permits, boolean mayWait) {
    if (from.tryAcquire(permits)) {
      return true;
    }
    if (mayWait) {
      try {
        from.acquire(permits);
      } catch (InterruptedException e) {
        throw Await.interrupted("publishing");
      }
    }
    return mayWait;
  }

  /** One publish; as a task it hands its answer to the application. */
  private final class Call extends Requests.Call implements Runnable {
    private final CompletableFuture<PublishAck> future = new CompletableFuture<>();
    private final boolean async;
    private final @Nullable SendWatch watch;
    private int cost;
    private int triesLeft = options.publishRetries();
    private Requests.@Nullable RequestFrame frame;
    private @Nullable Message reply;
    private @Nullable NatsException failure;

    /** With {@code watch}, it is told of the answer where the future is completed. */
    Call(String subject, Duration timeout, @Nullable SendWatch watch, boolean async) {
      super(subject, timeout);
      this.watch = watch;
      this.async = async;
    }

    Publisher publisher() {
      return Publisher.this;
    }

    @Override
    void onReply(Message answer) {
      connection.noteStored();
      reply = answer;
      finish();
    }

    @Override
    void onFailure(NatsException cause) {
      if (cause instanceof NoRespondersException && triesLeft > 0 && frame != null) {
        triesLeft--;
        Frame again = frame;
        connection.requests().retry(this);
        connection
            .loop()
            .schedule(
                TimeUnit.NANOSECONDS.convert(options.publishRetryDelay()),
                () -> connection.outbound().write(again));
        return;
      }
      failure = cause;
      finish();
    }

    private void finish() {
      frame = null;
      if (watch != null) {
        watch.stop();
      }
      if (async) {
        connection.callbacks().add(this);
      } else {
        run();
      }
    }

    @Override
    public void run() {
      release();
      if (failure != null) {
        fail(failure);
      } else if (reply != null) {
        complete(reply);
      }
    }

    private void complete(Message answer) {
      try {
        PubAck ack = PubAck.parse(answer.payload());
        if (ack.error() != null) {
          fail(ApiException.of(ack.error()));
        } else {
          complete(
              new PublishAck(
                  ack.stream(),
                  ack.domain(),
                  ack.seq(),
                  ack.duplicate(),
                  ack.batchId(),
                  ack.batchSize()));
        }
      } catch (JsonException broken) {
        fail(new JetStreamException("not the answer of a stream: " + answer.text(), broken));
      }
    }

    private void complete(PublishAck ack) {
      if (watch != null) {
        watch.stored(ack);
      }
      future.complete(ack);
    }

    private void fail(NatsException cause) {
      if (watch != null) {
        watch.failed(cause);
      }
      future.completeExceptionally(cause);
    }

    /** Takes a place in the window, if it may be waited for. */
    void acquire(int places) {
      if (takePlace(places)) {
        cost = places;
      }
    }

    void release() {
      if (cost > 0) {
        messages.release();
        bytes.release(cost);
        cost = 0;
      }
    }
  }
}
