// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.store;

import dev.slipstream.base.DiskFile;
import dev.slipstream.protocol.wire.OutputBuffer;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * One of the two checkpoint files, verified piece by piece without having it in memory; the other
 * way to read one is {@link CheckpointFile}.
 */
final class CheckpointScan implements Closeable {
  private static final int CHUNK_BYTES = 64 << 10;
  private static final int CRC_BYTES = Integer.BYTES;

  /** Where one asset's section lies in the file. */
  record Section(
      long assetId, long position, long from, long to, int snapshotLength, int manifestLength) {

    long snapshotFrom() {
      return from + CheckpointFile.SECTION_BYTES;
    }

    long manifestFrom() {
      return snapshotFrom() + Math.max(0, snapshotLength);
    }

    long manifestTo() {
      return manifestFrom() + Math.max(0, manifestLength);
    }
  }

  final Path path;

  /** Reads the file. */
  final FileWindow window;

  /** The sections that are intact. */
  final List<Section> sections = new ArrayList<>();

  private final DiskFile file;
  private final CheckFindings findings;
  private final CRC32C crc = new CRC32C();
  private boolean headerIntact;
  private long damaged;
  private long position;
  private int generation;

  /** Verifies an open file. */
  CheckpointScan(Path path, DiskFile file, CheckFindings findings) throws IOException {
    this.path = path;
    this.file = file;
    this.findings = findings;
    this.window = new FileWindow(file);
    readHeader();
    readSections();
    findings.part(path, sections.size(), window.size(), damaged);
  }

  boolean isIntact() {
    return damaged == 0;
  }

  /** Whether the position is known. */
  boolean isHeaderIntact() {
    return headerIntact;
  }

  long position() {
    return position;
  }

  int generation() {
    return generation;
  }

  /** Whether two files that are intact say the same. */
  boolean isSame(CheckpointScan other) throws IOException {
    return position == other.position
        && generation == other.generation
        && window.size() == other.window.size()
        && crc(0, window.size()) == other.crc(0, window.size());
  }

  /** The highest position up to which an asset is contained. */
  long highestPosition() {
    return sections.stream().mapToLong(Section::position).reduce(position, Math::max);
  }

  /** The section of an asset; null when it has none. */
  @Nullable Section section(long assetId) {
    int low = 0; // sections are in ascending order, and few checkpoints have many
    int high = sections.size() - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      long at = sections.get(middle).assetId;
      if (at == assetId) {
        return sections.get(middle);
      }
      if (at < assetId) {
        low = middle + 1;
      } else {
        high = middle - 1;
      }
    }
    return null;
  }

  private void readHeader() throws IOException {
    int bytes = CheckpointFile.HEADER_BYTES;
    if (!window.has(0, bytes)) {
      damage(0, window.size(), StoreDamage.NO_ASSET, "the file is cut");
      return;
    }
    int at = window.index(0, bytes);
    byte[] header = window.bytes();
    int crcAt = at + bytes - CRC_BYTES;
    headerIntact =
        OutputBuffer.getLong(header, at) == CheckpointFile.MAGIC
            && OutputBuffer.getInt(header, at + 8) == CheckpointFile.VERSION
            && OutputBuffer.getInt(header, crcAt)
                == RecordHeader.crc(crc, header, at, bytes - CRC_BYTES);
    if (!headerIntact) {
      damage(0, bytes, StoreDamage.NO_ASSET, "the header");
      return;
    }
    generation = OutputBuffer.getInt(header, at + 12);
    position = OutputBuffer.getLong(header, at + 16);
    long all = OutputBuffer.getLong(header, at + 24);
    if (all != window.size() - bytes) {
      damage(
          Math.min(window.size(), bytes + all),
          window.size(),
          StoreDamage.NO_ASSET,
          "the file has " + (window.size() - bytes) + " bytes of sections, not " + all);
    }
  }

  private void readSections() throws IOException {
    long at = CheckpointFile.HEADER_BYTES;
    while (at < window.size()) {
      Section section = lengths(at);
      if (section == null) {
        damage(at, window.size(), StoreDamage.NO_ASSET, "sections that cannot be told apart");
        return;
      }
      if (crc(section.from, section.to - CRC_BYTES) == intAt(section.to - CRC_BYTES)) {
        sections.add(section);
      } else {
        damage(section.from, section.to, section.assetId, "a section");
      }
      at = section.to;
      findings.advance(section.to - section.from);
    }
    sections.sort((a, b) -> Long.compare(a.assetId, b.assetId));
  }

  private @Nullable Section lengths(long from) throws IOException {
    if (!window.has(from, CheckpointFile.SECTION_BYTES + CRC_BYTES)) {
      return null;
    }
    int at = window.index(from, CheckpointFile.SECTION_BYTES);
    byte[] bytes = window.bytes();
    int snapshot = OutputBuffer.getInt(bytes, at + 16);
    int manifest = OutputBuffer.getInt(bytes, at + 20);
    long length =
        (long) CheckpointFile.SECTION_BYTES + Math.max(0, snapshot) + Math.max(0, manifest);
    if (snapshot < CheckpointFile.NONE
        || manifest < CheckpointFile.NONE
        || !window.has(from, length + CRC_BYTES)) {
      return null;
    }
    return new Section(
        OutputBuffer.getLong(bytes, at),
        OutputBuffer.getLong(bytes, at + 8),
        from,
        from + length + CRC_BYTES,
        snapshot,
        manifest);
  }

  private void damage(long from, long to, long assetId, String what) {
    damaged++;
    findings.damaged(new StoreDamage(findings.name(path), from, to, assetId, 0, 0, what));
  }

  private int intAt(long offset) throws IOException {
    int at = window.index(offset, Integer.BYTES);
    return OutputBuffer.getInt(window.bytes(), at);
  }

  private int crc(long from, long to) throws IOException {
    crc.reset();
    for (long at = from; at < to; ) {
      int count = (int) Math.min(CHUNK_BYTES, to - at);
      int index = window.index(at, count);
      crc.update(window.bytes(), index, count);
      at += count;
    }
    return (int) crc.getValue();
  }

  @Override
  public void close() throws IOException {
    file.close();
  }

  /** A reader of what a section says of its stream's blocks. */
  ManifestReader manifest(Section section) throws IOException {
    return new ManifestReader(window, section.manifestFrom(), section.manifestTo());
  }
}
