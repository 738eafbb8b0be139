// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Servers as processes: the public one, and programs that are none. */
@Timeout(60)
class ServerProcessTest {

  private static boolean greets(int port) {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.getInputStream().read() == 'I';
    } catch (IOException nobodyThere) {
      return false;
    }
  }

  @Test
  void serverKeepsItsPortAndItsStoreThroughRestartAndKill(@TempDir Path store) {
    try (ServerProcess server = ServerProcess.natsServer().jetStream().store(store).start()) {
      int port = server.port();
      long first = server.pid();
      server.restart();
      long second = server.pid();
      server.killAndRestart();
      assertThat(List.of(first, second, server.pid())).doesNotHaveDuplicates();
      assertThat(server.port()).isEqualTo(port);
      assertThat(greets(port)).isTrue();
      server.stop();
      assertThat(greets(port)).isFalse();
    }
    assertThat(store.resolve("jetstream")).isDirectory();
  }

  @Test
  void reservedServerListensWhereItWasToldTo() {
    try (ServerProcess server = ServerProcess.natsServer().reserve()) {
      int port = server.port();
      assertThat(greets(port)).isFalse();
      server.start();
      assertThat(server.port()).isEqualTo(port);
      assertThat(greets(port)).isTrue();
    }
  }

  @Test
  void configurationIsRead() {
    try (ServerProcess server =
        ServerProcess.natsServer().configuration("server_name: mine\n").start()) {
      assertThat(server.log()).contains("Name:", "mine");
    }
  }

  @Test
  void programThatEndsAtOnceIsReportedWithWhatItSaid() {
    List<String> words = List.of("/bin/sh", "-c", "echo no such flag");
    assertThatThrownBy(() -> ServerProcess.commandLine(words).start())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("does not become ready")
        .hasMessageContaining("no such flag");
  }

  @Test
  void programThatIsNotThereIsReported() {
    assertThatThrownBy(() -> ServerProcess.program(List.of("/no/such/program")).start())
        .hasMessageContaining("/no/such/program");
  }

  @Test
  void programThatDoesNotEndWhenAskedToIsReportedAndKilled() throws Exception {
    String says = "Listening for client connections on 127.0.0.1:4222\nServer is ready\n";
    String stubborn = "trap '' TERM; printf '" + says + "'; exec sleep 60";
    ServerProcess server =
        ServerProcess.commandLine(List.of("/bin/sh", "-c", stubborn))
            .stopPatience(Duration.ofMillis(300))
            .unvisited()
            .start();
    ProcessHandle process = ProcessHandle.of(server.pid()).orElseThrow();
    assertThatThrownBy(server::close)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("did not end when asked to");
    process.onExit().get(10, TimeUnit.SECONDS);
  }
}
