// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * How a consumption keeps its window full: a pure state machine without threads, clocks and I/O.
 * Time comes in with every call, what is to be done goes out through {@link Actions}.
 *
 * <p>The {@link PullWindow} holds at most {@code maxMessages} and {@code maxBytes} of {@link
 * PullLimits}: what was <em>asked</em> of the server and has not come (see {@link AskedPulls}), and
 * what is <em>buffered</em>, come but not released by the handler. A pull is due when no more than
 * the threshold is held.
 *
 * <p>Every epoch has an inbox of its own; what comes to an older one is late and takes a place only
 * if one is free.
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
 * <tr><td>PULLING</td><td>423 another client is pinned</td><td>its rest is not asked any more;
 *     pull without an id</td><td>PULLING</td></tr>
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
 * <tr><td>any</td><td>the same, and somebody brings it back</td><td>nothing is asked any more</td>
 *     <td>WAITING</td></tr>
 * <tr><td>WAITING</td><td>renewed</td><td>new epoch, pull</td><td>PULLING</td></tr>
 * <tr><td>ENDED</td><td>anything</td><td>nothing</td><td>ENDED</td></tr>
 * </table>
 *
 * <p>Silence is watched only while something is asked and a connection stands, so that a slow
 * handler is never taken for a dead pull. Units: nanoseconds of one monotonic clock, bytes as the
 * server counts them (subject, reply, headers, payload). Source: ADR-37, pull consumers.
 */
final class PullState {

  /** A pull that ends before this and brought nothing ended early. */
  private static final long EARLY_NANOS = TimeUnit.SECONDS.toNanos(1);

  private static final int LOOK_UP_EVERY = 3;

  private static final long NEVER = PullRetries.NEVER;

  private final Actions actions;
  private final PullRetries retries;
  private final PullWindow window;
  private final AskedPulls asked;

  private boolean connected;
  private boolean everConnected;
  private @Nullable Closed end;
  private boolean lookingUp;
  private boolean absent;
  private long epoch;
  private long lastInboundNanos;
  private long missed;

  /** What the machine wants done. */
  interface Actions {
    /** Listen on a new inbox; what comes to the old one from now on is late. */
    void rotate(long epoch);

    /**
     * Send a pull whose statuses come under {@code number}; 0 bytes for any number.
     *
     * @return false when it was sent without expiry and heartbeats, so that it may last for ever
     */
    boolean pull(long number, int messages, long bytes, long expiresNanos, long heartbeatNanos);

    /** Ask the server whether the consumer exists and report to {@link #lookedUp}. */
    void lookUp();

    /**
     * The consumer is gone: bring it back and report to {@link #renewed}; false when nobody will.
     */
    boolean renew();

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
    /** It waits before it pulls again, or for its consumer. */
    WAITING,
    /** Nothing will be pulled any more. */
    ENDED
  }

  PullState(PullLimits limits, Actions actions, RandomGenerator random) {
    this.actions = actions;
    retries = new PullRetries(random);
    window = new PullWindow(limits);
    asked = window.asked();
  }

  // ---- inputs

  /** A connection stands. */
  void connected(long now) {
    if (end != null || connected) {
      return;
    }
    connected = true;
    retries.cease();
    if (everConnected) {
      actions.tell(new PullEvent.Reconnected());
    }
    everConnected = true;
    retries.proven();
    beginEpoch();
    pullIfDue(now);
  }

  /** The connection is gone, and with it every pull. */
  void disconnected() {
    connected = false;
    lookingUp = false;
    retries.cease();
    asked.clear();
  }

  /** A message came to the present inbox. */
  void message(long now, int bytes) {
    if (end != null) {
      return;
    }
    lastInboundNanos = now;
    retries.proven();
    window.arrived(bytes);
    pullIfDue(now);
  }

  /** A message came to an older inbox; false when it has to be handed back. */
  boolean lateMessage(int bytes) {
    return end == null && window.takeLate(bytes);
  }

  /** The application wants so many more messages than {@link PullLimits#deliverAtMost}. */
  void demand(long now, long messages) {
    window.allow(messages);
    pullIfDue(now);
  }

  /** The handler has done with messages. */
  void released(long now, int messages, long bytes) {
    window.released(messages, bytes);
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
    PullAnswer answer = PullAnswer.of(code, text);
    switch (answer) {
      case HEARTBEAT -> retries.proven();
      case CONSUMER_DELETED -> deleted(new Closed.ConsumerDeleted());
      case REFUSED -> finish(new Closed.Refused(code, text));
      default -> {
        AskedPulls.Pull pull = asked.find(number);
        if (pull != null) { // otherwise it was given up
          ended(now, pull, answer, new PullEvent.PullEnded(code, text), restMessages, restBytes);
          pullIfDue(now);
        }
      }
    }
  }

  /** The look-up is answered; {@code gone} is null when the consumer exists or nobody knows. */
  void lookedUp(@Nullable Closed gone) {
    lookingUp = false;
    if (gone != null && end == null) {
      deleted(gone);
    }
  }

  /** The consumer that was gone is there again. */
  void renewed(long now) {
    if (end != null || !absent) {
      return;
    }
    absent = false;
    retries.proven();
    if (connected) {
      beginEpoch();
      pullIfDue(now);
    }
  }

  /** Time has passed; to be called at {@link #nextDeadline} at the latest. */
  void tick(long now) {
    if (end != null || !connected) {
      return;
    }
    retries.tick(now);
    if (watchesSilence() && now - silenceDeadline() >= 0) {
      silence();
    }
    asked.expire(now);
    pullIfDue(now);
  }

  /** Nothing is pulled any more, because the application says so. */
  void stop() {
    if (end == null) {
      end = new Closed.Stopped();
      asked.clear();
    }
  }

  // ---- what can be seen

  /** When {@link #tick} is to be called, or {@link Long#MAX_VALUE}. */
  long nextDeadline() {
    if (end != null || !connected) {
      return NEVER;
    }
    long next = retries.atNanos();
    if (watchesSilence()) {
      next = earlier(next, silenceDeadline());
    }
    long over = asked.firstOverNanos();
    return over == NEVER ? next : earlier(next, over);
  }

  Phase phase() {
    if (end != null) {
      return Phase.ENDED;
    }
    if (!connected) {
      return Phase.DOWN;
    }
    if (asked.messages() > 0) {
      return Phase.PULLING;
    }
    return absent || retries.isWaiting() ? Phase.WAITING : Phase.FULL;
  }

  /** How many messages the handler has to release before a pull may be due; 0 for none. */
  int releasesUntilDue() {
    return window.releasesUntilDue();
  }

  int outstandingPulls() {
    return asked.count();
  }

  int askedMessages() {
    return asked.messages();
  }

  long askedBytes() {
    return asked.bytes();
  }

  int bufferedMessages() {
    return window.bufferedMessages();
  }

  long bufferedBytes() {
    return window.bufferedBytes();
  }

  long delivered() {
    return window.delivered();
  }

  long missedHeartbeats() {
    return missed;
  }

  long lastInboundNanos() {
    return lastInboundNanos;
  }

  // ---- the rules

  private void pullIfDue(long now) {
    if (end != null || absent || !connected || retries.isWaiting()) {
      return;
    }
    if (!window.isDue()) {
      return;
    }
    PullLimits limits = window.limits();
    int messages = window.messagesToAsk();
    long bytes = limits.maxBytes() == 0 ? 0 : window.bytesToAsk();
    if (messages <= 0 || limits.maxBytes() > 0 && bytes == 0) {
      return;
    }
    if (asked.messages() == 0) {
      lastInboundNanos = now;
    }
    long number = asked.add(messages, bytes, now, lifeNanos(), window.delivered()).number();
    if (!actions.pull(number, messages, bytes, limits.expiresNanos(), limits.heartbeatNanos())) {
      asked.setEndless();
    }
    actions.tell(new PullEvent.Pulled(messages, bytes));
  }

  /** A pull is over; {@code restMessages} is negative when the server does not say its rest. */
  private void ended(
      long now,
      AskedPulls.Pull pull,
      PullAnswer answer,
      PullEvent.PullEnded event,
      long restMessages,
      long restBytes) {
    if (answer == PullAnswer.LEADERSHIP_CHANGE) {
      actions.tell(event);
      beginEpoch();
      emptyEnding(now, pull);
      return;
    }
    boolean all = restMessages < 0;
    asked.end(pull, all ? pull.messages() : restMessages, all ? pull.bytes() : restBytes);
    boolean timeUp = answer == PullAnswer.NO_MESSAGES || answer == PullAnswer.TIME_UP;
    boolean filled = answer == PullAnswer.FILLED;
    boolean tooBig = answer == PullAnswer.TOO_BIG;
    if (!timeUp && !filled && !tooBig) {
      actions.tell(event);
    }
    if (answer == PullAnswer.LIMIT_EXCEEDED && window.shrink(event.description())) {
      return;
    }
    if (answer == PullAnswer.NO_RESPONDERS) {
      lookUpEvery(retries.refused());
    }
    if (all && !timeUp && answer != PullAnswer.WRONG_PIN) {
      retries.holdUp(now);
    } else if (!filled) {
      if (tooBig) {
        window.tooSmall(pull);
      }
      emptyEnding(now, pull);
    }
  }

  private void emptyEnding(long now, AskedPulls.Pull pull) {
    if (pull.deliveredBefore() == window.delivered() && now - pull.sentNanos() < EARLY_NANOS) {
      retries.emptyEnding(now);
    }
  }

  private void silence() {
    missed++;
    int inARow = retries.missed();
    actions.tell(new PullEvent.MissedHeartbeats(inARow));
    lookUpEvery(inARow);
    beginEpoch();
  }

  private void lookUpEvery(int count) {
    if (count % LOOK_UP_EVERY == 0 && !lookingUp) {
      lookingUp = true;
      actions.lookUp();
    }
  }

  private void beginEpoch() {
    asked.clear();
    epoch++;
    actions.rotate(epoch);
  }

  private void deleted(Closed reason) {
    if (absent) {
      return;
    }
    if (reason instanceof Closed.ConsumerDeleted && actions.renew()) {
      absent = true;
      retries.cease();
      asked.clear();
    } else {
      finish(reason);
    }
  }

  private void finish(Closed reason) {
    end = reason;
    asked.clear();
    actions.end(reason);
  }

  private long silenceDeadline() {
    return lastInboundNanos + 2 * window.limits().heartbeatNanos();
  }

  /** Without something asked, or something without heartbeats, silence means nothing. */
  private boolean watchesSilence() {
    return asked.messages() > 0 && window.limits().heartbeatNanos() > 0 && !asked.isEndless();
  }

  /** How long after its sending the server must have ended a pull. */
  private long lifeNanos() {
    long grace = Math.max(TimeUnit.SECONDS.toNanos(1), window.limits().heartbeatNanos());
    return window.limits().expiresNanos() + grace;
  }

  private static long earlier(long one, long other) {
    return one == NEVER || other - one < 0 ? other : one;
  }
}
