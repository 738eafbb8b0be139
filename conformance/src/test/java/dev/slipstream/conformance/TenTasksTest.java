// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipstream.testkit.ServerProcess;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The code of the ten tasks in docs/client.md does with both clients what is said there. */
class TenTasksTest {
  private static final int MESSAGES = 100;
  private static final List<String> ALL =
      IntStream.rangeClosed(1, MESSAGES).mapToObj(Integer::toString).toList();

  @TempDir Path store;

  @Test
  void publicServer() throws Exception {
    try (ServerProcess server = ServerProcess.natsServer().jetStream().start()) {
      bothClients(server);
    }
  }

  @Test
  void ourServer() throws Exception {
    try (ServerProcess server = Tools.find().startOursOn(store)) {
      bothClients(server);
    }
  }

  private static void bothClients(ServerProcess server) throws Exception {
    try (Tasks ours = new OurTasks(server.url())) {
      check(ours);
      ((OurTasks) ours).removeAll();
    }
    try (Tasks jnats = new JnatsTasks(server.url())) {
      check(jnats);
    }
  }

  private static void check(Tasks tasks) throws Exception {
    assertThat(tasks.stream()).isEqualTo("ORDERS");
    assertThat(tasks.stream()).isEqualTo("ORDERS");
    assertThat(tasks.publish()).isTrue();
    assertThat(tasks.publishMany(MESSAGES)).isEqualTo(MESSAGES);
    assertThat(tasks.consume(MESSAGES)).isEqualTo(ALL);
    assertThat(tasks.fetch()).isEqualTo(ALL.subList(0, 5));
    assertThat(tasks.iterate(10)).isEqualTo(ALL.subList(0, 10));
    assertThat(tasks.again()).isEqualTo(2);
    assertThat(tasks.replay(MESSAGES)).isEqualTo(ALL);
    assertThat(tasks.ask()).isEqualTo("hello you");
    assertThat(tasks.keyValue()).isEqualTo("blue");
  }
}
