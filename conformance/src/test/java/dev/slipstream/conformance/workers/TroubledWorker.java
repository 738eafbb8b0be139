// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.conformance.workers;

import dev.slipstream.client.JsMessage;
import dev.slipstream.protocol.api.ConsumerInfo;
import dev.slipstream.worker.Init;
import dev.slipstream.worker.PullWorker;
import dev.slipstream.worker.Reply;
import dev.slipstream.worker.StopReason;
import dev.slipstream.worker.WorkerOptions;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/**
 * A worker that takes its time, throws now and then from every callback, and answers a message in
 * every way there is; until it is {@link #calm}.
 */
final class TroubledWorker implements PullWorker<Void, Long> {
  private final WorkerWorld world;
  private final SplittableRandom random;
  private final WorkerOptions options;
  private final int crashPercent;
  private boolean calm = true;
  private long crashes;

  TroubledWorker(WorkerWorld world, WorkerOptions options, int crashPercent) {
    this.world = world;
    this.random = world.random.split();
    this.options = options;
    this.crashPercent = crashPercent;
  }

  /** What a worker throws on purpose. */
  static final class Crash extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Crash(String what) {
      super(what, null, false, false);
    }
  }

  /** Whether it does its work from now on without any trouble. */
  void calm(boolean on) {
    calm = on;
  }

  long crashes() {
    return crashes;
  }

  @Override
  public Init<Long> init(Void nothing) {
    mayPause(4, 500);
    mayCrash("init");
    return Init.ok(0L, options);
  }

  @Override
  public Long handleConnected(ConsumerInfo consumer, Long handled) {
    mayPause(8, 500);
    mayCrash("handleConnected");
    return handled;
  }

  @Override
  public Reply<Long> handleMessage(JsMessage message, Long handled) {
    long sequence = message.info().streamSequence();
    world.ledger.handling(sequence, message.info().delivered());
    mayPause(3, 2_000);
    mayPause(20, 2 * WorkerWorld.ACK_WAIT.toMillis());
    mayCrash("handleMessage");
    int answer = calm ? 99 : random.nextInt(100);
    if (answer < 8) {
      return Reply.nack(handled);
    }
    if (answer < 14) {
      return Reply.nack(handled, Duration.ofMillis(random.nextInt(4_000)));
    }
    if (answer < 18) {
      return Reply.none(handled);
    }
    world.ledger.answered(sequence);
    return answer < 22 ? Reply.term(handled, "enough") : Reply.ack(handled + 1);
  }

  @Override
  public void terminate(StopReason reason, Long handled) {
    mayPause(8, 500);
    mayCrash("terminate");
  }

  private void mayPause(int oneIn, long mostMillis) {
    if (!world.threads.isHere()) {
      world.fail(new AssertionError("a callback is called where nothing may block"));
    }
    if (!calm && random.nextInt(oneIn) == 0) {
      world.simulation.pause(TimeUnit.MILLISECONDS.toNanos(random.nextLong(mostMillis)));
    }
  }

  private void mayCrash(String where) {
    if (!calm && random.nextInt(100) < crashPercent) {
      crashes++;
      throw new Crash(where);
    }
  }
}
