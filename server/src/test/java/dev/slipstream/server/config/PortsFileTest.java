// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PortsFileTest {

  @Test
  void fileNamesTheRealPortsAndGoesWithTheServer(@TempDir Path dir) throws IOException {
    PortsFile file = PortsFile.write(dir, "nats-server", 17, "127.0.0.1", 4222, 8222);
    Path path = dir.resolve("nats-server_17.ports");
    assertThat(file.path()).isEqualTo(path);
    assertThat(path)
        .hasContent(
            "{\"nats\":[\"nats://127.0.0.1:4222\"],\"monitoring\":[\"http://127.0.0.1:8222\"]}");
    try (var entries = Files.list(dir)) {
      assertThat(entries).containsExactly(path);
    }
    file.close();
    assertThat(path).doesNotExist();
    file.close();
  }

  @Test
  void wildcardAddressListsTheAddressesOfTheMachine(@TempDir Path dir) throws IOException {
    PortsFile file = PortsFile.write(dir, "x", 1, "0.0.0.0", 4222, 0);
    assertThat(Files.readString(file.path()))
        .contains("nats://127.0.0.1:4222")
        .doesNotContain("0.0.0.0")
        .doesNotContain("monitoring");
  }

  @Test
  void addressOfVersionSixStandsInBrackets(@TempDir Path dir) throws IOException {
    PortsFile file = PortsFile.write(dir, "x", 1, "::1", 4222, 0);
    assertThat(Files.readString(file.path())).contains("nats://[0:0:0:0:0:0:0:1]:4222");
  }

  @Test
  void pidFileHoldsDigitsOnly(@TempDir Path dir) throws IOException {
    Path path = dir.resolve("p");
    PidFile.write(path, 123456);
    PidFile.write(path, 17);
    assertThat(Files.readAllBytes(path)).isEqualTo(new byte[] {'1', '7'});
  }
}
