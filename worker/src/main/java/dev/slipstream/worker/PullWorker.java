// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.worker;

import dev.slipstream.client.JsMessage;
import dev.slipstream.protocol.api.ConsumerInfo;
import dev.slipstream.protocol.wire.Status;

/**
 * What a worker does: it says which consumer it works on, and handles that consumer's messages one
 * at a time.
 *
 * <pre>{@code
 * class MyPullConsumer implements PullWorker<Integer, Long> {
 *   public Init<Long> init(Integer n) {
 *     return Init.ok(0L, WorkerOptions.builder()
 *         .connection("gnat").stream("TEST_STREAM_" + n).consumer("TEST_CONSUMER_" + n).build());
 *   }
 *   public Reply<Long> handleMessage(JsMessage message, Long handled) {
 *     return Reply.ack(handled + 1);
 *   }
 * }
 * }</pre>
 *
 * <p>An object of this type is the behaviour, not the worker: every life of a worker uses it, and
 * several workers may. What changes while a worker works belongs into its state, which begins anew
 * with each life.
 *
 * <p>Callbacks of one life never overlap; each sees what the one before wrote. They may block and
 * may throw: then the life ends with {@link StopReason.Failed}, the message at hand stays
 * unsettled, and a supervisor starts the next life.
 *
 * @param <A> what {@link #init} is given at each start
 * @param <S> the state that is handed from call to call
 */
public interface PullWorker<A, S> {

  /** Begins a life; whoever starts the worker waits for it to return. */
  Init<S> init(A argument) throws Exception;

  /** Handles one message and says what becomes of it. */
  Reply<S> handleMessage(JsMessage message, S state) throws Exception;

  /**
   * The consumer was found: at the beginning, and again whenever the connection comes back.
   *
   * @return the next state
   */
  default S handleConnected(ConsumerInfo consumer, S state) throws Exception {
    return state;
  }

  /**
   * The server said something of a pull: a heartbeat (100), that its time is up (408), a refusal.
   * The worker deals with it by itself. Never called while a message of this state is handled; one
   * that waits for that too long with many others is left out.
   *
   * @return the next state
   */
  default S handleStatus(Status status, S state) throws Exception {
    return state;
  }

  /**
   * The life ends, whatever the reason, except that it is killed. Not called when {@link #init} did
   * not return a state.
   */
  default void terminate(StopReason reason, S state) throws Exception {}

  /** How supervisors treat it: changes what is usual, for example {@code usual.restart(..)}. */
  default ChildSpec childSpec(ChildSpec usual) {
    return usual;
  }
}
