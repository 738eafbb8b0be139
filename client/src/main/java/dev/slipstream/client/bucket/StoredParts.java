// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client.bucket;

import dev.slipstream.client.JetStreamException;
import java.security.MessageDigest;
import java.util.Locale;

/**
 * Counts and digests the parts of an object as they come, and checks in the end that they are what
 * was stored. Owner: who takes the parts, one thread after another.
 */
final class StoredParts {
  private final ObjectInfo info;
  private final MessageDigest digest = Digests.sha256();
  private long size;
  private int chunks;

  StoredParts(ObjectInfo info) {
    this.info = info;
  }

  void add(byte[] part) {
    digest.update(part);
    size += part.length;
    chunks++;
  }

  /**
   * Checks what came.
   *
   * @throws JetStreamException when it is not what was stored
   */
  void check() {
    String found = Digests.text(digest);
    boolean same = info.digest().isEmpty() || info.digest().equals(found);
    if (!same || size != info.size() || chunks != info.chunks()) {
      throw new JetStreamException(
          String.format(
              Locale.ROOT,
              "object %s is damaged: %d bytes in %d parts of %s, where %d in %d of %s were stored",
              info.name(),
              size,
              chunks,
              found,
              info.size(),
              info.chunks(),
              info.digest()));
    }
  }
}
