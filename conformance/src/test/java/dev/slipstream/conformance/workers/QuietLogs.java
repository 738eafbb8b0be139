// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.conformance.workers;

import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Keeps to itself what client and workers log of the thousand crashes that a class causes. */
final class QuietLogs implements BeforeAllCallback, AfterAllCallback {
  private final Logger logger = Logger.getLogger("dev.slipstream");
  private @Nullable Level before;

  @Override
  public void beforeAll(ExtensionContext context) {
    before = logger.getLevel();
    logger.setLevel(Level.OFF);
  }

  @Override
  public void afterAll(ExtensionContext context) {
    logger.setLevel(before);
  }
}
