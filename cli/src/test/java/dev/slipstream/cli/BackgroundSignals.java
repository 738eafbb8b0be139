// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What a test says before a command so that it heeds SIGINT.
 *
 * <p>A shell without job control starts what runs in the background, the tests among it, with
 * SIGINT ignored; a child inherits that, and Java keeps it.
 */
final class BackgroundSignals {
  private static final Path STATUS = Path.of("/proc/self/status");
  private static final int HUP_AND_INT = 0b11;

  private BackgroundSignals() {}

  static List<String> heeded() throws IOException {
    return Files.isReadable(STATUS) && (ignored() & HUP_AND_INT) != 0
        ? List.of("env", "--default-signal=HUP,INT")
        : List.of();
  }

  private static long ignored() throws IOException {
    for (String line : Files.readAllLines(STATUS)) {
      if (line.startsWith("SigIgn:")) {
        return Long.parseUnsignedLong(line.substring(7).strip(), 16);
      }
    }
    return 0;
  }
}
