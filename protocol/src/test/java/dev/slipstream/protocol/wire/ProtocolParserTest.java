// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.protocol.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ProtocolParserTest {

  private static final String SCRIPT =
      "CONNECT {\"verbose\":false}\r\n"
          + "PING\r\npong\r\n"
          + "PUB a.b 5\r\nhello\r\n"
          + "pub  a.b\t_INBOX.1   0\r\n\r\n"
          + "HPUB h _R 18 20\r\nNATS/1.0\r\nA: b\r\n\r\nok\r\n"
          + "SUB a.> 1\r\nSUB a.* q 2\r\nUNSUB 1\r\nUNSUB 2 10\r\n"
          + "INFO {}\r\n+OK\r\n-ERR 'Stale Connection'\r\n"
          + "MSG a.b 9 3\r\nxyz\r\nMSG a.b 9 re.ply 1\r\nz\r\n"
          + "HMSG h 7 18 18\r\nNATS/1.0\r\nA: b\r\n\r\n\r\n"
          + "PUB a 2\n\r\n\r\n";

  private static final List<String> OPERATIONS =
      List.of(
          "connect {\"verbose\":false}",
          "ping",
          "pong",
          "pub a.b  [] [hello]",
          "pub a.b _INBOX.1 [] []",
          "pub h _R [NATS/1.0\r\nA: b\r\n\r\n] [ok]",
          "sub a.>  1",
          "sub a.* q 2",
          "unsub 1 0",
          "unsub 2 10",
          "info {}",
          "ok",
          "err Stale Connection",
          "msg a.b 9  [] [xyz]",
          "msg a.b 9 re.ply [] [z]",
          "msg h 7  [NATS/1.0\r\nA: b\r\n\r\n] []",
          "pub a  [] [\r\n]");

  @Test
  void aWholeScriptIsReadInOneChunk() {
    assertThat(parse(SCRIPT, Integer.MAX_VALUE, 0)).isEqualTo(OPERATIONS);
  }

  @Test
  void theSameOperationsComeOfEveryFixedChunkSize() {
    for (int size = 1; size < 80; size++) {
      assertThat(parse(SCRIPT, size, 0)).as("chunks of %d", size).isEqualTo(OPERATIONS);
    }
  }

  @Test
  void theSameOperationsComeOfRandomChunks() {
    for (int seed = 1; seed < 2_000; seed++) {
      assertThat(parse(SCRIPT, 0, seed)).as("seed %d", seed).isEqualTo(OPERATIONS);
    }
  }

  @Test
  void anUnknownVerbIsRefusedAtItsFirstWrongByte() {
    for (String wrong : List.of("G", "PUX", "PUB\r\n", "SUBa 1\r\n", "\r\n", "ZZZ a b\r\n")) {
      assertThatThrownBy(() -> parse(wrong, Integer.MAX_VALUE, 0))
          .as(wrong)
          .isInstanceOf(ProtocolException.class)
          .satisfies(
              e ->
                  assertThat(((ProtocolException) e).errText())
                      .isEqualTo("Unknown Protocol Operation"));
    }
  }

  @Test
  void badArgumentsCloseWithoutAWord() {
    for (String wrong :
        List.of(
            "PUB a\r\n",
            "PUB a b c 1\r\n",
            "PUB a -1\r\n",
            "PUB a 1x\r\n",
            "PUB a 9999999999\r\n",
            "HPUB a 5 4\r\n",
            "SUB a\r\n",
            "SUB a b c d\r\n",
            "UNSUB \r\n",
            "UNSUB 1 2 3\r\n")) {
      assertThatThrownBy(() -> parse(wrong, Integer.MAX_VALUE, 0))
          .as(wrong)
          .isInstanceOf(ProtocolException.class)
          .satisfies(e -> assertThat(((ProtocolException) e).errText()).isNull());
    }
  }

  @Test
  void aPayloadThatDoesNotEndWhereItShouldIsRefused() {
    assertThatThrownBy(() -> parse("PUB a 2\r\nabcd\r\n", 3, 0))
        .isInstanceOf(ProtocolException.class)
        .hasMessageContaining("payload");
  }

  @Test
  void aControlLineOverTheLimitIsRefusedWholeOrCut() {
    String line = "SUB " + "a".repeat(5_000) + " 1\r\n";
    for (int size : new int[] {Integer.MAX_VALUE, 100}) {
      assertThatThrownBy(() -> parse(line, size, 0))
          .isInstanceOf(ProtocolException.class)
          .satisfies(
              e ->
                  assertThat(((ProtocolException) e).errText())
                      .isEqualTo("maximum control line exceeded"));
    }
  }

  @Test
  void aSuspendedParserStopsAfterTheOperationAndGoesOn() {
    Recorder recorder = new Recorder();
    ProtocolParser parser = new ProtocolParser(recorder, 4096);
    recorder.onSubscribe = parser::suspend;
    byte[] bytes = "SUB a 1\r\nPING\r\n".getBytes(StandardCharsets.UTF_8);
    int consumed = parser.parse(bytes, 0, bytes.length);
    assertThat(recorder.operations).containsExactly("sub a  1");
    parser.resume();
    assertThat(parser.parse(bytes, consumed, bytes.length)).isEqualTo(bytes.length);
    assertThat(recorder.operations).containsExactly("sub a  1", "ping");
  }

  /** Feeds the script in chunks that each lie in an array of their own, overwritten afterwards. */
  private static List<String> parse(String script, int chunkSize, int seed) {
    Recorder recorder = new Recorder();
    ProtocolParser parser = new ProtocolParser(recorder, 4096);
    byte[] bytes = script.getBytes(StandardCharsets.UTF_8);
    SplittableRandom random = new SplittableRandom(seed);
    for (int at = 0; at < bytes.length; ) {
      int size = seed == 0 ? chunkSize : 1 + random.nextInt(40);
      int end = (int) Math.min(bytes.length, (long) at + size);
      byte[] chunk = java.util.Arrays.copyOfRange(bytes, at, end);
      assertThat(parser.parse(chunk, 0, chunk.length)).isEqualTo(chunk.length);
      java.util.Arrays.fill(chunk, (byte) '?');
      at = end;
    }
    return recorder.operations;
  }

  private static final class Recorder implements ProtocolHandler {
    final List<String> operations = new ArrayList<>();
    Runnable onSubscribe = () -> {};

    private static String text(byte[] bytes, int from, int to) {
      return new String(bytes, from, to - from, StandardCharsets.UTF_8);
    }

    private static String body(MessageFrame frame) {
      return " ["
          + text(frame.body, frame.headersStart, frame.payloadStart)
          + "] ["
          + text(frame.body, frame.payloadStart, frame.payloadEnd)
          + "]";
    }

    @Override
    public void onInfo(byte[] bytes, int from, int to) {
      operations.add("info " + text(bytes, from, to));
    }

    @Override
    public void onConnect(byte[] bytes, int from, int to) {
      operations.add("connect " + text(bytes, from, to));
    }

    @Override
    public void onPublish(MessageFrame frame) {
      operations.add("pub " + frame.subject() + " " + frame.reply() + body(frame));
    }

    @Override
    public void onSubscribe(byte[] line, int[] at) {
      operations.add(
          "sub "
              + text(line, at[0], at[1])
              + " "
              + text(line, at[2], at[3])
              + " "
              + text(line, at[4], at[5]));
      onSubscribe.run();
    }

    @Override
    public void onUnsubscribe(byte[] line, int sidStart, int sidEnd, long max) {
      operations.add("unsub " + text(line, sidStart, sidEnd) + " " + max);
    }

    @Override
    public void onMessage(MessageFrame frame) {
      operations.add(
          "msg " + frame.subject() + " " + frame.sidAsLong() + " " + frame.reply() + body(frame));
    }

    @Override
    public void onPing() {
      operations.add("ping");
    }

    @Override
    public void onPong() {
      operations.add("pong");
    }

    @Override
    public void onOk() {
      operations.add("ok");
    }

    @Override
    public void onErr(String text) {
      operations.add("err " + text);
    }
  }
}
