// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipstream.protocol.wire.OutputBuffer;
import dev.slipstream.testkit.Seeds;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A column is an array of numbers that takes less. */
class ColumnTest {

  @Test
  void answersLikeAnArray() {
    Seeds.forEach(
        300,
        (seed, random) -> {
          long[] numbers = new long[1 + random.nextInt(200)];
          Column column = new Column(random.nextInt(3));
          for (int i = 0; i < numbers.length; i++) {
            numbers[i] = number(random);
            column.add(numbers[i]);
            if (random.nextInt(4) == 0) {
              int changed = random.nextInt(i + 1);
              numbers[changed] = number(random);
              column.set(changed, numbers[changed]);
            }
            if (random.nextInt(50) == 0) {
              column.trim();
            }
            compare(column, numbers, i + 1);
          }
          compare(decoded(column), numbers, numbers.length);
        });
  }

  private static long number(RandomGenerator random) {
    long number = random.nextLong(1L << random.nextInt(1, 63));
    return random.nextInt(8) == 0 ? -number : number;
  }

  private static void compare(Column column, long[] numbers, int count) {
    assertThat(column.count()).isEqualTo(count);
    for (int i = 0; i < count; i++) {
      assertThat(column.get(i)).isEqualTo(numbers[i]);
    }
  }

  private static Column decoded(Column column) {
    OutputBuffer out = new OutputBuffer(64);
    out.put(7);
    column.encode(out);
    column.encode(out); // the next one begins where it ends
    ColumnReader in = new ColumnReader(out.toBytes(), 1, column.count());
    Column read = in.next();
    Column again = in.next();
    for (int i = 0; i < column.count(); i++) {
      assertThat(again.get(i)).isEqualTo(read.get(i));
    }
    return read;
  }

  @Test
  void numbersOnALineTakeNothingAndOthersWhatTheLargestNeeds() {
    Column line = new Column(150);
    Column near = new Column(0);
    for (int i = 0; i < 1_000; i++) {
      line.add(7 + i * 150L);
      near.add(1_000_000_000_000L + i * 60L);
    }
    assertThat(line.isLine()).isTrue();
    OutputBuffer out = new OutputBuffer(64);
    line.encode(out);
    assertThat(out.length()).isEqualTo(1 + 1 + 2);
    near.encode(out);
    assertThat(out.length()).isEqualTo(4 + 1 + 6 + 1 + 1_000 * 2);
  }

  @Test
  @Timeout(20)
  void numbersThatSinkBelowTheLineDoNotEachChangeTheOthers() {
    Column sinking = new Column(150); // as when the first message of a block is the largest
    int count = 300_000;
    for (int i = 0; i < count; i++) {
      sinking.add(i * 60L);
    }
    for (int i = 0; i < count; i += 1_000) {
      assertThat(sinking.get(i)).isEqualTo(i * 60L);
    }
  }

  @Test
  void whatWasKeptForNumbersBelowIsGivenBack() {
    Column column = new Column(0);
    for (int i = 0; i < 1_000; i++) {
      column.add(1_000 - i % 200);
    }
    column.trim();
    OutputBuffer out = new OutputBuffer(64);
    column.encode(out);
    assertThat(out.length()).isEqualTo(1 + 2 + 1 + 1_000);
    assertThat(decoded(column).get(1)).isEqualTo(999);
    for (int i = 0; i < 1_000; i++) {
      column.set(i, 7);
    }
    column.set(0, -1_000_000);
    column.set(0, 7);
    column.trim();
    assertThat(column.isLevel()).isTrue();
    column.add(6);
    assertThat(column.get(999)).isEqualTo(7);
    assertThat(column.get(1_000)).isEqualTo(6);
  }

  @Test
  void ceilingIsTheFirstThatIsNotLess() {
    Column column = new Column(1);
    for (int i = 0; i < 100; i++) {
      column.add(10 + i * 3L);
    }
    assertThat(column.ceiling(0)).isZero();
    assertThat(column.ceiling(10)).isZero();
    assertThat(column.ceiling(11)).isEqualTo(1);
    assertThat(column.ceiling(10 + 99 * 3)).isEqualTo(99);
    assertThat(column.ceiling(10 + 99 * 3 + 1)).isEqualTo(100);
  }
}
