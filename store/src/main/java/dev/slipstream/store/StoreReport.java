// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.store;

import java.util.List;

/**
 * What a {@link StoreCheck} found.
 *
 * @param parts the files, then the streams, in the order in which they were read
 * @param damages what is damaged; the first 1000, what lies together as one
 * @param damagesLeftOff how many more there are
 * @param notes what a start will find and put right, or drop because nobody was told of it
 */
public record StoreReport(
    List<Part> parts, List<StoreDamage> damages, long damagesLeftOff, List<String> notes) {

  /**
   * One file, or what a stream has in segment files.
   *
   * @param file the file below the directory {@code slipstream}; empty for a stream
   * @param assetId the stream; {@link StoreDamage#NO_ASSET} for a file
   * @param records how many records, sections or messages are intact or can be told
   * @param bytes how many bytes were verified
   * @param damaged how many records, messages or ranges are damaged
   */
  public record Part(String file, long assetId, long records, long bytes, long damaged) {}

  /** Whether everything is what was written. */
  public boolean isSound() {
    return damages.isEmpty();
  }
}
