// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipstream.protocol.wire.OutputBuffer;
import dev.slipstream.store.S2Decoder;
import dev.slipstream.testkit.Seeds;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.xerial.snappy.Snappy;
import org.xerial.snappy.SnappyFramedInputStream;

/** The bytes of archives: frames, blocks, entries. */
class ArchiveFormatTest {

  private static byte[] decoded(int... block) throws ArchiveException {
    byte[] bytes = new byte[block.length];
    for (int i = 0; i < block.length; i++) {
      bytes[i] = (byte) block[i];
    }
    return decoded(bytes);
  }

  private static byte[] decoded(byte[] block) throws ArchiveException {
    int length = S2Decoder.decompressedBytes(block, 0, block.length);
    byte[] into = new byte[Math.max(0, Math.min(length, 1 << 20))];
    if (!S2Decoder.decode(block, 0, block.length, into, 0, into.length)) {
      throw S2FrameReader.corrupt();
    }
    return into;
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  @Test
  void literalsAndCopies() throws ArchiveException {
    assertThat(decoded(0)).isEmpty();
    assertThat(text(decoded(3, 2 << 2, 'a', 'b', 'c'))).isEqualTo("abc");
    assertThat(text(decoded(5, 60 << 2, 4, 'a', 'b', 'c', 'd', 'e'))).isEqualTo("abcde");
    assertThat(text(decoded(7, 2 << 2, 'a', 'b', 'c', 1, 3))).isEqualTo("abcabca");
    assertThat(text(decoded(5, 2 << 2, 'a', 'b', 'c', 1 << 2 | 2, 2, 0))).isEqualTo("abcbc");
    assertThat(text(decoded(5, 2 << 2, 'a', 'b', 'c', 1 << 2 | 3, 1, 0, 0, 0))).isEqualTo("abccc");
  }

  @Test
  void copiesThatTakeTheOffsetBefore() throws ArchiveException {
    String begun = "abcabca"; // by a copy of offset 3
    String repeated = begun + "bcab";
    assertThat(text(decoded(11, 2 << 2, 'a', 'b', 'c', 1, 3, 1, 0))).isEqualTo(repeated);
    byte[] longer = decoded(7 + 8 + 2, 2 << 2, 'a', 'b', 'c', 1, 3, 5 << 2 | 1, 0, 2);
    assertThat(text(longer)).isEqualTo("abc".repeat(6).substring(0, 17));
    int bytes = 7 + 260 + 1;
    byte[] twoBytes =
        decoded(bytes & 0x7f | 0x80, bytes >> 7, 8, 'a', 'b', 'c', 1, 3, 6 << 2 | 1, 0, 1, 0);
    assertThat(text(twoBytes)).isEqualTo("abc".repeat(100).substring(0, bytes));
    bytes = 7 + 65540 + 2;
    byte[] threeBytes =
        decoded(
            bytes & 0x7f | 0x80,
            bytes >> 7 & 0x7f | 0x80,
            bytes >> 14,
            8,
            'a',
            'b',
            'c',
            1,
            3,
            7 << 2 | 1,
            0,
            2,
            0,
            0);
    assertThat(text(threeBytes)).isEqualTo("abc".repeat(30_000).substring(0, bytes));
  }

  @Test
  void blocksThatCannotBe() {
    int[][] blocks = {
      {}, // no length
      {0x80}, // half a length
      {3, 8, 'a', 'b'}, // fewer bytes than it says
      {2, 8, 'a', 'b', 'c'}, // more
      {4, 8, 'a', 'b', 'c'}, // ends too early
      {7, 8, 'a', 'b', 'c', 1, 4}, // from before the beginning
      {4, 1, 0}, // the offset of no copy
      {7, 8, 'a', 'b', 'c', 2, 0, 0}, // no offset
      {0xff, 0xff, 0xff, 0xff, 0x0f}, // far too long
      {3, 63 << 2, 0xff, 0xff, 0xff, 0xff, 'a'}, // literals without end
      {3, 63 << 2, 0xff, 0xff, 0xff, 0x7f, 'a'},
      {9, 8, 'a', 'b', 'c', 3, 3, 0, 0, 0x80}, // an offset that is none
    };
    for (int[] block : blocks) {
      assertThatThrownBy(() -> decoded(block))
          .as(Arrays.toString(block))
          .isInstanceOf(ArchiveException.class);
    }
  }

  @Test
  void whatSnappyCompressesIsDecoded() {
    Seeds.forEach(
        200,
        (seed, random) -> {
          byte[] bytes = something(random, random.nextInt(100_000));
          byte[] block = Snappy.compress(bytes);
          assertThat(decoded(block)).isEqualTo(bytes);
        });
  }

  /** Bytes that compress here and there. */
  private static byte[] something(RandomGenerator random, int length) {
    byte[] bytes = new byte[length];
    for (int at = 0; at < length; ) {
      int run = Math.min(length - at, 1 + random.nextInt(3000));
      int bits = random.nextInt(9);
      for (int end = at + run; at < end; at++) {
        bytes[at] = (byte) (random.nextInt() & (1 << bits) - 1);
      }
    }
    return bytes;
  }

  private static byte[] framed(RandomGenerator random, byte[] bytes) throws ArchiveException {
    OutputBuffer out = new OutputBuffer(16);
    SnappyFrameWriter writer = new SnappyFrameWriter(out);
    for (int at = 0; at < bytes.length; ) {
      int to = Math.min(bytes.length, at + 1 + random.nextInt(100_000));
      writer.put(bytes, at, to);
      at = to;
    }
    writer.flush();
    return out.toBytes();
  }

  /** Takes frames in pieces; answers what they held. */
  private static byte[] unframed(RandomGenerator random, byte[] frames) throws ArchiveException {
    S2FrameReader reader = new S2FrameReader();
    OutputBuffer out = new OutputBuffer(16);
    for (int at = 0; at < frames.length; ) {
      int to = Math.min(frames.length, at + 1 + random.nextInt(10_000));
      reader.add(Arrays.copyOfRange(frames, at, to));
      at = to;
      while (reader.decode(out) >= 0) {
        // until more is needed
      }
    }
    assertThat(reader.isAtEnd()).isTrue();
    return out.toBytes();
  }

  @Test
  void framesComeBackHoweverTheyAreCut() {
    Seeds.forEach(
        100,
        (seed, random) -> {
          byte[] bytes = something(random, random.nextInt(300_000));
          byte[] frames = framed(random, bytes);
          assertThat(unframed(random, frames)).isEqualTo(bytes);
          assertThat(bySnappy(frames)).isEqualTo(bytes);
        });
  }

  private static byte[] bySnappy(byte[] frames) throws IOException {
    try (SnappyFramedInputStream in =
        new SnappyFramedInputStream(new ByteArrayInputStream(frames), true)) {
      return in.readAllBytes();
    }
  }

  @Test
  void framesOfAnotherKindArePassedOver() throws ArchiveException {
    RandomGenerator random = new java.util.SplittableRandom(1);
    byte[] bytes = something(random, 1000);
    byte[] frames = framed(random, bytes);
    OutputBuffer padded = new OutputBuffer(16);
    padded.put(frames, 0, 10).put(0xfe).put(3).put(0).put(0).put("xyz");
    padded.put(0x80).put(0).put(0).put(0).put(frames, 10, frames.length);
    assertThat(unframed(random, padded.toBytes())).isEqualTo(bytes);
    OutputBuffer unknown = new OutputBuffer(16).put(frames, 0, 10);
    unknown.put(0x20).put(1).put(0).put(0).put('x');
    assertThatThrownBy(() -> unframed(random, unknown.toBytes()))
        .hasMessageContaining("unsupported");
  }

  @Test
  void noDamageGoesUnseenAndNoneIsABug() {
    Seeds.forEach(
        300,
        (seed, random) -> {
          byte[] bytes = something(random, 1 + random.nextInt(5_000));
          byte[] frames = framed(random, bytes);
          int at = random.nextInt(frames.length);
          frames[at] ^= (byte) (1 << random.nextInt(8));
          OutputBuffer out = new OutputBuffer(16);
          S2FrameReader reader = new S2FrameReader();
          reader.add(frames);
          try {
            while (reader.decode(out) >= 0) {
              // until it is refused, or more is needed
            }
            // a frame's type may have become one that is passed over, its length a longer one, and
            // a copy one from elsewhere that is the same
            byte[] got = out.toBytes();
            assertThat(got.length).isLessThanOrEqualTo(bytes.length);
            assertThat(Arrays.copyOf(bytes, got.length)).isEqualTo(got);
          } catch (ArchiveException refused) {
            assertThat(refused.text()).startsWith("s2: ");
          }
        });
  }

  @Test
  void entriesFromAnywhereAreRefusedOrAwaited() {
    Seeds.forEach(
        500,
        (seed, random) -> {
          ArchiveReader reader = new ArchiveReader();
          reader.decoded().put(ArchiveWriter.MAGIC);
          byte[] noise = new byte[random.nextInt(200)];
          random.nextBytes(noise);
          reader.decoded().put(noise);
          int entries = 0;
          try {
            while (reader.next()) {
              entries++;
            }
          } catch (ArchiveException refused) {
            assertThat(refused.text()).matches("archive: .*|message sequence .*");
          }
          assertThat(entries).isLessThanOrEqualTo(noise.length / 5);
        });
  }

  @Test
  void whatIsNoArchiveOfThisKindIsToldSo() {
    ArchiveReader reader = new ArchiveReader();
    reader.decoded().put(new byte[512]); // as a tape archive may begin
    assertThatThrownBy(reader::next).hasMessageContaining("not an archive of version 2.15");
  }
}
