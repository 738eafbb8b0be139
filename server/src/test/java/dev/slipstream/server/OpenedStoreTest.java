// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.slipstream.server.config.JetStreamConfig;
import dev.slipstream.store.Store;
import dev.slipstream.store.StoreLockedException;
import dev.slipstream.store.StoreOptions;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OpenedStoreTest {
  private static final StoreOptions OPTIONS = StoreOptions.builder().build();

  @Test
  void serversWithoutADirectoryDoNotMeet() throws Exception {
    JetStreamConfig none = JetStreamConfig.DISABLED.withEnabled(true);
    OpenedStore first = OpenedStore.open(none, OPTIONS);
    OpenedStore second = OpenedStore.open(none, OPTIONS);
    try (Store a = first.store();
        Store b = second.store()) {
      assertThat(b).isNotSameAs(a);
      assertThat(second.settings().directory()).isNotEqualTo(first.settings().directory());
    }
    OpenedStore again = OpenedStore.open(none, OPTIONS);
    try (Store same = again.store()) {
      assertThat(same).isNotNull();
      assertThat(again.settings().directory()).isEqualTo(first.settings().directory());
    }
  }

  @Test
  void aConfiguredDirectoryIsTakenOrRefused(@TempDir Path directory) throws Exception {
    JetStreamConfig configured = JetStreamConfig.DISABLED.withEnabled(true).withStoreDir(directory);
    try (Store store = OpenedStore.open(configured, OPTIONS).store()) {
      assertThat(store).isNotNull();
      assertThatExceptionOfType(StoreLockedException.class)
          .isThrownBy(() -> OpenedStore.open(configured, OPTIONS));
    }
  }
}
