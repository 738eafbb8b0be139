// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.cli;

import java.nio.file.Path;
import picocli.CommandLine.Parameters;

/** The data directory that a {@code store} command looks at. */
final class StoreDirectory {
  @Parameters(
      paramLabel = "DIR",
      description =
          "The directory that the server is given with -sd (jetstream in it will do too).")
  private Path path;

  @SuppressWarnings("NullAway.Init") // picocli sets it
  StoreDirectory() {}

  Path path() {
    return path;
  }
}
