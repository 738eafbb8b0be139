// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.server;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A store directory that lives as long as its server. */
final class TemporaryStore {
  private static final Logger LOG = LoggerFactory.getLogger(TemporaryStore.class);

  private final Path directory;

  private TemporaryStore(Path directory) {
    this.directory = directory;
  }

  static TemporaryStore create() {
    try {
      return new TemporaryStore(Files.createTempDirectory("slipstream-"));
    } catch (IOException failed) {
      throw new ServerStartException(
          "cannot make a temporary store directory: " + failed.getMessage(), failed);
    }
  }

  Path directory() {
    return directory;
  }

  /** Deletes it with all it holds. */
  void delete() {
    try {
      Files.walkFileTree(directory, new Deletion());
    } catch (IOException failed) {
      LOG.warn("cannot delete the temporary store directory {}", directory, failed);
    }
  }

  private static final class Deletion extends SimpleFileVisitor<Path> {
    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
      Files.delete(file);
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult postVisitDirectory(Path visited, @Nullable IOException failure)
        throws IOException {
      Files.delete(visited);
      return FileVisitResult.CONTINUE;
    }
  }
}
