// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipstream.client.NatsClient;
import dev.slipstream.protocol.api.StreamConfig;
import dev.slipstream.testkit.ServerProcess;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two servers on one store directory: the second says so in one line and ends. */
class TwoServersTest {
  @TempDir Path store;

  @Test
  void secondServerOnAStoreEndsWithOneClearLineAndTheFirstGoesOn() throws Exception {
    List<String> command = Tools.find().ourCommand();
    try (ServerProcess first = Tools.find().startOursOn(store);
        NatsClient client = NatsClient.connect(first.url())) {
      client.jetStream().createStream(StreamConfig.builder("T").subjects("t").build());
      client.jetStream().publish("t", new byte[10]);
      for (int attempt = 2; attempt <= 3; attempt++) {
        checkRefused(command);
        assertThat(client.jetStream().publish("t", new byte[10]).sequence()).isEqualTo(attempt);
      }
      first.killAndRestart(); // a lock that a killed server held is free
    }
  }

  private void checkRefused(List<String> command) throws Exception {
    List<String> line = new ArrayList<>(command);
    line.addAll(List.of("-a", "127.0.0.1", "-p", "-1", "-js", "-sd", store.toString()));
    ProcessBuilder builder = new ProcessBuilder(line).redirectErrorStream(true);
    builder.environment().remove("SLIPSTREAM_REBUILD");
    Process second = builder.start();
    String output =
        new String(second.getInputStream().readAllBytes(), StandardCharsets.UTF_8); // until it ends
    assertThat(second.waitFor(20, TimeUnit.SECONDS)).isTrue();
    assertThat(second.exitValue()).as(output).isNotZero();
    List<String> clear = output.lines().filter(each -> each.contains("another server")).toList();
    assertThat(clear).as(output).hasSize(1);
    assertThat(clear.get(0)).contains(store.toString());
    assertThat(output).doesNotContain("\tat ").doesNotContain("Exception");
  }
}
