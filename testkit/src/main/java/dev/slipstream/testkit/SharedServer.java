// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.testkit;

import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A server for all tests of a class, which leave it running: an extension to be registered in a
 * static field.
 */
public final class SharedServer implements BeforeAllCallback, AfterAllCallback {
  private final Supplier<ServerProcess> starter;
  private @Nullable ServerProcess server;

  /** A server that {@code starter} starts when the tests of a class begin. */
  public SharedServer(Supplier<ServerProcess> starter) {
    this.starter = starter;
  }

  /** The public server with JetStream. */
  public SharedServer() {
    this(() -> ServerProcess.natsServer().jetStream().start());
  }

  @Override
  public void beforeAll(ExtensionContext context) {
    server = starter.get();
  }

  @Override
  public void afterAll(ExtensionContext context) {
    if (server != null) {
      server.close();
      server = null;
    }
  }

  /** Where it listens, as a URL. */
  public String url() {
    return running().url();
  }

  /** Where it listens. */
  public int port() {
    return running().port();
  }

  private ServerProcess running() {
    return Objects.requireNonNull(server, "the server runs while the tests of a class do");
  }
}
