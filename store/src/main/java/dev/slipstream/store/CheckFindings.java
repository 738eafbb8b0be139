// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.store;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Collects what a {@link StoreCheck} finds, within bounds. */
final class CheckFindings {
  private static final int MOST = 1000;

  private final Path home;
  private final StoreCheck.Progress progress;
  private final List<StoreDamage> damages = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();
  private final List<StoreReport.Part> parts = new ArrayList<>();
  private long leftOff;
  private long read;
  private long total;

  CheckFindings(Path home, StoreCheck.Progress progress) {
    this.home = home;
    this.progress = progress;
  }

  /** A path as it is shown. */
  String name(Path path) {
    return home.relativize(path).toString().replace('\\', '/');
  }

  void damaged(StoreDamage damage) {
    int last = damages.size() - 1;
    if (last >= 0 && damages.get(last).meets(damage)) {
      damages.set(last, damages.get(last).with(damage));
    } else if (damages.size() < MOST) {
      damages.add(damage);
    } else {
      leftOff++;
    }
  }

  /** A damaged range that is nobody's. */
  void damaged(Path file, long from, long to, String what) {
    damaged(new StoreDamage(name(file), from, to, StoreDamage.NO_ASSET, 0, 0, what));
  }

  void note(String text) {
    if (notes.size() < MOST) {
      notes.add(text);
    }
  }

  void part(Path file, long records, long bytes, long damaged) {
    parts.add(new StoreReport.Part(name(file), StoreDamage.NO_ASSET, records, bytes, damaged));
  }

  void stream(long assetId, long records, long bytes, long damaged) {
    parts.add(new StoreReport.Part("", assetId, records, bytes, damaged));
  }

  /** So many bytes are to be read in all. */
  void expect(long bytes) {
    total += bytes;
  }

  /** So many more bytes were read. */
  void advance(long bytes) {
    read += bytes;
    progress.read(Math.min(read, total), total);
  }

  StoreReport report() {
    return new StoreReport(List.copyOf(parts), List.copyOf(damages), leftOff, List.copyOf(notes));
  }
}
