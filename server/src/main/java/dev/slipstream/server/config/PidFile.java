// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.server.config;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The file that holds the process id, in decimal digits and nothing else, so that scripts can send
 * signals. It stays behind when the process ends, as the public server's does.
 */
public final class PidFile {

  private PidFile() {}

  /** Writes {@code pid} to {@code path}, in place of what is there. */
  public static void write(Path path, long pid) throws IOException {
    Files.write(path, Long.toString(pid).getBytes(StandardCharsets.US_ASCII));
  }
}
