// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.protocol.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipstream.testkit.Seeds;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Numbers of every size come back, and what ends nowhere is told. */
class VarintTest {

  @Test
  void numbersComeBackWithWhateverWidth() {
    Seeds.forEach(
        2_000,
        (seed, random) -> {
          long number = random.nextLong() >>> random.nextInt(64);
          int least = 1 + random.nextInt(10);
          byte[] bytes = new byte[16];
          Arrays.fill(bytes, (byte) random.nextInt());
          int end = Varint.put(bytes, 3, number, least);
          assertThat(end - 3).isEqualTo(Math.max(least, Varint.bytes(number)));
          assertThat(Varint.end(bytes, 3, bytes.length)).isEqualTo(end);
          assertThat(Varint.end(bytes, 3, end - 1)).isEqualTo(-1);
          assertThat(Varint.get(bytes, 3)).isEqualTo(number);
          assertThat(Varint.unzigzag(Varint.zigzag(number))).isEqualTo(number);
        });
  }

  @Test
  void whatIsLargerThanANumberEndsNowhere() {
    byte[] bytes = new byte[12];
    Arrays.fill(bytes, (byte) 0xff);
    assertThat(Varint.end(bytes, 0, bytes.length)).isEqualTo(-1);
    bytes[9] = 1;
    assertThat(Varint.end(bytes, 0, bytes.length)).isEqualTo(10);
    assertThat(Varint.get(bytes, 0)).isEqualTo(-1);
    bytes[9] = 2;
    assertThat(Varint.end(bytes, 0, bytes.length)).isEqualTo(-1);
    assertThat(Varint.end(bytes, -1, bytes.length)).isEqualTo(-1);
  }

  @Test
  void signsAreFolded() {
    assertThat(Varint.zigzag(-1)).isEqualTo(1);
    assertThat(Varint.unzigzag(Varint.zigzag(Long.MIN_VALUE))).isEqualTo(Long.MIN_VALUE);
  }
}
