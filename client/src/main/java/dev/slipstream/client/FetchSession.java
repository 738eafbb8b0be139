// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import dev.slipstream.protocol.api.PullRequest;
import dev.slipstream.protocol.wire.MessageFrame;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A fetch on the wire: does what {@link FetchState} decides, and hands messages to a queue, behind
 * the last one {@link JsMessage#END}.
 *
 * <p>Loop-owned; its time runs from its making.
 */
final class FetchSession implements FetchState.Actions, FetchInboxes.User, Links.Listener {
  private final ConsumerLink link;
  private final Fetch fetch;
  private final Handover<JsMessage> queue;
  private final CompletableFuture<End> end;
  private final FetchState state;
  private final Alarm alarm;
  private FetchInboxes.@Nullable Inbox inbox;

  FetchSession(
      ConsumerLink link, Fetch fetch, Handover<JsMessage> queue, CompletableFuture<End> end) {
    this.link = link;
    this.fetch = fetch;
    this.queue = queue;
    this.end = end;
    state = new FetchState(fetch, link.now(), link.api().timeout().toNanos(), this);
    alarm = new Alarm(link.connection().loop(), this::onAlarm);
  }

  void begin() {
    link.connection().addLink(this);
    arm();
  }

  void cancel() {
    state.cancel();
  }

  @Override
  public void onUp() {
    state.connected(link.now());
    arm();
  }

  @Override
  public void onDown() {
    state.disconnected();
    leaveInbox(false);
    arm();
  }

  @Override
  public void onClosed() {
    state.closed();
  }

  @Override
  public void pull(
      boolean afresh, int messages, long bytes, long expiresNanos, long heartbeatNanos) {
    if (afresh) {
      leaveInbox(false);
    }
    FetchInboxes.Inbox present =
        inbox == null ? link.connection().fetchInboxes().take(this) : inbox;
    inbox = present;
    PullRequest.Builder request =
        PullRequest.builder(messages)
            .maxBytes(bytes)
            .expiresNanos(expiresNanos)
            .idleHeartbeatNanos(heartbeatNanos)
            .noWait(fetch.until() != Fetch.Until.FILL);
    link.pull(request, fetch.priority(), present.prefix(), present.nextPull());
  }

  @Override
  public boolean hasJustStored() {
    return link.connection().hasJustStored(link.now());
  }

  @Override
  public void lookUp() {
    link.lookUp(
        gone -> {
          state.lookedUp(
              gone == null ? null : new ConsumerDeletedException(link.stream(), link.consumer()));
          arm();
        });
  }

  @Override
  public void end(End how, boolean clean) {
    link.connection().removeLink(this);
    leaveInbox(clean);
    alarm.cancel();
    end.complete(how);
    queue.add(JsMessage.END);
  }

  @Override
  public void onMessage(MessageFrame frame) {
    if (fetch.priority() != null) {
      link.pin().take(frame);
    }
    queue.add(link.received(frame));
    state.message(link.connection().loop().turnNanos(), Message.sizeOf(frame));
  }

  @Override
  public void onStatus(PullStatus status) {
    DeliveryWatch watch = link.watch();
    if (watch != null) {
      watch.answered(status);
    }
    if (status.code() == Pin.WRONG) {
      link.pin().lose();
    }
    state.status(link.now(), status.code(), status.text());
    arm();
  }

  private void leaveInbox(boolean clean) {
    if (inbox != null) {
      link.connection().fetchInboxes().giveBack(inbox, clean);
      inbox = null;
    }
  }

  private void onAlarm() {
    state.tick(link.now());
    arm();
  }

  private void arm() {
    alarm.ringBy(state.nextDeadline());
  }
}
