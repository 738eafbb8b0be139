// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import dev.slipstream.base.Clock;
import dev.slipstream.protocol.wire.Transport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** The values of {@link ClientOptions} with their defaults. Whoever has one owns it. */
final class ClientSettings implements Cloneable {
  List<String> urls = new ArrayList<>();
  Auth auth = Auth.none();
  String name = "";
  String inboxPrefix = "_INBOX.";
  BufferFull whenBufferFull = BufferFull.FAIL;
  Duration connectTimeout = Duration.ofSeconds(2);
  Duration requestTimeout = Duration.ofSeconds(5);
  Duration closeTimeout = Duration.ofSeconds(10);
  Duration pingInterval = Duration.ofSeconds(30);
  int maxPingsOut = 2;
  boolean reconnect = true;
  Duration reconnectDelay = Duration.ofMillis(250);
  Duration reconnectMaxDelay = Duration.ofSeconds(8);
  boolean retryInitialConnect;
  int bufferBytes = 8 * 1024 * 1024;
  boolean echo = true;
  boolean keepServerOrder;
  boolean ignoreDiscovered;
  @Nullable Supplier<SSLContext> tlsContexts;
  boolean tlsFirst;
  @Nullable Supplier<Map<String, String>> webSocketHeaders;
  @Nullable Supplier<Transport> transport;
  @Nullable Executor executor;
  List<Consumer<? super ClientEvent>> listeners = new ArrayList<>();
  @Nullable ClientMetrics metrics;
  List<Interceptor> interceptors = new ArrayList<>();
  Clock clock = Clock.system();
  @Nullable RandomGenerator random;
  ClientLoop.Factory loops = SelectorLoop::new;
  Supplier<String> tokens = Tokens::next;

  /** Another one with the same values. */
  @Override
  protected ClientSettings clone() {
    try {
      ClientSettings copy = (ClientSettings) super.clone();
      copy.urls = new ArrayList<>(urls);
      copy.listeners = new ArrayList<>(listeners);
      copy.interceptors = new ArrayList<>(interceptors);
      return copy;
    } catch (CloneNotSupportedException impossible) {
      throw new AssertionError(impossible);
    }
  }
}
