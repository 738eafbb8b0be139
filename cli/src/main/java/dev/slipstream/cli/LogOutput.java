// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.cli;

import java.io.Closeable;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Where log lines go: standard error, or a file that is appended to.
 *
 * <p>A file with a size limit is set aside as {@code <name>.<date and time>} when it has grown over
 * it, and begun anew; of the files set aside only so many are kept. Owner: the log's writer thread,
 * after the constructor.
 */
final class LogOutput implements Closeable {

  private static final String PERMISSIONS = "rw-r-----";

  private final @Nullable Path file;
  private final long sizeLimitBytes;
  private final int maxFiles;
  private OutputStream stream;
  private long size;

  private LogOutput(@Nullable Path file, long sizeLimitBytes, int maxFiles) throws IOException {
    this.file = file;
    this.sizeLimitBytes = sizeLimitBytes;
    this.maxFiles = maxFiles;
    this.stream = open();
  }

  static LogOutput standardError() {
    try {
      return new LogOutput(null, 0, 0);
    } catch (IOException noFileIsOpened) {
      throw new AssertionError(noFileIsOpened);
    }
  }

  static LogOutput file(Path file, long sizeLimitBytes, int maxFiles) throws IOException {
    return new LogOutput(file, sizeLimitBytes, maxFiles);
  }

  private OutputStream open() throws IOException {
    if (file == null) {
      return new FileOutputStream(FileDescriptor.err);
    }
    boolean posix = FileSystems.getDefault().supportedFileAttributeViews().contains("posix");
    FileAttribute<?>[] attributes =
        posix
            ? new FileAttribute<?>[] {
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(PERMISSIONS))
            }
            : new FileAttribute<?>[0];
    OutputStream opened =
        Channels.newOutputStream(
            Files.newByteChannel(
                file,
                Set.of(
                    StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND),
                attributes));
    size = Files.size(file);
    return opened;
  }

  /** Writes whole lines; {@code now} names the file that is set aside, if it comes to that. */
  void write(byte[] lines, LocalDateTime now) throws IOException {
    stream.write(lines);
    size += lines.length;
    if (file != null && sizeLimitBytes > 0 && size > sizeLimitBytes) {
      rotate(file, now);
    }
  }

  /** Opens the file by its name again, since somebody may have moved it away. */
  void reopen() throws IOException {
    if (file != null) {
      OutputStream old = stream;
      stream = open();
      old.close();
    }
  }

  private void rotate(Path log, LocalDateTime now) throws IOException {
    stream.close();
    String stamp =
        now.format(DateTimeFormatter.ofPattern("yyyy.MM.dd.HH.mm.ss.SSSSSSSSS", Locale.ROOT));
    Files.move(log, log.resolveSibling(log.getFileName() + "." + stamp));
    stream = open();
    if (maxFiles > 0) {
      purge(log);
    }
  }

  private void purge(Path log) throws IOException {
    String begin = log.getFileName() + ".";
    List<Path> setAside;
    try (Stream<Path> entries = Files.list(log.toAbsolutePath().getParent())) {
      setAside =
          entries
              .filter(entry -> entry.getFileName().toString().startsWith(begin))
              .filter(entry -> isStamp(entry.getFileName().toString().substring(begin.length())))
              .sorted()
              .toList();
    }
    int tooMany = setAside.size() - (maxFiles - 1);
    for (int i = 0; i < tooMany; i++) {
      Files.deleteIfExists(setAside.get(i));
    }
  }

  private static boolean isStamp(String text) {
    return text.matches("\\d{4}(\\.\\d{2}){5}\\.\\d{9}");
  }

  @Override
  public void close() throws IOException {
    if (file != null) {
      stream.close();
    }
  }
}
