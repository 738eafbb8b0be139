// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipstream.protocol.wire.OutputBuffer;
import dev.slipstream.testkit.Seeds;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

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
