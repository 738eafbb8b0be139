// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.protocol.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RequestBodyTest {

  private static boolean isEmpty(String body) {
    byte[] bytes = ("x" + body + "\"").getBytes(StandardCharsets.UTF_8);
    return RequestBody.isEmpty(bytes, 1, bytes.length - 2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{}", " { }", "\t{\r\n} "})
  void asksForNothing(String body) {
    assertThat(isEmpty(body)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"a\":1}",
        " {\n\"a\"",
        "{",
        "{a",
        "[]",
        "[\"a\"]",
        "\"{}\"",
        "null",
        "{x}",
        " "
      })
  void asksForSomethingOrIsNoObject(String body) {
    assertThat(isEmpty(body)).isFalse();
  }
}
