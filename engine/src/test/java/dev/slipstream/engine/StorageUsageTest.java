// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class StorageUsageTest {

  @Test
  void bytesOfAllLoopsAreOneSum() {
    StorageUsage usage = new StorageUsage(3);
    usage.add(0, 10);
    usage.add(1, 20);
    usage.add(2, 30);
    usage.add(1, -20);
    assertThat(usage.bytes()).isEqualTo(40);
  }

  @Test
  void limitIsExactWhereItIsNear() {
    StorageUsage usage = new StorageUsage(2);
    usage.limit(100);
    usage.add(0, 60);
    assertThat(usage.wouldExceed(1, 40)).isFalse();
    assertThat(usage.wouldExceed(1, 41)).isTrue();
    usage.add(1, 40);
    assertThat(usage.wouldExceed(0, 0)).isFalse(); // at the limit is not beyond it
    assertThat(usage.wouldExceed(0, 1)).isTrue();
    usage.add(0, -60);
    assertThat(usage.wouldExceed(0, 60)).isFalse();
  }

  @Test
  void noLimitIsNeverExceeded() {
    StorageUsage usage = new StorageUsage(1);
    usage.add(0, Long.MAX_VALUE / 2);
    assertThat(usage.wouldExceed(0, Long.MAX_VALUE / 2)).isFalse();
    usage.limit(0);
    assertThat(usage.wouldExceed(0, 1)).isTrue();
  }

  @Test
  void aLimitThatIsLoweredHoldsAtOnce() {
    StorageUsage usage = new StorageUsage(1);
    usage.limit(1 << 30);
    assertThat(usage.wouldExceed(0, 10)).isFalse();
    usage.add(0, 10);
    usage.limit(100);
    assertThat(usage.wouldExceed(0, 90)).isFalse();
    assertThat(usage.wouldExceed(0, 91)).isTrue();
  }

  @Test
  void loopsTogetherStayWithinTheLimitWhateverTheirOrder() {
    SplittableRandom random = new SplittableRandom(7);
    for (int round = 0; round < 50; round++) {
      int loops = 1 + random.nextInt(5);
      long limit = random.nextLong(4 * loops * StorageUsage.WINDOW_BYTES);
      StorageUsage usage = new StorageUsage(loops);
      usage.limit(limit);
      for (int i = 0; i < 5_000; i++) {
        int loop = random.nextInt(loops);
        long size = 1 + random.nextInt(3_000);
        boolean tooMuch = usage.bytes() + size > limit;
        assertThat(usage.wouldExceed(loop, size)).isEqualTo(tooMuch);
        if (!tooMuch) {
          usage.add(loop, size);
        } else if (random.nextInt(4) == 0) {
          usage.add(loop, -random.nextLong(usage.bytes() + 1));
        }
      }
    }
  }
}
