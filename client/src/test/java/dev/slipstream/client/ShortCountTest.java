// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipstream.client.bucket.KeyValue;
import dev.slipstream.client.bucket.KeyValueConfig;
import dev.slipstream.protocol.wire.Transport;
import dev.slipstream.testkit.ServerProcess;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Messages that say that none is behind them while there are some, as those of the public server do
 * for a moment while messages are replaced: here all that have 10 to 99 behind them.
 */
@Timeout(60)
class ShortCountTest {
  private static final int KEYS = 100;

  @Test
  void allKeysAreFoundThoughMessagesSayThatNoneIsBehindThem() {
    try (ServerProcess server = TestServer.started();
        NatsClient nc =
            NatsClient.connect(
                ClientOptions.builder()
                    .transport(() -> new ShortCounts(new BlockingTransport(server.port())))
                    .build())) {
      KeyValue kv = KeyValue.create(nc.jetStream(), KeyValueConfig.of("short"));
      for (int i = 0; i < KEYS; i++) {
        kv.put("k" + i, "x");
      }
      assertThat(kv.keys()).hasSize(KEYS);
    }
  }

  /** Writes zeros over counts of two digits where a frame is whole. */
  private record ShortCounts(Transport within) implements Transport {
    private static final Pattern COUNT =
        Pattern.compile("(?<front>\\$JS\\.ACK\\.[^ \r\n]+\\.)\\d\\d ");

    @Override
    public void start(Receiver receiver) {
      within.start(
          new Receiver() {
            @Override
            public void onBytes(byte[] bytes, int from, int to) {
              String text = new String(bytes, from, to - from, StandardCharsets.ISO_8859_1);
              String shorter = COUNT.matcher(text).replaceAll("${front}00 ");
              receiver.onBytes(shorter.getBytes(StandardCharsets.ISO_8859_1), 0, to - from);
            }

            @Override
            public void onClosed(@Nullable Throwable cause) {
              receiver.onClosed(cause);
            }
          });
    }

    @Override
    public boolean send(byte[] bytes, int from, int to) {
      return within.send(bytes, from, to);
    }

    @Override
    public long pendingBytes() {
      return within.pendingBytes();
    }

    @Override
    public void close() {
      within.close();
    }
  }
}
