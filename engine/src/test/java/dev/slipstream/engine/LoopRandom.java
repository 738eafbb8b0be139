// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import dev.slipstream.base.EventLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/** Randomness of one loop; asked off that loop it fails, once the engine has started. */
final class LoopRandom implements RandomGenerator {
  private final EventLoop loop;
  private final RandomGenerator random;
  private boolean started;

  private LoopRandom(EventLoop loop, RandomGenerator random) {
    this.loop = loop;
    this.random = random;
  }

  /** One for each loop. */
  static List<LoopRandom> of(List<EventLoop> loops, SplittableRandom random) {
    List<LoopRandom> randoms = new ArrayList<>();
    loops.forEach(loop -> randoms.add(new LoopRandom(loop, random.split())));
    return randoms;
  }

  /** From now on no other thread stands in for the loop. */
  void started() {
    started = true;
  }

  @Override
  public long nextLong() {
    if (started) {
      loop.assertOwner();
    }
    return random.nextLong();
  }
}
