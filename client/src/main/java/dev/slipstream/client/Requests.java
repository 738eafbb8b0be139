// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import dev.slipstream.base.Clock;
import dev.slipstream.protocol.wire.MessageFrame;
import dev.slipstream.protocol.wire.Status;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Requests that wait for their answer: one subscription for all, each with a number behind its
 * prefix. Loop-owned, except that any thread may draw a number.
 */
final class Requests implements Interest.Sink {
  /** Deadlines are looked at no more often than this. */
  private static final long SWEEP_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

  private final Connection connection;
  private final byte[] prefix;
  private final String wildcard;
  private final AtomicLong lastToken = new AtomicLong();
  private final LongMap<Call> waiting = new LongMap<>();
  private @Nullable Interest interest;
  private final Alarm sweep;
  private @Nullable Runnable idleListener;

  /** One request. */
  abstract static class Call {
    final String subject;
    final Duration timeout;
    private long token;
    private long deadlineNanos;

    Call(String subject, Duration timeout) {
      this.subject = subject;
      this.timeout = timeout;
    }

    /** The answer came; on the loop. */
    abstract void onReply(Message reply);

    /** None will come; on the loop. */
    abstract void onFailure(NatsException failure);
  }

  /** A request on its way. */
  static final class RequestFrame extends Frame {
    private final Requests requests;
    private final Call call;

    RequestFrame(Connection connection, Requests requests, Call call, byte[] bytes) {
      super(connection, bytes);
      this.requests = requests;
      this.call = call;
    }

    @Override
    public void run() {
      requests.register(call);
      super.run();
    }

    @Override
    void onDropped(NatsException why) {
      requests.fail(call, why);
    }
  }

  /** All requests of {@code connection}; answers come below {@code inbox}. */
  Requests(Connection connection, String inbox) {
    this.connection = connection;
    this.sweep = new Alarm(connection.loop(), this::sweep);
    this.prefix = (inbox + ".").getBytes(StandardCharsets.UTF_8);
    this.wildcard = inbox + ".*";
  }

  /** Encodes a request with its own subject for the answer; any thread. */
  RequestFrame frame(Call call, byte[] headers, byte[] payload) {
    call.token = lastToken.incrementAndGet();
    byte[] bytes = Frame.publish(call.subject, prefix, call.token, headers, payload);
    return new RequestFrame(connection, this, call, bytes);
  }

  /** Waits once more for a request that was answered and is going to be sent again. */
  void retry(Call call) {
    register(call);
  }

  private void register(Call call) {
    if (interest == null) {
      Interest mux = new Interest(connection.interests().nextSid(), wildcard, "", this);
      interest = mux;
      connection.interests().add(mux);
    }
    call.deadlineNanos = clock().nanos() + call.timeout.toNanos();
    waiting.put(call.token, call);
    sweep.ringBy(call.deadlineNanos);
  }

  /** Gives up on a request; nothing when it was answered before. */
  void fail(Call call, NatsException failure) {
    if (waiting.remove(call.token) == call) {
      call.onFailure(failure);
      checkIdle();
    }
  }

  /** Runs {@code action} once when no request waits, at once if none does. */
  void whenIdle(Runnable action) {
    idleListener = action;
    checkIdle();
  }

  private void checkIdle() {
    Runnable listener = idleListener;
    if (listener != null && waiting.isEmpty()) {
      idleListener = null;
      listener.run();
    }
  }

  /** Gives up on all. */
  void failAll(NatsException failure) {
    waiting.forEach(call -> fail(call, failure));
  }

  /** Visits those that wait. */
  void forEach(Consumer<Call> action) {
    waiting.forEach(action);
  }

  @Override
  public void onFrame(MessageFrame frame) {
    long token = InboxNumber.of(frame, prefix.length);
    @Nullable Call call = token < 0 ? null : waiting.remove(token);
    if (call == null) {
      return;
    }
    if (isNoResponders(frame)) {
      call.onFailure(new NoRespondersException(call.subject));
    } else {
      call.onReply(new Message(frame));
    }
    checkIdle();
  }

  private static boolean isNoResponders(MessageFrame frame) {
    if (frame.headersLength() == 0 || frame.payloadLength() > 0) {
      return false;
    }
    Status status = Status.of(frame.body, frame.headersStart, frame.payloadStart);
    return status != null && status.code() == Status.NO_RESPONDERS;
  }

  private Clock clock() {
    return connection.loop().clock();
  }

  private void sweep() {
    long now = clock().nanos();
    List<Call> late = new ArrayList<>();
    long[] next = {Long.MAX_VALUE};
    waiting.forEach(
        call -> {
          long left = call.deadlineNanos - now;
          if (left <= 0) {
            late.add(call);
          } else {
            next[0] = Math.min(next[0], left);
          }
        });
    if (next[0] != Long.MAX_VALUE) {
      sweep.ringBy(now + Math.max(next[0], SWEEP_NANOS));
    }
    for (Call call : late) {
      fail(call, new RequestTimeoutException(call.subject, call.timeout, connection.state()));
    }
  }
}
