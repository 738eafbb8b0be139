// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** The search for the first two bytes of a record. */
class RecordHeaderTest {
  private static final int LENGTH = 3 * 4096;

  @Test
  void findsAMagicWhereverItBeginsAmongZeros() {
    for (int from : new int[] {0, 1, 5}) {
      for (int at = from; at < LENGTH; at++) {
        byte[] bytes = new byte[LENGTH + 1];
        putMagic(bytes, at);
        assertThat(RecordHeader.findMagic(bytes, from, LENGTH)).isEqualTo(at);
        assertThat(RecordHeader.findMagic(bytes, at + 1, LENGTH)).isEqualTo(LENGTH);
      }
    }
  }

  @Test
  void findsAMagicAmongBytesThatBeginLikeOne() {
    for (int at = 0; at < LENGTH; at += 97) {
      byte[] bytes = new byte[LENGTH + 1];
      Arrays.fill(bytes, (byte) (RecordHeader.MAGIC >>> 8));
      putMagic(bytes, at);
      assertThat(RecordHeader.findMagic(bytes, 0, LENGTH)).isEqualTo(at);
    }
  }

  private static void putMagic(byte[] bytes, int at) {
    bytes[at] = (byte) (RecordHeader.MAGIC >>> 8);
    bytes[at + 1] = (byte) RecordHeader.MAGIC;
  }
}
