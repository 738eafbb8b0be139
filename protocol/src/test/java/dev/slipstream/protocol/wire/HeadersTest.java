// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.protocol.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class HeadersTest {

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void headersComeBackAsTheyWereWritten() {
    Headers headers = Headers.of("A", "1", "a", "two words", "A", "", "B", "x:y");
    byte[] block = headers.toBytes();
    assertThat(Headers.parse(block, 0, block.length)).isEqualTo(headers);
    assertThat(headers.all("A")).containsExactly("1", "");
    assertThat(headers.first("b")).isNull();
  }

  @Test
  void aLookUpInPlaceFindsTheFirstAndSkipsBlanks() {
    byte[] block = bytes("NATS/1.0\r\nNats-Msg-Id:   x\r\nNats-Msg-Id: y\r\nNats-Msg: z\r\n\r\n");
    assertThat(HeaderBlock.get(block, 0, block.length, bytes("Nats-Msg-Id"))).isEqualTo("x");
    assertThat(HeaderBlock.get(block, 0, block.length, bytes("Nats-Msg"))).isEqualTo("z");
    assertThat(HeaderBlock.get(block, 0, block.length, bytes("nats-msg"))).isNull();
    assertThat(HeaderBlock.get(block, 0, block.length, bytes("NATS/1.0"))).isNull();
    assertThat(HeaderBlock.hasPrefix(block, 0, block.length, bytes("Nats-M"))).isTrue();
    assertThat(HeaderBlock.hasPrefix(block, 0, block.length, bytes("ats-M"))).isFalse();
    assertThat(HeaderBlock.hasPrefix(block, 0, block.length, bytes("NATS/1"))).isFalse();
  }

  @Test
  void statusLinesAreReadAndWritten() {
    byte[] block = new Status(408, "Request Timeout").headerBlock("Nats-Pending-Messages", "1");
    assertThat(new String(block, StandardCharsets.UTF_8))
        .isEqualTo("NATS/1.0 408 Request Timeout\r\nNats-Pending-Messages: 1\r\n\r\n");
    Headers headers = Headers.parse(block, 0, block.length);
    assertThat(headers.status()).isEqualTo(new Status(408, "Request Timeout"));
    assertThat(headers.first("Nats-Pending-Messages")).isEqualTo("1");
    byte[] plain = bytes("NATS/1.0\r\nA: b\r\n\r\n");
    assertThat(Status.of(plain, 0, plain.length)).isNull();
    byte[] bare = bytes("NATS/1.0 503\r\n\r\n");
    assertThat(Status.of(bare, 0, bare.length)).isEqualTo(new Status(503, ""));
  }

  @Test
  void aStoredBlockLosesItsStatus() {
    byte[] block = bytes("NATS/1.0 503 x\r\nA: b\r\n\r\n");
    assertThat(HeaderBlock.withoutStatus(block, 0, block.length))
        .isEqualTo(bytes("NATS/1.0\r\nA: b\r\n\r\n"));
    byte[] bare = bytes("NATS/1.0 503\r\n\r\n");
    assertThat(HeaderBlock.withoutStatus(bare, 0, bare.length)).isEmpty();
    assertThat(HeaderBlock.hasStatus(bare, 0, bare.length)).isTrue();
  }

  @Test
  void linesAreAddedAtTheEndOfABlock() {
    byte[] block = bytes("NATS/1.0\r\nA: b\r\n\r\n");
    assertThat(HeaderBlock.with(block, 0, block.length, "C", "d"))
        .isEqualTo(bytes("NATS/1.0\r\nA: b\r\nC: d\r\n\r\n"));
    assertThat(HeaderBlock.with(block, 0, 0, "C", "d"))
        .isEqualTo(bytes("NATS/1.0\r\nC: d\r\n\r\n"));
  }

  @Test
  void brokenBlocksAreRefused() {
    for (String broken : new String[] {"x", "NATS/1.0\r\n: v\r\n\r\n", "NATS/1.0\r\nkey\r\n\r\n"}) {
      byte[] block = bytes(broken);
      assertThatThrownBy(() -> Headers.parse(block, 0, block.length))
          .as(broken)
          .isInstanceOf(ProtocolException.class);
    }
    assertThatThrownBy(() -> Headers.of("a b", "x")).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Headers.of("a", "x\ny")).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void ackSubjectsAreReadInBothForms() {
    OutputBuffer out = new OutputBuffer(8);
    AckSubject.write(out, bytes("$JS.ACK.S.C."), 1, 22, 3, 1_700_000_000_000_000_000L, 5);
    assertThat(AckSubject.parse(out.array(), 0, out.length()))
        .isEqualTo(new AckSubject("", "S", "C", 1, 22, 3, 1_700_000_000_000_000_000L, 5));
    assertThat(AckSubject.parse("$JS.ACK.hub.acc.S.C.1.2.3.4.5.random"))
        .isEqualTo(new AckSubject("hub", "S", "C", 1, 2, 3, 4, 5));
    assertThat(AckSubject.parse("$JS.ACK.S.C.1.2.x.4.5")).isNull();
    assertThat(AckSubject.parse("$JS.ACK.S.C.1.2.3.4")).isNull();
  }

  @Test
  void ackBodiesAreToldApart() {
    assertThat(kind("")).isEqualTo(AckBody.ACK);
    assertThat(kind("+OK")).isEqualTo(AckBody.ACK);
    assertThat(kind("-NAK {\"delay\":5}")).isEqualTo(AckBody.NAK);
    assertThat(kind("+TERM why")).isEqualTo(AckBody.TERM);
    assertThat(kind("+NXT 5")).isEqualTo(AckBody.NEXT);
    assertThat(kind("+WPI")).isEqualTo(AckBody.PROGRESS);
    assertThat(kind("hello")).isEqualTo(AckBody.UNKNOWN);
  }

  private static AckBody kind(String body) {
    byte[] bytes = bytes(body);
    return AckBody.of(bytes, 0, bytes.length);
  }
}
