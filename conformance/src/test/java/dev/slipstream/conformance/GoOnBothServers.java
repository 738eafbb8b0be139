// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.conformance;

import dev.slipstream.testkit.ForeignPrograms;
import dev.slipstream.testkit.ServerProcess;
import java.io.IOException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Checks our client and the public Go client against each other, on the public server and ours. */
abstract class GoOnBothServers {
  private final Tools tools = Tools.find();
  final ForeignProgram go = ForeignProgram.all(tools.foreign()).get(0);

  @BeforeEach
  void programsAreThere() {
    tools.missing().ifPresent(ForeignPrograms::absent);
    if (!go.isBuilt()) {
      ForeignPrograms.absent("the go program is not built");
    }
  }

  @Test
  void onThePublicServerBothSeeTheSame() throws IOException {
    try (ServerProcess server = tools.startPublic()) {
      check(server);
    }
  }

  @Test
  void onOurServerBothSeeTheSame() throws IOException {
    try (ServerProcess server = tools.startOurs()) {
      check(server);
    }
  }

  /** What the two clients see of each other on a server without streams. */
  abstract void check(ServerProcess server) throws IOException;
}
