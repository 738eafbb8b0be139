// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.server.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * JetStream of the server: whether, where, how much, how durable.
 *
 * @param enabled whether this server has JetStream at all
 * @param strict whether API requests with unknown fields are refused
 * @param storeDir the directory given by the user, or null; data lies in {@link #directory}
 * @param maxMemoryBytes memory for memory streams; {@link #DYNAMIC} before {@link #resolved}
 * @param maxFileBytes disk for file streams; {@link #DYNAMIC} before {@link #resolved}
 * @param domain the JetStream domain, or null
 * @param sync when data is forced to disk
 * @param limits bounds for all accounts together
 */
public record JetStreamConfig(
    boolean enabled,
    boolean strict,
    @Nullable Path storeDir,
    long maxMemoryBytes,
    long maxFileBytes,
    @Nullable String domain,
    SyncPolicy sync,
    JetStreamLimits limits) {

  /** A size that the server chooses by what the machine has. */
  public static final long DYNAMIC = -1;

  /** Not enabled, everything else at its default. */
  public static final JetStreamConfig DISABLED =
      new JetStreamConfig(
          false, true, null, DYNAMIC, DYNAMIC, null, SyncPolicy.ALWAYS, JetStreamLimits.NONE);

  private static final long FALLBACK_FILE_BYTES = 1L << 40;

  /** The directory of the data: {@code jetstream} below {@link #storeDir}. */
  public Path directory() {
    return effectiveStoreDir().resolve("jetstream");
  }

  /** Whether no directory was given, so that the data may be gone after a reboot. */
  public boolean isTemporary() {
    return storeDir == null;
  }

  /** The same with {@code enabled} as given. */
  public JetStreamConfig withEnabled(boolean on) {
    return new JetStreamConfig(
        on, strict, storeDir, maxMemoryBytes, maxFileBytes, domain, sync, limits);
  }

  /** The same with another directory. */
  public JetStreamConfig withStoreDir(@Nullable Path directory) {
    return new JetStreamConfig(
        enabled, strict, directory, maxMemoryBytes, maxFileBytes, domain, sync, limits);
  }

  /**
   * The same with sizes in place of {@link #DYNAMIC}: half of the heap for memory streams, since
   * their messages and indexes live there, and all of the directory's file system: that it is full
   * is found when it is, and is over when there is room again. Asks the file system; blocks. Where
   * JetStream is off nothing is settled.
   */
  public JetStreamConfig resolved() {
    if (!enabled) {
      return this;
    }
    long memory = maxMemoryBytes == DYNAMIC ? Runtime.getRuntime().maxMemory() / 2 : maxMemoryBytes;
    long file = maxFileBytes == DYNAMIC ? diskBytes(directory()) : maxFileBytes;
    return new JetStreamConfig(enabled, strict, storeDir, memory, file, domain, sync, limits);
  }

  private Path effectiveStoreDir() {
    return storeDir != null
        ? storeDir
        : Path.of(System.getProperty("java.io.tmpdir", "/tmp"), "slipstream");
  }

  private static long diskBytes(Path directory) {
    Path existing = directory.toAbsolutePath().normalize();
    while (existing != null && !Files.exists(existing)) {
      existing = existing.getParent();
    }
    try {
      return existing == null ? FALLBACK_FILE_BYTES : Files.getFileStore(existing).getTotalSpace();
    } catch (IOException unknown) {
      return FALLBACK_FILE_BYTES;
    }
  }
}
