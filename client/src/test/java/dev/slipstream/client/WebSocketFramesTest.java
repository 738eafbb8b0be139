// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.slipstream.testkit.Seeds;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** Frames by the rules of RFC 6455, section 5, whichever way they are cut. */
class WebSocketFramesTest {
  private static final int CONTINUATION = 0x0;
  private static final int TEXT = 0x1;
  private static final int BINARY = 0x2;
  private static final int CLOSE = 0x8;
  private static final int PING = 0x9;
  private static final int PONG = 0xa;
  private static final int FINAL = 0x80;

  /** Keeps what a reader says: data joined, the rest in words. */
  private static final class Heard implements WebSocketReader.Handler {
    private final ByteArrayOutputStream data = new ByteArrayOutputStream();
    private final List<String> control = new ArrayList<>();
    private int largestPiece;

    @Override
    public void onData(byte[] bytes, int from, int to) {
      assertThat(to).isGreaterThan(from);
      largestPiece = Math.max(largestPiece, to - from);
      data.write(bytes, from, to - from);
    }

    @Override
    public void onPing(byte[] payload) {
      control.add("ping " + new String(payload, UTF_8) + " at " + data.size());
    }

    @Override
    public void onClose(int status, String reason) {
      control.add("close " + status + " " + reason);
    }

    @Override
    public void onViolation(int status, String what) {
      control.add("violation " + status + " " + what);
    }

    boolean isOver() {
      return control.stream().anyMatch(c -> c.startsWith("close") || c.startsWith("violation"));
    }
  }

  /** A frame as a server sends it, written without the classes under test. */
  private static byte[] frame(int first, byte[] payload) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(first);
    int length = payload.length;
    if (length < 126) {
      out.write(length);
    } else if (length < 65536) {
      out.write(126);
      out.writeBytes(ByteBuffer.allocate(2).putShort((short) length).array());
    } else {
      out.write(127);
      out.writeBytes(ByteBuffer.allocate(8).putLong(length).array());
    }
    out.writeBytes(payload);
    return out.toByteArray();
  }

  private static byte[] frame(int first, String payload) {
    return frame(first, payload.getBytes(UTF_8));
  }

  private static byte[] joined(byte[]... parts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }

  private static byte[] bytes(int... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return bytes;
  }

  private static byte[] random(int length) {
    byte[] bytes = new byte[length];
    new SplittableRandom(length).nextBytes(bytes);
    return bytes;
  }

  private static Heard read(byte[] input) {
    Heard heard = new Heard();
    new WebSocketReader(heard).read(input, 0, input.length);
    return heard;
  }

  private static void assertViolation(byte[] input, int status, String words) {
    for (int cut = 0; cut <= input.length; cut++) {
      Heard heard = new Heard();
      WebSocketReader reader = new WebSocketReader(heard);
      reader.read(input, 0, cut);
      reader.read(input, cut, input.length);
      byte[] after = frame(FINAL | BINARY, "after");
      reader.read(after, 0, after.length);
      assertThat(heard.control).hasSize(1);
      assertThat(heard.control.get(0)).startsWith("violation " + status).contains(words);
      assertThat(heard.data.toString(UTF_8)).doesNotContain("after");
    }
  }

  // ---- inbound

  @Test
  void aStreamOfFramesMayBeCutAtAnyTwoPlaces() {
    byte[] stream =
        joined(
            frame(BINARY, "one"),
            frame(FINAL | PING, "p"),
            frame(CONTINUATION, ""),
            frame(FINAL | CONTINUATION, "two"),
            frame(FINAL | BINARY, ""),
            frame(FINAL | PONG, "nobody asked"),
            frame(FINAL | BINARY, random(130)),
            frame(FINAL | PING, ""),
            frame(FINAL | CLOSE, bytes(0x03, 0xe8, 'b', 'y', 'e')),
            frame(FINAL | BINARY, "behind the end"));
    byte[] data = joined("onetwo".getBytes(UTF_8), random(130));
    for (int i = 0; i <= stream.length; i++) {
      for (int j = i; j <= stream.length; j++) {
        Heard heard = new Heard();
        WebSocketReader reader = new WebSocketReader(heard);
        reader.read(stream, 0, i);
        reader.read(stream, i, j);
        reader.read(stream, j, stream.length);
        assertThat(heard.data.toByteArray()).isEqualTo(data);
        assertThat(heard.control).containsExactly("ping p at 3", "ping  at 136", "close 1000 bye");
      }
    }
  }

  @Test
  void lengthsAreReadInTheirThreeForms() {
    for (int length : new int[] {0, 1, 125, 126, 127, 65_535, 65_536, 200_000}) {
      byte[] input = joined(frame(FINAL | BINARY, random(length)), frame(FINAL | PING, "x"));
      Heard heard = read(input);
      assertThat(heard.data.toByteArray()).isEqualTo(random(length));
      assertThat(heard.control).containsExactly("ping x at " + length);
    }
  }

  @Test
  void aFrameOfAnyLengthIsPassedOnAsItComes() {
    Heard heard = new Heard();
    WebSocketReader reader = new WebSocketReader(heard);
    byte[] header = joined(bytes(FINAL | BINARY, 127), bytes(0x7f, 0, 0, 0, 0, 0, 0, 0));
    reader.read(header, 0, header.length);
    byte[] piece = random(1000);
    for (int i = 0; i < 100; i++) {
      reader.read(piece, 0, piece.length);
      assertThat(heard.data.size()).isEqualTo((i + 1) * 1000);
    }
    assertThat(heard.largestPiece).isEqualTo(1000);
    assertThat(heard.control).isEmpty();
  }

  @Test
  void aLengthIsWrittenInItsShortestForm() {
    String words = "length";
    assertViolation(bytes(FINAL | BINARY, 126, 0, 125), 1002, words);
    assertViolation(bytes(FINAL | BINARY, 127, 0, 0, 0, 0, 0, 0, 0xff, 0xff), 1002, words);
    assertViolation(bytes(FINAL | BINARY, 127, 0x80, 0, 0, 0, 0, 0, 0, 0), 1002, words);
  }

  @Test
  void aServerMustNotMask() {
    assertViolation(bytes(FINAL | BINARY, 0x80 | 1, 1, 2, 3, 4, 5), 1002, "masked");
    assertViolation(bytes(FINAL | PING, 0x80, 1, 2, 3, 4), 1002, "masked");
  }

  @Test
  void reservedBitsAndKindsAreRefused() {
    for (int bit : new int[] {0x40, 0x20, 0x10}) {
      assertViolation(frame(FINAL | bit | BINARY, "x"), 1002, "reserved");
      assertViolation(frame(FINAL | bit | PING, "x"), 1002, "reserved");
    }
    for (int kind : new int[] {3, 4, 5, 6, 7, 0xb, 0xc, 0xd, 0xe, 0xf}) {
      assertViolation(frame(FINAL | kind, "x"), 1002, "unknown kind " + kind);
    }
    assertViolation(frame(FINAL | TEXT, "x"), 1003, "text");
    assertViolation(frame(TEXT, "x"), 1003, "text");
  }

  @Test
  void controlFramesAreShortAndWhole() {
    for (int kind : new int[] {CLOSE, PING, PONG}) {
      assertViolation(frame(kind, "xx"), 1002, "control frame");
      assertViolation(frame(FINAL | kind, random(126)), 1002, "control frame");
    }
    String longest = "x".repeat(125);
    assertThat(read(frame(FINAL | PING, longest)).control)
        .containsExactly("ping " + longest + " at 0");
  }

  @Test
  void messagesFollowEachOther() {
    assertViolation(frame(CONTINUATION, "x"), 1002, "continuation");
    assertViolation(frame(FINAL | CONTINUATION, "x"), 1002, "continuation");
    assertViolation(joined(frame(BINARY, "x"), frame(FINAL | BINARY, "y")), 1002, "within");
    assertViolation(
        joined(frame(BINARY, "x"), frame(FINAL | CONTINUATION, ""), frame(CONTINUATION, "z")),
        1002,
        "continuation");
  }

  @Test
  void aCloseFrameMayHaveAStatus() {
    assertThat(read(frame(FINAL | CLOSE, "")).control).containsExactly("close 1005 ");
    assertThat(read(frame(FINAL | CLOSE, bytes(0x03, 0xf0))).control)
        .containsExactly("close 1008 ");
    assertThat(read(frame(FINAL | CLOSE, bytes(0x0f, 0xa0, 'o', 'k'))).control)
        .containsExactly("close 4000 ok");
    assertViolation(frame(FINAL | CLOSE, "x"), 1002, "half a status");
    for (int status : new int[] {0, 999, 1004, 1005, 1006, 1015, 2999, 5000, 65_535}) {
      byte[] payload = bytes(status >> 8, status);
      assertViolation(frame(FINAL | CLOSE, payload), 1002, "status " + status);
    }
  }

  @Test
  void randomFramesInRandomPiecesAreReadAsTheyWereMeant() {
    Seeds.forEach(5_000, (seed, random) -> readsWhatWasMeant(random));
  }

  private static void readsWhatWasMeant(RandomGenerator random) {
    ByteArrayOutputStream stream = new ByteArrayOutputStream();
    ByteArrayOutputStream data = new ByteArrayOutputStream();
    List<String> control = new ArrayList<>();
    for (int i = random.nextInt(12); i >= 0; i--) {
      int frames = 1 + random.nextInt(3);
      for (int f = 0; f < frames; f++) {
        if (random.nextInt(3) == 0) {
          String payload = "p".repeat(random.nextInt(126));
          stream.writeBytes(frame(FINAL | PING, payload));
          control.add("ping " + payload + " at " + data.size());
        }
        byte[] payload = new byte[random.nextInt(random.nextInt(8) == 0 ? 70_000 : 300)];
        random.nextBytes(payload);
        int kind = f == 0 ? BINARY : CONTINUATION;
        stream.writeBytes(frame(f == frames - 1 ? FINAL | kind : kind, payload));
        data.writeBytes(payload);
      }
    }
    Heard heard = new Heard();
    readInPieces(stream.toByteArray(), random, heard);
    assertThat(heard.control).isEqualTo(control);
    assertThat(heard.data.toByteArray()).isEqualTo(data.toByteArray());
  }

  @Test
  void whateverComesIsReadTheSameInAnyPiecesAndEndsOnce() {
    Seeds.forEach(
        20_000,
        (seed, random) -> {
          byte[] noise = new byte[random.nextInt(200)];
          random.nextBytes(noise);
          for (int i = random.nextInt(4); i > 0 && noise.length > 4; i--) {
            int at = random.nextInt(noise.length - 1);
            noise[at] = (byte) (random.nextBoolean() ? FINAL | BINARY : FINAL | PING);
            noise[at + 1] = (byte) random.nextInt(20);
          }
          Heard whole = read(noise);
          Heard pieces = new Heard();
          readInPieces(noise, random, pieces);
          assertThat(pieces.control).isEqualTo(whole.control);
          assertThat(pieces.data.toByteArray()).isEqualTo(whole.data.toByteArray());
          if (whole.isOver()) {
            assertThat(whole.control.subList(0, whole.control.size() - 1))
                .allMatch(word -> word.startsWith("ping"));
          }
        });
  }

  private static void readInPieces(byte[] input, RandomGenerator random, Heard heard) {
    WebSocketReader reader = new WebSocketReader(heard);
    int at = 0;
    while (at < input.length) {
      int to = Math.min(input.length, at + 1 + random.nextInt(random.nextBoolean() ? 5 : 5_000));
      // an array of its own: what is kept of it longer than the call would show
      byte[] piece = Arrays.copyOfRange(input, at, to);
      reader.read(piece, 0, piece.length);
      Arrays.fill(piece, (byte) 0x55);
      at = to;
    }
  }

  // ---- outbound

  /** Undoes the mask, as a server does. */
  private static byte[] payload(byte[] frame, int start) {
    byte[] payload = Arrays.copyOfRange(frame, start, frame.length);
    for (int i = 0; i < payload.length; i++) {
      payload[i] ^= frame[start - 4 + i % 4];
    }
    return payload;
  }

  private static WebSocketWriter writer(long seed) {
    return new WebSocketWriter(new SplittableRandom(seed));
  }

  @Test
  void messagesOfAllLengthsAreMaskedAndLeftAsTheyAre() {
    WebSocketWriter writer = writer(1);
    for (int length = 0; length <= 300; length++) {
      assertWritten(writer, length);
    }
    for (int length : new int[] {65_535, 65_536, 1 << 20}) {
      assertWritten(writer, length);
    }
  }

  private static void assertWritten(WebSocketWriter writer, int length) {
    byte[] around = random(length + 7);
    byte[] before = around.clone();
    byte[] frame = writer.binary(around, 3, 3 + length);
    int header = length < 126 ? 2 : length < 65_536 ? 4 : 10;
    byte[] expected = frame(FINAL | BINARY, Arrays.copyOfRange(before, 3, 3 + length));
    expected[1] |= (byte) 0x80;
    assertThat(Arrays.copyOf(frame, header)).isEqualTo(Arrays.copyOf(expected, header));
    assertThat(payload(frame, header + 4)).isEqualTo(Arrays.copyOfRange(before, 3, 3 + length));
    assertThat(around).isEqualTo(before);
  }

  @Test
  void everyFrameHasAMaskOfItsOwn() {
    WebSocketWriter writer = writer(2);
    Set<Integer> masks = new HashSet<>();
    for (int i = 0; i < 1000; i++) {
      masks.add(ByteBuffer.wrap(writer.binary(new byte[1], 0, 1)).getInt(2));
    }
    assertThat(masks).hasSize(1000);
  }

  @Test
  void answersAreMaskedToo() {
    byte[] pong = writer(3).pong("same".getBytes(UTF_8));
    assertThat(Arrays.copyOf(pong, 2)).isEqualTo(bytes(FINAL | PONG, 0x80 | 4));
    assertThat(payload(pong, 6)).isEqualTo("same".getBytes(UTF_8));
    byte[] close = writer(4).close(1001);
    assertThat(Arrays.copyOf(close, 2)).isEqualTo(bytes(FINAL | CLOSE, 0x80 | 2));
    assertThat(payload(close, 6)).isEqualTo(bytes(0x03, 0xe9));
    assertThat(writer(5).close(1005)).hasSize(6).startsWith(bytes(FINAL | CLOSE, 0x80));
  }
}
