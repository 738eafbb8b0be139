// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PasswordCheckTest {

  // Hashes of "abc" with cost 6, from the test vectors of the original bcrypt.
  private static final String HASH = "$06$If6bvum7DFjUnE9p2uDeDu0YHzrHM6tf.iqN8.yx.jNN1ILEf7h0i";

  @ParameterizedTest
  @ValueSource(strings = {"$2a", "$2b", "$2y"})
  void bcryptHashIsCompared(String version) {
    PasswordCheck check = PasswordCheck.of(version + HASH);
    assertThat(check.isHashed()).isTrue();
    assertThat(check.matches("abc")).isTrue();
    assertThat(check.matches("abd")).isFalse();
    assertThat(check.matches("")).isFalse();
    assertThat(check.matches(version + HASH)).isFalse();
  }

  @Test
  void passwordLongerThanBcryptReadsIsTakenUpToThere() {
    PasswordCheck check = PasswordCheck.of("$2a" + HASH);
    assertThat(check.matches("abc".repeat(100))).isFalse();
  }

  @Test
  void malformedHashMatchesNothing() {
    PasswordCheck check = PasswordCheck.of("$2a$06$short");
    assertThat(check.isHashed()).isTrue();
    assertThat(check.matches("short")).isFalse();
    assertThat(check.matches("$2a$06$short")).isFalse();
  }

  @Test
  void plainTextIsComparedAsItIs() {
    PasswordCheck check = PasswordCheck.of("sécret");
    assertThat(check.isPlainText()).isTrue();
    assertThat(check.matches("sécret")).isTrue();
    assertThat(check.matches("secret")).isFalse();
    assertThat(check.matches("sécret ")).isFalse();
    assertThat(PasswordCheck.of("").matches("")).isTrue();
  }

  @Test
  void passwordIsNeverPrinted() {
    assertThat(PasswordCheck.of("geheim")).hasToString("[redacted]");
    assertThat(new UserConfig("u", PasswordCheck.of("geheim"), null, java.util.Set.of()).toString())
        .doesNotContain("geheim");
  }
}
