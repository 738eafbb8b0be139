// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipstream.client.JetStream;
import dev.slipstream.client.NatsClient;
import dev.slipstream.protocol.api.StreamConfig;
import dev.slipstream.protocol.api.StreamInfo;
import dev.slipstream.testkit.ServerProcess;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** More streams than the process may open files, through a kill and a clean stop. */
class ManyStreamsTest {
  private static final int MESSAGES = 5;

  @Test
  void thousandStreamsLiveWithFiveHundredFiles() throws Exception {
    run(1_000, 512);
  }

  @Test
  @Tag("nightly")
  void tenThousandStreamsLiveWithFourThousandFiles() throws Exception {
    run(10_000, 4_096);
  }

  private static void run(int streams, int files) throws Exception {
    List<String> limited = new ArrayList<>();
    limited.addAll(List.of("/bin/sh", "-c", "ulimit -n " + files + "; exec \"$@\"", "sh"));
    limited.addAll(Tools.find().ourCommand());
    try (ServerProcess server = ServerProcess.program(limited).jetStream().start()) {
      try (NatsClient client = NatsClient.connect(server.url())) {
        for (int i = 0; i < streams; i++) {
          StreamConfig config = StreamConfig.builder("S" + i).subjects("s." + i).build();
          client.jetStream().createStream(config);
        }
        publish(client.jetStream(), IntStream.range(0, streams), 0, MESSAGES);
        for (int i = 0; i < streams; i++) {
          if (!isKept(i)) {
            client.jetStream().deleteStream("S" + i);
          }
        }
      }
      assertThat(openFiles(server)).isLessThan(files);
      server.killAndRestart();
      check(server, streams, MESSAGES);
      try (NatsClient client = NatsClient.connect(server.url())) {
        publish(client.jetStream(), kept(streams), MESSAGES, MESSAGES + 1);
      }
      server.restart();
      check(server, streams, MESSAGES + 1);
      assertThat(openFiles(server)).isLessThan(files);
    }
  }

  private static boolean isKept(int stream) {
    return stream % 10 != 0;
  }

  private static IntStream kept(int streams) {
    return IntStream.range(0, streams).filter(ManyStreamsTest::isKept);
  }

  /** Publishes to each of {@code to} the messages {@code from} to {@code until}, excluded. */
  private static void publish(JetStream js, IntStream to, int from, int until) {
    int[] streams = to.toArray();
    for (int n = from; n < until; n++) {
      for (int stream : streams) {
        js.publishAsync("s." + stream, payload(stream, n));
      }
    }
    js.awaitPublished(Duration.ofMinutes(1));
    assertThat(js.publishesInFlight()).isZero();
  }

  private static void check(ServerProcess server, int streams, int messages) {
    try (NatsClient client = NatsClient.connect(server.url())) {
      JetStream js = client.jetStream();
      List<StreamInfo> infos = js.streams();
      assertThat(infos).hasSize((int) kept(streams).count());
      assertThat(infos).allMatch(info -> info.state().messages() == messages);
      for (int i : kept(streams).filter(stream -> stream % 97 == 1).toArray()) {
        assertThat(js.stream("S" + i).message(messages).orElseThrow().payload())
            .isEqualTo(payload(i, messages - 1));
      }
    }
  }

  private static byte[] payload(int stream, int n) {
    return (n + " of stream " + stream).getBytes(StandardCharsets.US_ASCII);
  }

  private static long openFiles(ServerProcess server) throws IOException {
    Path open = Path.of("/proc/" + server.pid() + "/fd");
    if (!Files.isDirectory(open)) {
      return 0; // not Linux: that it went on is the proof
    }
    try (Stream<Path> each = Files.list(open)) {
      return each.count();
    }
  }
}
