// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * How a fetch comes to its end: a pure state machine like {@link PullState}, for one batch.
 *
 * <table>
 * <caption>What ends it, and what does not</caption>
 * <tr><th>input</th><th>what happens</th></tr>
 * <tr><td>message, the last one asked for</td><td>Filled, or BytesReached</td></tr>
 * <tr><td>404</td><td>Dry; if a message of this client was just stored, it looks twice</td></tr>
 * <tr><td>408</td><td>Expired; Dry when it was not to wait</td></tr>
 * <tr><td>409 message size exceeds max bytes</td><td>BytesReached, TooBig without a message</td></tr>
 * <tr><td>409 batch completed</td><td>Filled</td></tr>
 * <tr><td>409 leadership change, server shutdown, 423 wrong pin</td><td>asks again for the
 *     rest</td></tr>
 * <tr><td>409 consumer deleted, look-up finds nothing</td><td>Failed</td></tr>
 * <tr><td>503</td><td>looks the consumer up, and asks again while there is time</td></tr>
 * <tr><td>any other status</td><td>Failed</td></tr>
 * <tr><td>two heartbeats' time of silence</td><td>asks again for the rest</td></tr>
 * <tr><td>disconnected</td><td>waits</td></tr>
 * <tr><td>connected</td><td>asks again for the rest, in the rest of the time</td></tr>
 * <tr><td>the time is up, and a second or a heartbeat more</td><td>Expired, Failed when it has
 *     never reached the server</td></tr>
 * </table>
 *
 * <p>Asking again means another inbox, so that what the first pull still brings is told apart.
 * Units: nanoseconds of one monotonic clock, bytes as the server counts them.
 */
final class FetchState {
  private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(250);
  private static final long SECOND_LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
  private static final long NEVER = Long.MAX_VALUE;

  private final Actions actions;
  private final Fetch fetch;
  private final boolean waits;
  private final long heartbeatNanos;
  private final long deadlineNanos;
  private final long guardNanos;
  private @Nullable End end;
  private boolean connected;
  private boolean asking;
  private boolean reached;
  private boolean lookingTwice;
  private long retryAtNanos = NEVER;
  private int leftMessages;
  private long leftBytes;
  private int received;
  private long lastInboundNanos;
  private Trouble trouble = Trouble.NO_CONNECTION;

  private enum Trouble {
    NO_CONNECTION,
    NO_ANSWER,
    NO_RESPONDERS
  }

  /** What the machine wants done. */
  interface Actions {
    /**
     * Send a pull; {@code afresh} on another inbox, since the pull before may still be answered.
     */
    void pull(boolean afresh, int messages, long bytes, long expiresNanos, long heartbeatNanos);

    /** Whether this client has had a message stored a moment ago. */
    boolean hasJustStored();

    /** Ask whether the consumer exists and report to {@link #lookedUp}. */
    void lookUp();

    /** It is over; {@code clean} when the server has nothing more to send for it. */
    void end(End end, boolean clean);
  }

  /**
   * A fetch that begins now.
   *
   * @param answerNanos how long the server may take to answer a fetch that does not wait
   */
  FetchState(Fetch fetch, long now, long answerNanos, Actions actions) {
    this.fetch = fetch;
    this.actions = actions;
    heartbeatNanos = fetch.heartbeatNanos();
    leftMessages = fetch.messages();
    leftBytes = fetch.bytes();
    waits = fetch.until() != Fetch.Until.NONE;
    deadlineNanos = now + (waits ? fetch.expiresNanos() : answerNanos);
    guardNanos =
        waits
            ? deadlineNanos + Math.max(TimeUnit.SECONDS.toNanos(1), heartbeatNanos)
            : deadlineNanos;
  }

  void connected(long now) {
    if (end == null && !connected) {
      connected = true;
      pull(now);
    }
  }

  void disconnected() {
    connected = false;
    asking = false;
    retryAtNanos = NEVER;
    trouble = Trouble.NO_CONNECTION;
  }

  void message(long now, int bytes) {
    if (end != null) {
      return;
    }
    heard(now);
    received++;
    leftMessages--;
    leftBytes -= bytes;
    if (leftMessages == 0) {
      finish(new End.Filled(), true);
    } else if (fetch.bytes() > 0 && leftBytes <= 0) {
      finish(new End.BytesReached(), leftBytes == 0);
    }
  }

  void status(long now, int code, String text) {
    if (end != null) {
      return;
    }
    PullAnswer answer = PullAnswer.of(code, text);
    if (answer != PullAnswer.NO_RESPONDERS) {
      heard(now);
    }
    switch (answer) {
      case HEARTBEAT -> {}
      case NO_MESSAGES -> dry(now);
      case TIME_UP -> finish(waits ? new End.Expired() : new End.Dry(), true);
      case FILLED -> finish(new End.Filled(), true);
      case TOO_BIG -> finish(received == 0 ? new End.TooBig() : new End.BytesReached(), true);
      case LEADERSHIP_CHANGE, WRONG_PIN -> pullAgain(now);
      case SERVER_SHUTDOWN -> again(now + RETRY_NANOS);
      case CONSUMER_DELETED ->
          finish(new End.Failed(new JetStreamException("the consumer was deleted")), true);
      case NO_RESPONDERS -> {
        trouble = Trouble.NO_RESPONDERS;
        again(now + RETRY_NANOS);
        actions.lookUp();
      }
      case LIMIT_EXCEEDED, REFUSED, OTHER ->
          finish(new End.Failed(new PullRefusedException(code, text)), true);
    }
  }

  /**
   * The public server counts what is pending behind its back: it may deny a message that it has
   * just acknowledged. With a short wait it looks into the stream itself.
   */
  private void dry(long now) {
    boolean doubtful = !waits && received == 0 && !lookingTwice && actions.hasJustStored();
    if (!doubtful) {
      finish(new End.Dry(), true);
      return;
    }
    lookingTwice = true;
    pullAgain(now);
  }

  /** The look-up is answered; null when the consumer exists or nobody knows. */
  void lookedUp(@Nullable NatsException gone) {
    if (gone != null && end == null) {
      finish(new End.Failed(gone), true);
    }
  }

  void tick(long now) {
    if (end != null) {
      return;
    }
    if (now - guardNanos >= 0) {
      finish(reached ? new End.Expired() : new End.Failed(failure()), false);
      return;
    }
    if (retryAtNanos != NEVER && now - retryAtNanos >= 0) {
      retryAtNanos = NEVER;
      pull(now);
    }
    if (asking && heartbeatNanos > 0 && now - silenceDeadline() >= 0) {
      pullAgain(now);
    }
  }

  void cancel() {
    if (end == null) {
      finish(new End.Cancelled(), false);
    }
  }

  void closed() {
    if (end == null) {
      finish(new End.Failed(new ConnectionClosedException()), false);
    }
  }

  /** When {@link #tick} is to be called. */
  long nextDeadline() {
    if (end != null) {
      return NEVER;
    }
    long next = guardNanos;
    if (retryAtNanos != NEVER && retryAtNanos - next < 0) {
      next = retryAtNanos;
    }
    if (asking && heartbeatNanos > 0) {
      next = silenceDeadline() - next < 0 ? silenceDeadline() : next;
    }
    return next;
  }

  private long silenceDeadline() {
    return lastInboundNanos + 2 * heartbeatNanos;
  }

  private NatsException failure() {
    return switch (trouble) {
      case NO_CONNECTION -> new ConnectionLostException("there was no connection", null);
      case NO_ANSWER -> new JetStreamException("the server did not answer the pull");
      case NO_RESPONDERS -> new JetStreamException("nobody takes pulls for the consumer");
    };
  }

  private void heard(long now) {
    lastInboundNanos = now;
    reached = true;
  }

  private void again(long atNanos) {
    asking = false;
    retryAtNanos = atNanos;
  }

  /** Asks although the pull before was not answered. */
  private void pullAgain(long now) {
    asking = false;
    pull(now);
  }

  private void pull(long now) {
    if (end != null || !connected || asking) {
      return;
    }
    long left = deadlineNanos - now;
    if (left <= 0) {
      return; // the guard ends it
    }
    asking = true;
    if (trouble == Trouble.NO_CONNECTION) {
      trouble = Trouble.NO_ANSWER;
    }
    lastInboundNanos = now;
    long expires = waits ? left : lookingTwice ? SECOND_LOOK_NANOS : 0;
    long heartbeat = waits && 2 * heartbeatNanos <= left ? heartbeatNanos : 0;
    actions.pull(!lookingTwice, leftMessages, Math.max(0, leftBytes), expires, heartbeat);
  }

  private void finish(End how, boolean nothingLeft) {
    end = how;
    actions.end(how, nothingLeft);
  }
}
