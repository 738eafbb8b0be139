// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.store;

import dev.slipstream.base.Disk;
import dev.slipstream.base.DiskFile;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Verifies every checksum of a data directory that no server runs on, and changes nothing in it.
 *
 * <p>Both checkpoint files, what a start would read of the log and what is still there of older
 * records, and every block that the checkpoint names. What a start drops because nobody was told of
 * it, is no damage. Memory: a window of 1 MiB and the largest record or block. Source:
 * docs/data-format.md.
 */
public final class StoreCheck implements Closeable {
  static final int SNAPSHOT_BYTES = 1 << 20;

  /** Hears how far the work is. */
  @FunctionalInterface
  public interface Progress {
    /** So many bytes were read, of about so many. */
    void read(long bytes, long of);
  }

  private final StoreDirectory directory;
  private final StoreNames names;
  private final CheckFindings findings;
  private @Nullable CheckpointScan original;
  private @Nullable CheckpointScan copy;

  private StoreCheck(StoreDirectory directory, StoreNames names, Progress progress) {
    this.directory = directory;
    this.names = names;
    this.findings = new CheckFindings(directory.home, progress);
  }

  /**
   * Verifies a data directory.
   *
   * @param path the directory that a server is given, or {@code jetstream} or {@code slipstream} in
   *     it
   * @throws StoreException when a server runs on it, when it is not there, belongs to another kind
   *     of server or to a version that this one does not know, or cannot be read
   */
  public static StoreReport run(Disk disk, Path path, StoreNames names, Progress progress)
      throws StoreException {
    try (StoreDirectory directory = StoreDirectory.openForReading(disk, path);
        StoreCheck check = new StoreCheck(directory, names, progress)) {
      return check.run();
    } catch (StoreException clear) {
      throw clear;
    } catch (IOException failure) {
      throw new StoreException("the data directory cannot be read: " + failure, failure);
    }
  }

  private StoreReport run() throws IOException {
    Path format = directory.home.resolve("FORMAT");
    try (DiskFile file = directory.disk.open(format, Disk.Access.READ)) {
      findings.part(format, 1, file.size(), 0); // its text was looked at before
    }
    original = scan("checkpoint");
    copy = scan("checkpoint.copy");
    CheckpointScan checkpoint = choose();
    if (checkpoint != null) {
      readNames(directory, checkpoint, names);
    }
    try (OfflineLog log =
        new OfflineLog(directory, checkpoint == null ? 0 : checkpoint.position())) {
      expectAll(log, checkpoint);
      new LogCheck(log, checkpoint, names, findings).run();
    }
    if (checkpoint != null) {
      checkStreams(checkpoint);
    }
    return findings.report();
  }

  private @Nullable CheckpointScan scan(String name) throws IOException {
    Path path = directory.home.resolve(name);
    if (!directory.disk.exists(path)) {
      return null;
    }
    DiskFile file = directory.disk.open(path, Disk.Access.READ);
    findings.expect(file.size());
    try {
      return new CheckpointScan(path, file, findings);
    } catch (IOException failure) {
      file.close();
      throw failure;
    }
  }

  /** The one that a start uses; when both are damaged, the one that says more. */
  private @Nullable CheckpointScan choose() throws IOException {
    CheckpointScan first = original;
    CheckpointScan second = copy;
    if (first == null || second == null) {
      if (first != null) {
        findings.note("checkpoint.copy is not there yet; a start makes it");
      } else if (second != null) {
        findings.damaged(directory.home.resolve("checkpoint"), 0, 0, "the file is missing");
      }
      return first == null ? second : first;
    }
    if (first.isIntact() && second.isIntact() && !first.isSame(second)) {
      findings.note(
          "checkpoint.copy is of another time than checkpoint, which a start uses; it then renews"
              + " the copy");
    }
    if (!first.isIntact() && !second.isIntact()) {
      findings.note("both checkpoints are damaged: a start refuses the directory");
    }
    boolean useSecond = !first.isIntact() && (second.isIntact() || !first.isHeaderIntact());
    return useSecond ? second : first;
  }

  /** Lets the names be learnt that a checkpoint has. */
  static void readNames(StoreDirectory directory, CheckpointScan checkpoint, StoreNames names)
      throws IOException {
    for (CheckpointScan.Section section : checkpoint.sections) {
      if (section.snapshotLength() > 0) {
        int count = Math.min(SNAPSHOT_BYTES, section.snapshotLength());
        int at = checkpoint.window.index(section.snapshotFrom(), count);
        byte[] bytes = Arrays.copyOfRange(checkpoint.window.bytes(), at, at + count);
        names.snapshot(section.assetId(), bytes, 0, count);
      }
    }
  }

  private void expectAll(OfflineLog log, @Nullable CheckpointScan checkpoint) throws IOException {
    for (LogFile file : log.files) {
      findings.expect(file.capacity);
    }
    if (checkpoint == null) {
      return;
    }
    for (CheckpointScan.Section section : checkpoint.sections) {
      if (section.manifestLength() > 0) {
        ManifestReader manifest = checkpoint.manifest(section);
        while (manifest.next()) {
          findings.expect((long) manifest.storedBytes + manifest.footerLength);
        }
      }
    }
  }

  private void checkStreams(CheckpointScan checkpoint) throws IOException {
    OfflineSegments segments = new OfflineSegments(directory);
    for (CheckpointScan.Section section : checkpoint.sections) {
      if (section.manifestLength() > 0) {
        try (StreamCheck stream =
            new StreamCheck(directory, checkpoint, section, findings, segments)) {
          stream.run();
        }
      }
    }
    long strangers = checkpoint.isIntact() ? segments.strangers() : 0;
    if (strangers > 0) {
      findings.note(
          strangers
              + " files in segments are named by no checkpoint; a start removes them, their"
              + " messages are in the log");
    }
  }

  @Override
  public void close() throws IOException {
    try (CheckpointScan first = original;
        CheckpointScan second = copy) {
      original = null;
      copy = null;
    }
  }
}
