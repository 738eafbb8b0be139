// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.store;

import dev.slipstream.base.Disk;
import dev.slipstream.base.DiskFile;
import dev.slipstream.protocol.wire.OutputBuffer;
import java.io.IOException;
import java.lang.System.Logger;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.TreeMap;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The checkpoint on disk, twice, so that damage to one is survived.
 *
 * <p>Big-endian: i64 magic, i32 version, i32 generation, i64 position, i64 bytes of all sections,
 * i32 CRC32C of all before; then one section an asset: i64 asset, i64 position, i32 length of the
 * snapshot, i32 length of the manifest (-1: none), both, i32 CRC32C of the section before. Source:
 * docs/data-format.md, "checkpoints".
 */
final class CheckpointFile {
  private static final Logger LOG = System.getLogger(CheckpointFile.class.getName());
  static final long MAGIC = 0x534c_4950_434b_5031L; // "SLIPCKP1"
  static final int VERSION = 1;
  static final int HEADER_BYTES = 36;
  static final int SECTION_BYTES = 24;
  static final int NONE = -1;

  /** What one asset has in a checkpoint: ranges of {@code bytes}, the first all of it. */
  record Section(
      long assetId,
      long position,
      byte[] bytes,
      int from,
      int to,
      int snapshotLength,
      int manifestLength) {

    int snapshotFrom() {
      return from + SECTION_BYTES;
    }

    int snapshotTo() {
      return snapshotFrom() + Math.max(0, snapshotLength);
    }

    boolean hasSnapshot() {
      return snapshotLength != NONE;
    }

    boolean hasManifest() {
      return manifestLength != NONE;
    }
  }

  /** A checkpoint: the position to replay from, and the sections by asset. */
  record Content(long position, int generation, TreeMap<Long, Section> sections) {

    /** The highest position up to which an asset is contained. */
    long highestPosition() {
      return sections.values().stream().mapToLong(Section::position).reduce(position, Math::max);
    }
  }

  private final StoreDirectory directory;
  private final Path[] paths;

  CheckpointFile(StoreDirectory directory) {
    this.directory = directory;
    this.paths =
        new Path[] {
          directory.home.resolve("checkpoint"), directory.home.resolve("checkpoint.copy")
        };
  }

  /** Begins a checkpoint of sections to come. */
  static OutputBuffer begin(long position, int generation) {
    OutputBuffer out = new OutputBuffer(4096);
    out.putLong(MAGIC).putInt(VERSION).putInt(generation).putLong(position).putLong(0).putInt(0);
    return out;
  }

  /** Adds the section of an asset that contains the log up to {@code position}. */
  static void add(OutputBuffer out, long position, CheckpointPart.Asset asset) {
    int from = out.length();
    out.putLong(asset.id()).putLong(position);
    int lengthAt = out.length();
    out.putInt(NONE).putInt(NONE);
    OutputBuffer snapshot = asset.snapshot();
    if (snapshot != null) {
      out.put(snapshot.array(), 0, snapshot.length());
      asset.rest().accept(out);
      out.setInt(lengthAt, out.length() - lengthAt - 2 * Integer.BYTES);
    }
    StreamManifest manifest = asset.manifest();
    if (manifest != null) {
      OutputBuffer complete = manifest.complete();
      out.setInt(lengthAt + Integer.BYTES, complete.length());
      out.put(complete.array(), 0, complete.length());
    }
    out.putInt(RecordHeader.crc(new CRC32C(), out.array(), from, out.length() - from));
  }

  /** Writes a checkpoint in place of the one before, durably. */
  void write(OutputBuffer out) throws IOException {
    RecordHeader.setLong(out.array(), 24, out.length() - HEADER_BYTES);
    out.setInt(
        HEADER_BYTES - Integer.BYTES,
        RecordHeader.crc(new CRC32C(), out.array(), 0, HEADER_BYTES - Integer.BYTES));
    byte[] bytes = out.toBytes();
    for (Path path : paths) {
      directory.replace(path, bytes);
    }
  }

  /**
   * Reads the checkpoint, and makes both files the same when one was damaged or is older.
   *
   * @return null when there never was one
   */
  @Nullable Content read() throws IOException {
    boolean any = false;
    for (Path path : paths) {
      byte[] bytes = bytes(path);
      any |= bytes != null;
      Content content = bytes == null ? null : parse(bytes);
      if (bytes != null && content != null) {
        for (Path other : paths) {
          if (!Arrays.equals(bytes, bytes(other))) {
            directory.replace(other, bytes);
          }
        }
        return content;
      }
      LOG.log(
          bytes == null ? Logger.Level.DEBUG : Logger.Level.ERROR,
          "{0} is {1}",
          path,
          bytes == null ? "not there" : "damaged");
    }
    if (any) {
      throw new StoreException(
          "the checkpoint in " + directory.home + " and its copy are damaged; nothing was changed");
    }
    return null;
  }

  private byte @Nullable [] bytes(Path path) throws IOException {
    if (!directory.disk.exists(path)) {
      return null;
    }
    try (DiskFile file = directory.disk.open(path, Disk.Access.READ)) {
      byte[] bytes = new byte[Math.toIntExact(file.size())];
      file.readFully(ByteBuffer.wrap(bytes), 0);
      return bytes;
    }
  }

  private static @Nullable Content parse(byte[] bytes) {
    CRC32C crc = new CRC32C();
    int crcAt = HEADER_BYTES - Integer.BYTES;
    if (bytes.length < HEADER_BYTES
        || OutputBuffer.getLong(bytes, 0) != MAGIC
        || OutputBuffer.getInt(bytes, 8) != VERSION
        || OutputBuffer.getInt(bytes, crcAt) != RecordHeader.crc(crc, bytes, 0, crcAt)
        || OutputBuffer.getLong(bytes, 24) != bytes.length - HEADER_BYTES) {
      return null;
    }
    TreeMap<Long, Section> sections = new TreeMap<>();
    int at = HEADER_BYTES;
    while (at < bytes.length) {
      Section section = section(bytes, at, crc);
      if (section == null) {
        return null;
      }
      sections.put(section.assetId, section);
      at = section.to;
    }
    return new Content(OutputBuffer.getLong(bytes, 16), OutputBuffer.getInt(bytes, 12), sections);
  }

  private static @Nullable Section section(byte[] bytes, int from, CRC32C crc) {
    if (bytes.length - from < SECTION_BYTES + Integer.BYTES) {
      return null;
    }
    int snapshot = OutputBuffer.getInt(bytes, from + 16);
    int manifest = OutputBuffer.getInt(bytes, from + 20);
    long length = (long) SECTION_BYTES + Math.max(0, snapshot) + Math.max(0, manifest);
    if (snapshot < NONE || manifest < NONE || length > bytes.length - from - Integer.BYTES) {
      return null;
    }
    int end = from + (int) length;
    return OutputBuffer.getInt(bytes, end) == RecordHeader.crc(crc, bytes, from, end - from)
        ? new Section(
            OutputBuffer.getLong(bytes, from),
            OutputBuffer.getLong(bytes, from + 8),
            bytes,
            from,
            end + Integer.BYTES,
            snapshot,
            manifest)
        : null;
  }
}
