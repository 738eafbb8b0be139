// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** What the system keeps in memory of a directory's files. Linux only. */
final class PageCache {
  private PageCache() {}

  /** Has the disk take all that was written to the file system of {@code directory}. */
  static void flush(Path directory) throws IOException {
    run("sync", "-f", directory.toString());
  }

  /**
   * Has nothing of the files below {@code directory} in memory, so that reading them is reading the
   * disk.
   */
  static void drop(Path directory) throws IOException {
    flush(directory); // what is not written yet would stay
    List<Path> files;
    try (Stream<Path> found = Files.walk(directory)) {
      files = found.filter(Files::isRegularFile).toList();
    }
    for (Path file : files) {
      run("dd", "if=" + file, "iflag=nocache", "count=0", "status=none");
    }
  }

  private static void run(String... command) throws IOException {
    Process process = new ProcessBuilder(command).inheritIO().start();
    int exitCode = process.onExit().join().exitValue();
    if (exitCode != 0) {
      throw new IOException(String.join(" ", command) + " ended with " + exitCode);
    }
  }
}
