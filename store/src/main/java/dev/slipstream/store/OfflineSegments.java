// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.store;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * The segment files of a directory by their numbers, which is how a checkpoint names them: the
 * other part of a name says whose file it is.
 */
final class OfflineSegments {
  private static final String NAME = "[0-9]{1,18}\\.[0-9]{1,18}";

  private final Path directory;
  private final Map<Long, Path> byNumber = new HashMap<>();
  private final Set<Long> asked = new HashSet<>();

  /** Lists the files. */
  OfflineSegments(StoreDirectory home) throws IOException {
    directory = home.segments;
    if (home.disk.exists(directory)) {
      for (Path path : home.disk.list(directory)) {
        String name = path.getFileName().toString();
        if (name.matches(NAME)) {
          byNumber.put(Long.parseLong(name.substring(name.indexOf('.') + 1)), path);
        }
      }
    }
  }

  /** The file of a number; as it would be called when it is the stream's own and is missing. */
  Path path(long assetId, long number) {
    asked.add(number);
    Path known = byNumber.get(number);
    return known == null ? new SegmentFile(directory, assetId, number).path : known;
  }

  /** How many files there are that nobody has asked for. */
  long strangers() {
    return byNumber.keySet().stream().filter(number -> !asked.contains(number)).count();
  }
}
