// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import dev.slipstream.testkit.ServerProcess;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** A server for all tests of a class, which leave it running. */
final class SharedServer implements BeforeAllCallback, AfterAllCallback {
  private @Nullable ServerProcess server;

  @Override
  public void beforeAll(ExtensionContext context) {
    server = TestServer.started();
  }

  @Override
  public void afterAll(ExtensionContext context) {
    if (server != null) {
      server.close();
      server = null;
    }
  }

  String url() {
    return running().url();
  }

  int port() {
    return running().port();
  }

  private ServerProcess running() {
    return Objects.requireNonNull(server, "the server runs while the tests of a class do");
  }
}
