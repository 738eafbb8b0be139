// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import dev.slipstream.protocol.wire.MessageFrame;
import dev.slipstream.protocol.wire.Status;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A consumption on the wire: does what {@link PullState} decides, and hands messages to a {@link
 * Receiver}.
 *
 * <p>Loop-owned. From other threads come {@link #released}, which counts and wakes the loop only
 * when a pull may be due, and the commands to end.
 */
final class PullSession
    implements Consumption, PullState.Actions, Links.Listener, ConsumerRenewal.Owner {
  /** How long {@link #stop} waits for the server's word that it knows. */
  private static final Duration STOP_LIMIT = Duration.ofSeconds(2);

  private final ConsumerLink link;
  private final Connection connection;
  private final @Nullable DeliveryWatch watch;
  private final ConsumeOptions options;
  private final @Nullable KeepAlive keepAlive;
  private final Receiver receiver;
  private final PullInbox inbox;
  private final PullSender sender;
  private final PullState state;
  private final HandBack handBack;
  private final Alarm alarm;
  private final OnceATurn settling;
  private final CompletableFuture<Closed> closed = new CompletableFuture<>();

  private final Releases releases = new Releases();
  private volatile boolean stopped;
  private volatile @Nullable Closed reason;
  private boolean ending;

  /** Takes what comes. */
  interface Receiver {
    /** A message, or {@link JsMessage#END} behind the last one; on the loop. */
    void add(JsMessage message);

    /** No message follows; the receiver calls {@link PullSession#complete} when all is handled. */
    void onEnd(Closed reason);

    /** Takes back what waits, {@link JsMessage#END} too; null when nothing waits. Any thread. */
    @Nullable JsMessage takeBack();
  }

  PullSession(
      ConsumerLink link, ConsumeOptions options, @Nullable KeepAlive keepAlive, Receiver receiver) {
    this(link, options, options.limits(), keepAlive, receiver);
  }

  PullSession(
      ConsumerLink link,
      ConsumeOptions options,
      PullLimits limits,
      @Nullable KeepAlive keepAlive,
      Receiver receiver) {
    this.link = link;
    this.connection = link.connection();
    this.watch = link.watch();
    this.options = options;
    this.keepAlive = keepAlive;
    this.receiver = receiver;
    this.inbox = new PullInbox(connection, options.inboxPrefix(), this::onFrame);
    this.sender = new PullSender(link, options, inbox);
    this.state = new PullState(limits, this, connection.random());
    this.handBack = new HandBack(link, options);
    this.alarm = new Alarm(connection.loop(), this::onAlarm);
    this.settling = new OnceATurn(connection.loop(), this::settle);
  }

  // ---- for any thread

  /** Begins. */
  void start() {
    connection.onLoop(() -> connection.addLink(this));
    if (watch != null) {
      watch.began(this);
      closed.whenComplete((why, failure) -> watch.ended(this, why));
    }
  }

  /** Begins, and is drained when the client is closed. */
  void startDrainable() {
    connection.drainables().add(this::drain, closed);
    start();
  }

  @Override
  public CompletableFuture<Closed> closed() {
    return closed.copy();
  }

  /** Whether what waits is to be handed back instead of being handled. */
  boolean isStopped() {
    return stopped;
  }

  /** Takes back a message that was handed over and is not going to be handled. */
  void refused(JsMessage message) {
    handBack.taken(message);
  }

  ConsumeOptions options() {
    return options;
  }

  /** A message was handled, or handed over; an ack that has waited for that goes out now. */
  void released(JsMessage message) {
    if (keepAlive != null) {
      message.setHandled();
    }
    if (message.endTurn()) {
      if (!connection.loop().offer(() -> ackAndRelease(message))) {
        message.refuseAck();
      }
    } else if (releases.add(message.size())) {
      connection.loop().offer(this::settle);
    }
    if (releases.countHandled() == options.stopAfter()) {
      connection.loop().offer(() -> end(new Closed.LimitReached()));
    }
  }

  /** All that came was handled: the consumption is closed, for its {@link #reason}. */
  void complete() {
    closed.complete(reason());
  }

  /** Why no message follows; for who has found {@link JsMessage#END}. */
  Closed reason() {
    Closed known = reason;
    if (known == null) {
      throw new IllegalStateException("the consumption has not ended");
    }
    return known;
  }

  /** So many more messages may be pulled. */
  void demand(long messages) {
    connection
        .loop()
        .offer(
            () -> {
              state.demand(now(), messages);
              settle();
            });
  }

  @Override
  public void stop() {
    stop(new Closed.Stopped());
  }

  /** Ends it; when this returns the server has been told and has acknowledged it, if it can. */
  void stop(Closed why) {
    CompletableFuture<Void> told = new CompletableFuture<>();
    if (offerStop(why, () -> told.complete(null))) {
      Await.done(told, STOP_LIMIT, "stopping");
    }
  }

  /** As {@link #stop()}, but waits for nothing. */
  void stopSoon() {
    offerStop(new Closed.Stopped(), () -> {});
  }

  private boolean offerStop(Closed why, Runnable told) {
    stopped = true;
    return connection.loop().offer(() -> end(why, told));
  }

  /** Takes no more messages and lets those that came be handled; waits for nothing. */
  void endSoon() {
    connection.loop().offer(() -> end(new Closed.Stopped()));
  }

  @Override
  public CompletableFuture<Closed> drain(Duration limit) {
    connection
        .loop()
        .offer(
            () -> {
              end(new Closed.Drained());
              connection.loop().schedule(TimeUnit.NANOSECONDS.convert(limit), this::giveUp);
            });
    return closed.copy();
  }

  @Override
  public ConsumptionState state() {
    CompletableFuture<ConsumptionState> seen = new CompletableFuture<>();
    Runnable behindReleases =
        () -> {
          settle();
          connection.loop().offer(() -> seen.complete(ConsumptionState.of(state, now())));
        };
    if (!connection.loop().offer(behindReleases)) {
      return ConsumptionState.of(state, now()); // the loop has ended: nobody changes it any more
    }
    return Await.value(seen, "a look at a consumption");
  }

  // ---- on the loop

  @Override
  public void onUp() {
    state.connected(now());
    settle();
  }

  @Override
  public void onDown() {
    state.disconnected();
    inbox.drop();
    settle();
  }

  @Override
  public void onClosed() {
    state.stop();
    finish(new Closed.ConnectionClosed());
  }

  @Override
  public void rotate(long epoch) {
    inbox.rotate(epoch);
  }

  @Override
  public boolean pull(
      long number, int messages, long bytes, long expiresNanos, long heartbeatNanos) {
    return sender.pull(number, messages, bytes, expiresNanos, heartbeatNanos);
  }

  @Override
  public void lookUp() {
    link.lookUp(
        gone -> {
          state.lookedUp(gone);
          settle();
        });
  }

  @Override
  public boolean renew() {
    if (options.onDeleted() instanceof OnDeleted.End) {
      return false;
    }
    tell(new PullEvent.ConsumerDeleted());
    connection.loop().atTurnEnd(new ConsumerRenewal(link, options.onDeleted(), this)::attempt);
    return true;
  }

  @Override
  public boolean isWanted() {
    return !ending;
  }

  @Override
  public void onRenewed() {
    tell(new PullEvent.ConsumerRenewed());
    state.renewed(now());
    settle();
  }

  @Override
  public void onStreamDeleted() {
    end(new Closed.StreamDeleted());
  }

  @Override
  public void tell(PullEvent event) {
    if (watch != null) {
      watch.told(event);
    }
    options.tell(event, connection.callbacks());
  }

  @Override
  public void end(Closed why) {
    end(why, () -> {});
  }

  private void end(Closed why, Runnable told) {
    if (ending) {
      handBackIfStopped();
      told.run();
      return;
    }
    ending = true;
    state.stop();
    connection.removeLink(this);
    inbox.end(
        this::handBackIfStopped, // behind that, or the server would deliver them to these pulls
        () -> {
          finish(why);
          told.run();
        });
  }

  private void finish(Closed why) {
    ending = true;
    alarm.cancel();
    if (reason == null) {
      reason = why;
      receiver.onEnd(why);
    }
  }

  /** The time of a drain is up. */
  private void giveUp() {
    if (!closed.isDone()) {
      stopped = true;
      handBack.all(receiver);
      finish(new Closed.Stopped());
    }
  }

  private void handBackIfStopped() {
    if (stopped) {
      handBack.all(receiver);
    }
  }

  private void onFrame(MessageFrame frame, byte[] frameInbox, boolean late) {
    PullStatus status = PullStatus.of(frame, frameInbox);
    if (status != null) {
      if (!late) {
        if (watch != null) {
          watch.answered(status);
        }
        if (options.hasListener()) {
          tell(new PullEvent.StatusReceived(new Status(status.code(), status.text())));
        }
        if (status.code() == Pin.WRONG) {
          link.pin().lose();
        }
        state.status(
            now(),
            status.pull(),
            status.code(),
            status.text(),
            status.restMessages(),
            status.restBytes());
        settling.plan();
      }
      return;
    }
    if (options.priority() != null && link.pin().take(frame)) {
      tell(new PullEvent.Pinned(link.pin().id()));
    }
    int size = Message.sizeOf(frame);
    if (stopped || late && !ending && !state.lateMessage(size)) {
      handBack.arrived(frame);
      return;
    }
    if (!late) {
      state.message(connection.loop().turnNanos(), size);
    }
    JsMessage message = link.received(frame);
    if (keepAlive != null) {
      keepAlive.add(message);
    }
    receiver.add(message);
    settling.plan();
  }

  /** Brings timer and wake-up in line with the machine; after anything that changed it. */
  private void settle() {
    int due;
    do {
      settleReleases();
      due = state.releasesUntilDue();
    } while (releases.wakeAt(ending || due == 0 ? Long.MAX_VALUE : due));
    if (!ending) {
      alarm.ringBy(state.nextDeadline());
    }
  }

  /**
   * Counts what was released. An acknowledgement given before may still wait as a command: the pull
   * that the release makes room for goes out behind it.
   */
  private void settleReleases() {
    long all = releases.takeAll();
    if (all == 0) {
      return;
    }
    Runnable count =
        () -> state.released(now(), (int) PendingCount.messages(all), PendingCount.bytes(all));
    if (!connection.loop().hasCommands() || !connection.loop().offer(() -> settle(count))) {
      count.run();
    }
  }

  private void ackAndRelease(JsMessage message) {
    sender.ack(message, () -> state.released(now(), 1, message.size()));
    settle();
  }

  private void settle(Runnable count) {
    count.run();
    settle();
  }

  private void onAlarm() {
    if (!ending) {
      state.tick(now());
      settle();
    }
  }

  private long now() {
    return link.now();
  }
}
