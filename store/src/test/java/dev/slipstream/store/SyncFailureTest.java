// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipstream.testkit.FaultyDisk;
import dev.slipstream.testkit.Seeds;
import org.junit.jupiter.api.Test;

/**
 * A sync has failed and the process is started again, while the system goes on: the page cache then
 * shows what the disk does not have, and calls it written.
 */
class SyncFailureTest {

  @Test
  void whatTheNextStartShowsIsThereAfterAPowerCut() {
    Seeds.forEach(
        200,
        (seed, random) -> {
          FaultyDisk disk = new FaultyDisk();
          SimulatedServer server =
              new SimulatedServer(disk, StoreOptions.builder().logFileBytes(1 << 20), 1, random);
          server.start();
          for (int i = 0; i < 20; i++) { // one of them is urgent
            server.append();
          }
          server.simulation.runReady();
          disk.failAt(2, FaultyDisk.Fault.IO_ERROR); // the write succeeds, the sync does not
          server.server().runCommit();
          server.simulation.runReady();
          assertThat(server.failure).isNotNull();
          server.kill();
          server.start(); // holds what is shown for acknowledged from here on
          server.crash();
          server.start();
          server.compareAll();
        });
  }
}
