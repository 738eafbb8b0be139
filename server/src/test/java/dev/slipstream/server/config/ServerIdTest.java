// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ServerIdTest {

  @Test
  void idHasTheFormOfAServerKey() {
    SplittableRandom random = new SplittableRandom(1);
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < 1000; i++) {
      String id = ServerId.random(random);
      assertThat(id).matches("N[A-Z2-7]{55}");
      assertThat(seen.add(id)).isTrue();
    }
  }

  @Test
  void checksumIsTheOneOfXmodem() {
    byte[] digits = "123456789".getBytes(StandardCharsets.US_ASCII);
    assertThat(ServerId.crc16(digits, digits.length)).isEqualTo(0x31c3);
  }
}
