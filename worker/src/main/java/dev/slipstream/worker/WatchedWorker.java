// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.worker;

import dev.slipstream.client.JsMessage;
import dev.slipstream.protocol.api.ConsumerInfo;
import dev.slipstream.protocol.wire.Status;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A worker for one life of it: while a callback runs its thread is known to run that life ({@link
 * CurrentLife}), and the state that it left last can be looked at.
 *
 * <p>Callbacks are called as those of the worker itself; {@link #lastState} is for any thread.
 */
final class WatchedWorker<A, S> implements PullWorker<A, S> {
  private final PullWorker<A, S> worker;
  private final @Nullable Life life;
  private volatile @Nullable S lastState;

  /** A worker for the life that begins on the calling thread. */
  WatchedWorker(PullWorker<A, S> worker) {
    this.worker = worker;
    this.life = CurrentLife.get();
  }

  @Override
  public Init<S> init(A argument) throws Exception {
    Init<S> said = CurrentLife.within(life, () -> worker.init(argument));
    if (said instanceof Init.Ok<S> ok) {
      lastState = ok.state();
    }
    return said;
  }

  @Override
  public Reply<S> handleMessage(JsMessage message, S state) throws Exception {
    Reply<S> reply = CurrentLife.within(life, () -> worker.handleMessage(message, state));
    lastState = reply.state();
    return reply;
  }

  @Override
  public S handleConnected(ConsumerInfo consumer, S state) throws Exception {
    S next = CurrentLife.within(life, () -> worker.handleConnected(consumer, state));
    lastState = next;
    return next;
  }

  @Override
  public S handleStatus(Status status, S state) throws Exception {
    S next = CurrentLife.within(life, () -> worker.handleStatus(status, state));
    lastState = next;
    return next;
  }

  @Override
  public void terminate(StopReason reason, S state) throws Exception {
    CurrentLife.within(
        life,
        () -> {
          worker.terminate(life == null ? reason : life.reasonFor(reason), state);
          return true;
        });
  }

  @Override
  public ChildSpec childSpec(ChildSpec usual) {
    return worker.childSpec(usual);
  }

  /** The state that the last callback returned; empty before there is one. */
  Optional<Object> lastState() {
    return Optional.ofNullable(lastState);
  }
}
