// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Text of any kind is parsed or refused; nothing else happens. */
class ConfigFuzzTest {

  private static final List<String> PIECES =
      List.of(
          "a",
          "key",
          "\"q k\"",
          "'sq'",
          "=",
          ":",
          " ",
          "\n",
          "\r\n",
          "{",
          "}",
          "[",
          "]",
          ",",
          ";",
          "(\n x\n)",
          "#c\n",
          "//c\n",
          "1",
          "10",
          "1k",
          "2MB",
          "1.5",
          "-3",
          "1.2.3.4:5",
          "true",
          "\"s\\n\\x41\"",
          "\"\\x00\"",
          "$a",
          "$key",
          "$2a$11$x",
          "2020-01-02T03:04:05Z",
          "1abc",
          "/p/q",
          "include ",
          "include 'f.conf'",
          "\u00e9",
          "\ud83d",
          "\u0000",
          "\t",
          "\\",
          "\"",
          "'");

  private static final List<String> FIELDS =
      List.of(
          "listen",
          "port",
          "host",
          "http",
          "http_base_path",
          "server_name",
          "debug",
          "log_file",
          "pid_file",
          "max_payload",
          "max_conn",
          "max_sub_tokens",
          "ping_interval",
          "ping_max",
          "write_deadline",
          "lame_duck_duration",
          "server_tags",
          "server_metadata",
          "jetstream",
          "store_dir",
          "max_mem",
          "sync",
          "limits",
          "batch",
          "domain",
          "authorization",
          "user",
          "password",
          "token",
          "timeout",
          "users",
          "permissions",
          "publish",
          "subscribe",
          "allow",
          "deny",
          "allow_responses",
          "max",
          "expires",
          "accounts",
          "A",
          "exports",
          "imports",
          "stream",
          "service",
          "account",
          "subject",
          "to",
          "prefix",
          "latency",
          "sampling",
          "no_auth_user",
          "system_account",
          "cluster",
          "tls",
          "nkey",
          "response",
          "include");

  @Test
  void piecesInAnyOrderAreParsedOrRefused() {
    for (int seed = 0; seed < 20_000; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      StringBuilder text = new StringBuilder();
      int count = random.nextInt(1, 16);
      for (int i = 0; i < count; i++) {
        text.append(PIECES.get(random.nextInt(PIECES.size())));
      }
      check(text.toString(), seed);
    }
  }

  @Test
  void fieldsWithValuesOfAnyKindAreReadOrRefused() {
    int read = 0;
    for (int seed = 0; seed < 20_000; seed++) {
      StringBuilder text = new StringBuilder();
      block(text, new SplittableRandom(seed), 0);
      read += check(text.toString(), seed) ? 1 : 0;
    }
    assertThat(read).as("files that are valid").isPositive();
  }

  private static void block(StringBuilder text, SplittableRandom random, int depth) {
    int count = random.nextInt(1, 4);
    for (int i = 0; i < count; i++) {
      text.append(FIELDS.get(random.nextInt(FIELDS.size()))).append(": ");
      value(text, random, depth);
      text.append('\n');
    }
  }

  private static void value(StringBuilder text, SplittableRandom random, int depth) {
    int kind = random.nextInt(depth < 4 ? 12 : 8);
    switch (kind) {
      case 0 -> text.append(random.nextInt(-10, 1000));
      case 1 -> text.append(random.nextLong());
      case 2 -> text.append("1.5");
      case 3 -> text.append(random.nextBoolean());
      case 4 -> text.append("\"5s\"");
      case 5 -> text.append("\"\\x00 a..b\"");
      case 6 -> text.append("a.b");
      case 7 -> text.append("2020-01-02T03:04:05Z");
      case 8, 9 -> {
        text.append("{\n");
        block(text, random, depth + 1);
        text.append("}");
      }
      default -> {
        text.append("[ ");
        int count = random.nextInt(3);
        for (int i = 0; i < count; i++) {
          value(text, random, depth + 1);
          text.append(" , ");
        }
        value(text, random, depth + 1);
        text.append(" ]");
      }
    }
  }

  /** Whether the text is a configuration. */
  private static boolean check(String text, int seed) {
    try {
      ServerConfigBuilder builder = ServerConfig.builder();
      builder.readText(text);
      builder.build();
      return true;
    } catch (ConfigException refused) {
      assertThat(refused.messages()).isNotEmpty();
      return false;
    } catch (RuntimeException | StackOverflowError failed) {
      throw new AssertionError("seed " + seed + ": " + text, failed);
    }
  }

  @Test
  void nameOfAnIncludedFileMayBeNonsense(@TempDir Path dir) throws IOException {
    for (String name : List.of("'\u0000'", "'" + "x".repeat(5000) + "'", "''", ".", " ")) {
      Path file = Files.writeString(dir.resolve("a.conf"), "include " + name + "\n");
      try {
        ConfigFile.load(file.toString(), Map.of());
        throw new AssertionError("include " + name);
      } catch (ConfigException refused) {
        assertThat(refused).hasMessageStartingWith(file + ":1:");
      }
    }
  }
}
