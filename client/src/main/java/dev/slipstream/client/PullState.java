// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import dev.slipstream.base.Backoff;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * How a consumption keeps its window full: a pure state machine without threads, clocks and I/O.
 * Time comes in with every call, what is to be done goes out through {@link Actions}.
 *
 * <p>The window holds at most {@code maxMessages} and {@code maxBytes}: what was <em>asked</em> of
 * the server and has not come, and what is <em>buffered</em>, come but not released by the handler.
 * A pull is due when no more than the threshold is held.
 *
 * <p>Deliveries do not name the pull that they answer, statuses do. So the sum of what is asked is
 * exact, while of a single pull it is only known how it began and whether it is over. Every epoch
 * has an inbox of its own; what comes to an older one is late and takes a place only if one is
 * free.
 *
 * <table>
 * <caption>Phases</caption>
 * <tr><th>phase</th><th>input</th><th>what happens</th><th>next</th></tr>
 * <tr><td>DOWN</td><td>connected</td><td>new epoch, pull</td><td>PULLING or FULL</td></tr>
 * <tr><td>PULLING</td><td>message</td><td>asked to buffered; pull if due</td><td>PULLING</td></tr>
 * <tr><td>PULLING</td><td>message, the last one asked for</td><td>pull if due</td>
 *     <td>PULLING or FULL</td></tr>
 * <tr><td>FULL</td><td>released down to the threshold</td><td>pull</td><td>PULLING</td></tr>
 * <tr><td>PULLING</td><td>100</td><td>the deadline of silence moves</td><td>PULLING</td></tr>
 * <tr><td>PULLING</td><td>404, 408, 409 of a finished pull</td><td>its rest is not asked any more;
 *     pull if due</td><td>PULLING, FULL</td></tr>
 * <tr><td>PULLING</td><td>409 leadership change</td><td>new epoch, pull at once</td>
 *     <td>PULLING</td></tr>
 * <tr><td>PULLING</td><td>409 exceeded a limit of the consumer</td><td>the window shrinks to it;
 *     pull</td><td>PULLING</td></tr>
 * <tr><td>PULLING</td><td>503</td><td>look the consumer up; wait</td><td>WAITING</td></tr>
 * <tr><td>PULLING</td><td>another refusal</td><td>wait, longer each time</td><td>WAITING</td></tr>
 * <tr><td>PULLING</td><td>a second pull in a row that ended early and brought nothing</td>
 *     <td>wait, longer each time</td><td>WAITING</td></tr>
 * <tr><td>WAITING</td><td>time</td><td>pull</td><td>PULLING</td></tr>
 * <tr><td>PULLING</td><td>two heartbeats' time of silence</td><td>new epoch, pull; every third time
 *     look the consumer up</td><td>PULLING</td></tr>
 * <tr><td>PULLING</td><td>a pull is older than it can be</td><td>its rest is not asked any more;
 *     pull if due</td><td>PULLING, FULL</td></tr>
 * <tr><td>any</td><td>disconnected</td><td>nothing is asked any more</td><td>DOWN</td></tr>
 * <tr><td>any</td><td>400, 412, 409 push based</td><td>end: refused</td><td>ENDED</td></tr>
 * <tr><td>any</td><td>409 consumer deleted, look-up finds nothing</td><td>end: deleted</td>
 *     <td>ENDED</td></tr>
 * <tr><td>ENDED</td><td>anything</td><td>nothing</td><td>ENDED</td></tr>
 * </table>
 *
 * <p>Silence is watched only while something is asked and a connection stands, so that a slow
 * handler is never taken for a dead pull. Units: nanoseconds of one monotonic clock, bytes as the
 * server counts them (subject, reply, headers, payload). Source: ADR-37, pull consumers.
 */
final class PullState {
  private static final long FIRST_RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
  private static final long LAST_RETRY_NANOS = TimeUnit.SECONDS.toNanos(5);
  private static final long LEAST_RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  /** A pull that ends before this and brought nothing ended early. */
  private static final long EARLY_NANOS = TimeUnit.SECONDS.toNanos(1);

  private static final int LOOK_UP_EVERY = 3;

  /** The smallest share of the byte window that is worth a pull. */
  private static final int SHARES = 32;

  private static final long NEVER = Long.MAX_VALUE;

  private final Actions actions;
  private final Backoff backoff;
  private final ArrayDeque<Pull> pulls = new ArrayDeque<>();

  // the window; shrinks when the consumer's limits are smaller
  private int maxMessages;
  private long maxBytes;
  private int threshold;
  private long expiresNanos;
  private long heartbeatNanos;

  private boolean connected;
  private boolean everConnected;
  private @Nullable Closed end;
  private boolean lookingUp;
  private boolean grantAllBytes;
  private long epoch;
  private long lastPull;
  private int askedMessages;
  private long askedBytes;
  private int bufferedMessages;
  private long bufferedBytes;
  private long leftToDeliver;
  private long delivered;
  private long lastInboundNanos;
  private long retryAtNanos = NEVER;
  private int emptyEndings;
  private int refusals;
  private int missedInARow;
  private long missed;

  /** What the machine wants done. */
  interface Actions {
    /** Listen on a new inbox; what comes to the old one from now on is late. */
    void rotate(long epoch);

    /** Send a pull whose statuses come under {@code number}; 0 bytes for any number. */
    void pull(long number, int messages, long bytes, long expiresNanos, long heartbeatNanos);

    /** Ask the server whether the consumer exists and report to {@link #lookedUp}. */
    void lookUp();

    /** Tell who listens. */
    void tell(PullEvent event);

    /** It is over; called once. */
    void end(Closed reason);
  }

  /** What it is doing. */
  enum Phase {
    /** There is no connection. */
    DOWN,
    /** Something is asked of the server. */
    PULLING,
    /** The window is full of messages that wait for the handler, or all was delivered. */
    FULL,
    /** It waits before it pulls again. */
    WAITING,
    /** Nothing will be pulled any more. */
    ENDED
  }

  /**
   * What bounds a consumption.
   *
   * @param maxBytes 0 for no bound
   * @param threshold a pull is due when at most this many messages are held
   * @param heartbeatNanos 0 for none
   * @param deliverAtMost messages in all
   */
  record Limits(
      int maxMessages,
      long maxBytes,
      int threshold,
      long expiresNanos,
      long heartbeatNanos,
      long deliverAtMost) {}

  private record Pull(
      long number, int messages, long bytes, long sentNanos, long deliveredBefore) {}

  PullState(Limits limits, Actions actions, RandomGenerator random) {
    this.actions = actions;
    this.backoff = new Backoff(FIRST_RETRY_NANOS, LAST_RETRY_NANOS, random);
    maxMessages = limits.maxMessages;
    maxBytes = limits.maxBytes;
    threshold = limits.threshold;
    expiresNanos = limits.expiresNanos;
    heartbeatNanos = limits.heartbeatNanos;
    leftToDeliver = limits.deliverAtMost;
  }

  // ---- inputs

  /** A connection stands. */
  void connected(long now) {
    if (end != null || connected) {
      return;
    }
    connected = true;
    retryAtNanos = NEVER;
    if (everConnected) {
      actions.tell(new PullEvent.Reconnected());
    }
    everConnected = true;
    proven();
    beginEpoch();
    pullIfDue(now);
  }

  /** The connection is gone, and with it every pull. */
  void disconnected() {
    connected = false;
    lookingUp = false;
    retryAtNanos = NEVER;
    forgetPulls();
  }

  /** A message came to the present inbox. */
  void message(long now, int bytes) {
    if (end != null) {
      return;
    }
    lastInboundNanos = now;
    proven();
    askedMessages = Math.max(0, askedMessages - 1);
    askedBytes = Math.max(0, askedBytes - bytes);
    buffer(bytes);
    if (askedMessages == 0 || maxBytes > 0 && askedBytes == 0) {
      forgetPulls();
    }
    pullIfDue(now);
  }

  /** A message came to an older inbox; false when it has to be handed back. */
  boolean lateMessage(int bytes) {
    boolean free =
        end == null
            && askedMessages + bufferedMessages < maxMessages
            && leftToDeliver > askedMessages
            && (maxBytes == 0 || askedBytes + bufferedBytes + bytes <= maxBytes);
    if (free) {
      buffer(bytes);
    }
    return free;
  }

  /** The handler has done with messages. */
  void released(long now, int messages, long bytes) {
    bufferedMessages -= messages;
    bufferedBytes -= bytes;
    pullIfDue(now);
  }

  /**
   * A status came for the pull {@code number} of the present epoch.
   *
   * @param restMessages what the pull was still good for, or negative when the status does not say
   */
  void status(long now, long number, int code, String text, long restMessages, long restBytes) {
    if (end != null) {
      return;
    }
    lastInboundNanos = now;
    if (code == 100) {
      proven();
      return;
    }
    Closed terminal = terminal(code, text);
    if (terminal != null) {
      finish(terminal);
      return;
    }
    Pull pull = find(number);
    if (pull == null) {
      return; // of a pull that was given up
    }
    if (code == 409 && text.startsWith("Leadership")) {
      actions.tell(new PullEvent.PullEnded(code, text));
      beginEpoch();
      emptyEnding(now, pull);
    } else {
      over(now, pull, code, text, restMessages, restBytes);
    }
    pullIfDue(now);
  }

  /** The look-up is answered; {@code gone} is null when the consumer exists or nobody knows. */
  void lookedUp(@Nullable Closed gone) {
    lookingUp = false;
    if (gone != null && end == null) {
      finish(gone);
    }
  }

  /** Time has passed; to be called at {@link #nextDeadline} at the latest. */
  void tick(long now) {
    if (end != null || !connected) {
      return;
    }
    if (retryAtNanos != NEVER && now - retryAtNanos >= 0) {
      retryAtNanos = NEVER;
    }
    if (askedMessages > 0 && heartbeatNanos > 0 && now - silenceDeadline() >= 0) {
      silence();
    }
    expirePulls(now);
    pullIfDue(now);
  }

  /** Nothing is pulled any more, because the application says so. */
  void stop() {
    if (end == null) {
      end = new Closed.Stopped();
      forgetPulls();
    }
  }

  // ---- what can be seen

  /** When {@link #tick} is to be called, or {@link Long#MAX_VALUE}. */
  long nextDeadline() {
    if (end != null || !connected) {
      return NEVER;
    }
    long next = retryAtNanos;
    if (askedMessages > 0 && heartbeatNanos > 0) {
      next = earlier(next, silenceDeadline());
    }
    Pull oldest = pulls.peek();
    return oldest == null ? next : earlier(next, guard(oldest));
  }

  Phase phase() {
    if (end != null) {
      return Phase.ENDED;
    }
    if (!connected) {
      return Phase.DOWN;
    }
    if (askedMessages > 0) {
      return Phase.PULLING;
    }
    return retryAtNanos != NEVER ? Phase.WAITING : Phase.FULL;
  }

  /** How many messages the handler has to release before a pull may be due; 0 for none. */
  int releasesUntilDue() {
    if (bufferedMessages == 0) {
      return 0;
    }
    int byCount = askedMessages + bufferedMessages - threshold;
    int half = (bufferedMessages + 1) / 2;
    return byCount > 0 ? Math.min(byCount, half) : half;
  }

  int outstandingPulls() {
    return pulls.size();
  }

  int askedMessages() {
    return askedMessages;
  }

  long askedBytes() {
    return askedBytes;
  }

  int bufferedMessages() {
    return bufferedMessages;
  }

  long bufferedBytes() {
    return bufferedBytes;
  }

  long delivered() {
    return delivered;
  }

  long missedHeartbeats() {
    return missed;
  }

  long lastInboundNanos() {
    return lastInboundNanos;
  }

  // ---- the rules

  private void pullIfDue(long now) {
    if (end != null || !connected || retryAtNanos != NEVER) {
      return;
    }
    int held = askedMessages + bufferedMessages;
    if (held > threshold) {
      return;
    }
    int messages = (int) Math.min(maxMessages - held, leftToDeliver - askedMessages);
    long bytes = maxBytes == 0 ? 0 : byteGrant();
    if (messages <= 0 || maxBytes > 0 && bytes == 0) {
      return;
    }
    if (askedMessages == 0) {
      lastInboundNanos = now;
    }
    askedMessages += messages;
    askedBytes += bytes;
    pulls.add(new Pull(++lastPull, messages, bytes, now, delivered));
    actions.pull(lastPull, messages, bytes, expiresNanos, heartbeatNanos);
    actions.tell(new PullEvent.Pulled(messages, bytes));
  }

  /**
   * Bytes for the next pull: half of what is free, so that the next one finds some too, though the
   * server reports what a pull did not use only when it is over. All of it when half was too small
   * for one message. 0 when it is better to wait.
   */
  private long byteGrant() {
    if (bufferedBytes > maxBytes / 2) {
      return 0;
    }
    long free = maxBytes - askedBytes - bufferedBytes;
    if (askedMessages + bufferedMessages == 0 && grantAllBytes) {
      return free;
    }
    long half = (free + 1) / 2;
    return half * SHARES >= maxBytes ? half : 0;
  }

  private void buffer(int bytes) {
    bufferedMessages++;
    bufferedBytes += bytes;
    delivered++;
    leftToDeliver--;
    grantAllBytes = false;
  }

  private static @Nullable Closed terminal(int code, String text) {
    if (code == 409 && text.startsWith("Consumer Deleted")) {
      return new Closed.ConsumerDeleted();
    }
    boolean refused =
        code == 400 || code == 412 || code == 409 && text.startsWith("Consumer is push");
    return refused ? new Closed.Refused(code, text) : null;
  }

  private void over(long now, Pull pull, int code, String text, long restMessages, long restBytes) {
    boolean all = restMessages < 0;
    pulls.remove(pull);
    askedMessages = (int) Math.max(0, askedMessages - (all ? pull.messages : restMessages));
    askedBytes = Math.max(0, askedBytes - (all ? pull.bytes : restBytes));
    if (pulls.isEmpty() || askedMessages == 0) {
      forgetPulls();
    }
    boolean timeUp = code == 404 || code == 408;
    boolean filled = code == 409 && text.startsWith("Batch Completed");
    boolean tooBig = code == 409 && text.startsWith("Message Size Exceeds MaxBytes");
    if (!timeUp && !filled && !tooBig) {
      actions.tell(new PullEvent.PullEnded(code, text));
    }
    if (code == 409 && text.startsWith("Exceeded Max") && shrink(text)) {
      return;
    }
    if (code == 503) {
      lookUpEvery(refusals++);
    }
    if (all && !timeUp) {
      retry(now);
    } else if (!filled) {
      grantAllBytes |= tooBig && pull.deliveredBefore == delivered;
      emptyEnding(now, pull);
    }
  }

  /** The consumer's limits are smaller than the window: pull within them. */
  private boolean shrink(String text) {
    long limit = PullLimitText.value(text);
    if (limit <= 0) {
      return false;
    }
    if (text.startsWith("Exceeded MaxRequestBatch") && limit < maxMessages) {
      maxMessages = (int) limit;
      threshold = Math.min(threshold, maxMessages / 2);
      return true;
    }
    if (text.startsWith("Exceeded MaxRequestExpires") && limit < expiresNanos) {
      expiresNanos = limit;
      heartbeatNanos = Math.min(heartbeatNanos, limit / 2);
      return true;
    }
    if (text.startsWith("Exceeded MaxRequestMaxBytes") && limit < maxBytes) {
      maxBytes = limit;
      return true;
    }
    return false;
  }

  /** The first pull that ended early without a message is repeated at once, the next ones wait. */
  private void emptyEnding(long now, Pull pull) {
    if (pull.deliveredBefore != delivered || now - pull.sentNanos >= EARLY_NANOS) {
      return;
    }
    emptyEndings++;
    if (emptyEndings > 1) {
      retry(now);
    }
  }

  private void retry(long now) {
    retryAtNanos = now + LEAST_RETRY_NANOS + backoff.nextDelayNanos();
  }

  /** The server answers as it should: what counted against it is forgotten. */
  private void proven() {
    backoff.reset();
    emptyEndings = 0;
    refusals = 0;
    missedInARow = 0;
  }

  private void silence() {
    missed++;
    missedInARow++;
    actions.tell(new PullEvent.MissedHeartbeats(missedInARow));
    lookUpEvery(missedInARow);
    beginEpoch();
  }

  private void lookUpEvery(int count) {
    if (count % LOOK_UP_EVERY == 0 && !lookingUp) {
      lookingUp = true;
      actions.lookUp();
    }
  }

  /** Pulls that the server must have ended count no more, whatever became of their status. */
  private void expirePulls(long now) {
    boolean any = false;
    for (Pull oldest = pulls.peek(); oldest != null; oldest = pulls.peek()) {
      if (now - guard(oldest) < 0) {
        break;
      }
      pulls.remove();
      any = true;
    }
    if (!any) {
      return;
    }
    int messages = 0;
    long bytes = 0;
    for (Pull younger : pulls) {
      messages += younger.messages;
      bytes += younger.bytes;
    }
    askedMessages = Math.min(askedMessages, messages);
    askedBytes = Math.min(askedBytes, bytes);
  }

  private void beginEpoch() {
    forgetPulls();
    epoch++;
    actions.rotate(epoch);
  }

  private void forgetPulls() {
    pulls.clear();
    askedMessages = 0;
    askedBytes = 0;
  }

  private void finish(Closed reason) {
    end = reason;
    forgetPulls();
    actions.end(reason);
  }

  private @Nullable Pull find(long number) {
    for (Pull pull : pulls) {
      if (pull.number == number) {
        return pull;
      }
    }
    return null;
  }

  private long silenceDeadline() {
    return lastInboundNanos + 2 * heartbeatNanos;
  }

  private long guard(Pull pull) {
    long grace = Math.max(TimeUnit.SECONDS.toNanos(1), heartbeatNanos);
    return pull.sentNanos + expiresNanos + grace;
  }

  private static long earlier(long one, long other) {
    return one == NEVER || other - one < 0 ? other : one;
  }
}
