// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.server;

import dev.slipstream.base.Clock;
import dev.slipstream.base.Disk;
import dev.slipstream.server.config.JetStreamConfig;
import dev.slipstream.store.Store;
import dev.slipstream.store.StoreException;
import dev.slipstream.store.StoreLockedException;
import dev.slipstream.store.StoreOptions;
import java.nio.file.Path;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A store, and the settings by which it was opened.
 *
 * <p>A server without a configured directory takes the first of a few numbered ones below the
 * system's temporary directory that no other server runs on: several can be started side by side,
 * as harnesses do with the public server, which locks nothing. One that runs alone finds its data
 * again.
 *
 * @param store open, without its threads
 * @param settings with the directory that it has
 */
record OpenedStore(Store store, JetStreamConfig settings) {
  private static final Logger LOG = LoggerFactory.getLogger("dev.slipstream.server");
  private static final int MOST_TEMPORARY = 64;

  /**
   * Opens the store of a configuration.
   *
   * @throws StoreLockedException when another server runs on the directory, or on all temporary
   *     ones
   */
  static OpenedStore open(JetStreamConfig settings, StoreOptions options) throws StoreException {
    if (!settings.isTemporary()) {
      return opened(settings, options);
    }
    Path first = storeDirectory(settings);
    for (int number = 1; ; number++) {
      Path directory =
          number == 1 ? first : first.resolveSibling(first.getFileName() + "-" + number);
      try {
        OpenedStore opened = opened(settings.withStoreDir(directory), options);
        LOG.warn(
            "Temporary storage directory used, data could be lost on system reboot: {}",
            opened.settings().directory());
        return opened;
      } catch (StoreLockedException inUse) {
        if (number == MOST_TEMPORARY) {
          throw inUse;
        }
      }
    }
  }

  private static OpenedStore opened(JetStreamConfig settings, StoreOptions options)
      throws StoreException {
    Path directory = storeDirectory(settings);
    return new OpenedStore(Store.open(options, Disk.system(), directory, Clock.system()), settings);
  }

  private static Path storeDirectory(JetStreamConfig settings) {
    return Objects.requireNonNull(settings.directory().toAbsolutePath().getParent());
  }
}
