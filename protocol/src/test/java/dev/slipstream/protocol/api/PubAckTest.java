// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.protocol.api;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipstream.protocol.json.JsonException;
import dev.slipstream.protocol.wire.OutputBuffer;
import org.junit.jupiter.api.Test;

class PubAckTest {

  @Test
  void answersOfThePublicServerAreReadAndWritten() {
    int seen = 0;
    for (String line : Golden.lines("answers.txt")) {
      if (line.startsWith("{\"type\"")) {
        continue;
      }
      seen++;
      PubAck ack = PubAck.parse(line.getBytes(UTF_8));
      if (ack.error() == null && ack.value().isEmpty() && ack.batchId().isEmpty()) {
        assertThat(success(ack)).isEqualTo(line);
      } else {
        assertThat(Golden.written(ack::write)).isEqualTo(line);
      }
    }
    assertThat(seen).isGreaterThanOrEqualTo(6);
  }

  private static String success(PubAck ack) {
    byte[] prefix = PubAck.successPrefix(ack.stream(), ack.domain());
    OutputBuffer out = new OutputBuffer(0);
    PubAck.writeSuccess(out, prefix, ack.seq(), ack.duplicate());
    return out.toString();
  }

  @Test
  void sequencesOfAnyLengthAreWritten() {
    long[] sequences = {0, 9, 10, 99, 100, 1234567890, Long.MAX_VALUE, Long.MIN_VALUE, -1};
    for (long seq : sequences) {
      for (boolean duplicate : new boolean[] {false, true}) {
        PubAck ack = new PubAck(null, "S", "", seq, duplicate, "", "", 0);
        assertThat(success(ack))
            .isEqualTo(
                "{\"stream\":\"S\",\"seq\":%s%s}"
                    .formatted(
                        Long.toUnsignedString(seq), duplicate ? ",\"duplicate\": true" : ""));
        assertThat(PubAck.parse(success(ack).getBytes(UTF_8))).isEqualTo(ack);
      }
    }
  }

  @Test
  void refusalsNameTheStreamAndNoSequence() {
    PubAck refused = PubAck.refused(ApiErrors.STREAM_WRONG_LAST_SEQUENCE.of(6), "T");
    assertThat(Golden.written(refused::write))
        .isEqualTo(
            "{\"error\":{\"code\":400,\"err_code\":10071,"
                + "\"description\":\"wrong last sequence: 6\"},\"stream\":\"T\",\"seq\":0}");
  }

  @Test
  void whatIsNoAnswerIsRefused() {
    assertThatThrownBy(() -> PubAck.parse(new byte[0])).isInstanceOf(JsonException.class);
    assertThatThrownBy(() -> PubAck.parse("+OK".getBytes(UTF_8))).isInstanceOf(JsonException.class);
  }
}
