// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipstream.testkit.Seeds;
import java.util.Arrays;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.xerial.snappy.Snappy;

class S2DecoderTest {

  /** Bytes between those that become nothing and those that become no smaller. */
  static byte[] anyBytes(RandomGenerator random, int most) {
    byte[] bytes = new byte[random.nextInt(most)];
    random.nextBytes(bytes);
    int runs = random.nextInt(20);
    for (int i = 0; i < runs && bytes.length > 0; i++) {
      int at = random.nextInt(bytes.length);
      int length = random.nextInt(bytes.length - at + 1);
      if (random.nextBoolean()) {
        Arrays.fill(bytes, at, at + length, (byte) i);
      } else {
        System.arraycopy(bytes, random.nextInt(at + 1), bytes, at, length);
      }
    }
    return bytes;
  }

  @Test
  void whatTheLibraryCompressedIsReadAsTheLibraryReadsIt() {
    Seeds.forEach(
        2_000,
        (seed, random) -> {
          byte[] bytes = anyBytes(random, seed % 10 == 0 ? 200_000 : 2_000);
          byte[] compressed = Snappy.compress(bytes);
          byte[] into = new byte[bytes.length + 10];
          assertThat(S2Decoder.decompressedBytes(compressed, 0, compressed.length))
              .isEqualTo(bytes.length);
          assertThat(S2Decoder.decode(compressed, 0, compressed.length, into, 5, bytes.length))
              .isTrue();
          assertThat(Arrays.copyOfRange(into, 5, 5 + bytes.length)).isEqualTo(bytes);
          assertThat(Arrays.copyOf(into, 5)).containsOnly(0);
          assertThat(Arrays.copyOfRange(into, 5 + bytes.length, into.length)).containsOnly(0);
        });
  }

  @Test
  void whatIsNoneOfItsFormatIsRefusedAndNothingWrittenOutside() {
    Seeds.forEach(
        5_000,
        (seed, random) -> {
          byte[] bytes = anyBytes(random, 1_000);
          byte[] compressed = Snappy.compress(bytes);
          for (int flips = 1 + random.nextInt(4); flips > 0; flips--) {
            compressed[random.nextInt(compressed.length)] ^= (byte) (1 << random.nextInt(8));
          }
          int length = random.nextInt(compressed.length + 1);
          byte[] into = new byte[bytes.length + 10];
          S2Decoder.decode(compressed, 0, length, into, 5, bytes.length); // may be a text
          assertThat(Arrays.copyOf(into, 5)).containsOnly(0);
          assertThat(Arrays.copyOfRange(into, 5 + bytes.length, into.length)).containsOnly(0);
          // the library takes what it can read to be right, and so does the decoder
          boolean valid = Snappy.isValidCompressedBuffer(compressed, 0, length);
          boolean same = valid && Snappy.uncompressedLength(compressed, 0, length) == bytes.length;
          assertThat(S2Decoder.decode(compressed, 0, length, into, 5, bytes.length))
              .isEqualTo(same);
        });
  }

  @Test
  void lengthThatIsMoreThanThereIsRoomForIsRefusedBeforeAnythingIsDecompressed() {
    byte[] bomb = {(byte) 0xff, (byte) 0xff, (byte) 0xff, (byte) 0xff, 7, 0, 1};
    assertThat(S2Decoder.decompressedBytes(bomb, 0, bomb.length)).isEqualTo(Integer.MAX_VALUE);
    assertThat(SnappyCodec.decompress(bomb, 0, bomb.length, new byte[10], 0, 10)).isFalse();
    bomb[4] = 15;
    assertThat(S2Decoder.decompressedBytes(bomb, 0, bomb.length)).isEqualTo(-1);
    bomb[4] = -1;
    assertThat(S2Decoder.decompressedBytes(bomb, 0, bomb.length)).isEqualTo(-1);
    assertThat(S2Decoder.decompressedBytes(bomb, 0, 0)).isEqualTo(-1);
  }
}
