// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.server;

import dev.slipstream.server.config.ConfigException;
import dev.slipstream.server.config.ServerConfig;
import dev.slipstream.server.config.ServerConfigBuilder;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Says how a server is to be. Either everything stands in a configuration, or the few things that
 * an embedded server needs are set here.
 */
public final class SlipstreamServerBuilder {
  private final ServerConfigBuilder settings =
      ServerConfig.builder().host("127.0.0.1").port(ServerConfig.RANDOM_PORT);
  private @Nullable ServerConfig config;
  private boolean hasSettings;
  private boolean temporary;
  private boolean listens = true;
  boolean nativeTransport = true;
  int loopCount = Math.max(1, Runtime.getRuntime().availableProcessors() / 2);
  private Consumer<SlipstreamServer> beforeReady = server -> {};
  private @Nullable ListeningSocket socket;
  private JetStreamService.@Nullable Factory factory;

  SlipstreamServerBuilder() {}

  /** Takes everything from a configuration; not together with the settings of this builder. */
  public SlipstreamServerBuilder config(ServerConfig complete) {
    config = complete;
    return this;
  }

  /** The address to listen on; 127.0.0.1 unless set. */
  public SlipstreamServerBuilder host(String host) {
    hasSettings = true;
    settings.host(host);
    return this;
  }

  /** The port to listen on; -1 lets the system choose, which it does unless set. */
  public SlipstreamServerBuilder port(int port) {
    hasSettings = true;
    settings.port(port);
    return this;
  }

  /** Listens nowhere: clients come by {@link SlipstreamServer#connectInProcess} only. */
  public SlipstreamServerBuilder noPort() {
    listens = false;
    return this;
  }

  /** Whether the server has JetStream; it has none unless set. */
  public SlipstreamServerBuilder jetStream(boolean enabled) {
    hasSettings = true;
    settings.jetStreamEnabled(enabled);
    return this;
  }

  /** The directory below which JetStream keeps its data. */
  public SlipstreamServerBuilder storeDirectory(Path directory) {
    hasSettings = true;
    settings.storeDirectory(directory);
    return this;
  }

  /** Keeps JetStream's data in a directory that is deleted when the server closes. */
  public SlipstreamServerBuilder temporaryStore() {
    hasSettings = true;
    temporary = true;
    return this;
  }

  /** How many network loops there are; half of the processors unless set. */
  public SlipstreamServerBuilder loops(int count) {
    if (count < 1) {
      throw new IllegalArgumentException("a server needs a loop, got " + count);
    }
    loopCount = count;
    return this;
  }

  /** Runs once the port is bound and JetStream has its data, before clients are let in. */
  public SlipstreamServerBuilder beforeReady(Consumer<SlipstreamServer> task) {
    beforeReady = task;
    return this;
  }

  /** Where clients connect, open already; otherwise the server opens what is configured. */
  public SlipstreamServerBuilder socket(@Nullable ListeningSocket open) {
    socket = open;
    return this;
  }

  SlipstreamServerBuilder jetStreamService(JetStreamService.Factory service) {
    factory = service;
    return this;
  }

  SlipstreamServerBuilder nativeTransport(boolean allowed) {
    nativeTransport = allowed;
    return this;
  }

  /**
   * Starts the server.
   *
   * @throws ServerStartException when it cannot start, with one line for the user
   */
  public SlipstreamServer start() {
    if (config != null && hasSettings) {
      throw new IllegalStateException("a configuration is complete: set the rest there too");
    }
    TemporaryStore store = temporary ? TemporaryStore.create() : null;
    SlipstreamServer server;
    try {
      ServerConfig complete = complete(store);
      server = new SlipstreamServer(this, complete, jetStreamOf(complete), store);
    } catch (RuntimeException failed) {
      if (store != null) {
        store.delete();
      }
      throw failed;
    }
    try {
      server.begin(listens, socket, beforeReady);
    } catch (RuntimeException failed) {
      server.close();
      throw failed;
    }
    return server;
  }

  private JetStreamService.@Nullable Factory jetStreamOf(ServerConfig complete) {
    if (!complete.jetStream().enabled()) {
      return null;
    }
    return factory == null ? EngineService::new : factory;
  }

  private ServerConfig complete(@Nullable TemporaryStore store) {
    if (config != null) {
      return config;
    }
    if (store != null) {
      settings.storeDirectory(store.directory());
    }
    try {
      return settings.build();
    } catch (ConfigException broken) {
      throw new ServerStartException(String.join("; ", broken.messages()), broken);
    }
  }
}
