// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipstream.store.MessageCodec;
import org.junit.jupiter.api.Test;

/** What the public server 2.15.2 takes for an age limit, asked on the wire. */
class MessageTtlTest {

  @Test
  void secondsAndDurationsOfAtLeastOneAreLimits() {
    assertThat(MessageTtl.seconds("1")).isEqualTo(1);
    assertThat(MessageTtl.seconds("1s")).isEqualTo(1);
    assertThat(MessageTtl.seconds("1.5s")).isEqualTo(1);
    assertThat(MessageTtl.seconds("1h30m")).isEqualTo(5_400);
    assertThat(MessageTtl.seconds("00")).isEqualTo(MessageCodec.NO_TTL);
    assertThat(MessageTtl.seconds("NeVer")).isEqualTo(MessageCodec.NEVER_TOO_OLD);
    assertThat(MessageTtl.seconds("9223372036854775807")).isEqualTo(Integer.MAX_VALUE);
  }

  @Test
  void otherTextsAreNone() {
    String[] texts = {
      "0",
      "-1",
      "-0",
      "+5",
      "999ms",
      "0s",
      "-1s",
      "1us",
      "abc",
      "1d",
      "1e3",
      "0x10",
      "1_000",
      "9223372036854775808"
    };
    for (String text : texts) {
      assertThat(MessageTtl.seconds(text)).as(text).isEqualTo(MessageTtl.INVALID);
    }
  }
}
