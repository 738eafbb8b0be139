// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipstream.client.NatsClient;
import dev.slipstream.protocol.api.StreamConfig;
import dev.slipstream.testkit.ServerProcess;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What {@code /healthz} says, also of a server whose system lets it write no more. */
@Timeout(60)
class HealthTest {
  /** In the shell's blocks of 512 B: the first file of the log fits, the second does not. */
  private static final int MOST_FILE_BLOCKS = 30_000;

  private final HttpClient http = HttpClient.newHttpClient();

  @Test
  void serverThatCannotWriteIsUnavailable(@TempDir Path dir) throws Exception {
    int port = ServerProcess.freePort();
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    String script =
        "ulimit -f "
            + MOST_FILE_BLOCKS
            + " && exec '"
            + java
            + "' -cp '"
            + System.getProperty("java.class.path")
            + "' "
            + Main.class.getName()
            + " server -a 127.0.0.1 -js -sd {dir} -p {port} -m "
            + port;
    try (ServerProcess server =
            ServerProcess.commandLine(List.of("/bin/sh", "-c", script)).store(dir).start();
        NatsClient client = NatsClient.connect(server.url())) {
      assertThat(health(port, "")).isEqualTo("200 {\"status\":\"ok\"}");
      assertThat(health(port, "?details=true")).isEqualTo("200 {\"status\":\"ok\"}");
      assertThat(health(port, "?details=x"))
          .isEqualTo(
              "400 Error decoding boolean for 'details': strconv.ParseBool: parsing \"x\": invalid"
                  + " syntax");
      assertThat(health(port, "?account=$G&stream=S")).startsWith("400 {\"status\":\"error\",");
      client.jetStream().createStream(StreamConfig.builder("S").subjects("s").build());
      assertThatThrownBy(
          () -> {
            for (; ; ) {
              client.jetStream().publish("s", new byte[500_000]);
            }
          });
      assertThat(health(port, "")).startsWith("503 {\"status\":\"unavailable\",\"error\":\"");
      assertThat(health(port, "?details=1"))
          .startsWith("503 {\"status\":\"error\",\"errors\":[{\"type\":\"JETSTREAM\",\"error\":\"");
      assertThat(health(port, "?js-enabled-only=true")).isEqualTo("200 {\"status\":\"ok\"}");
    }
  }

  private String health(int port, String query) throws Exception {
    HttpResponse<String> answer =
        http.send(
            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/healthz" + query))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    return answer.statusCode() + " " + answer.body();
  }
}
