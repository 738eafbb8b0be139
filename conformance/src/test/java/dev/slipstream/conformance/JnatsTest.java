// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.slipstream.conformance.JnatsCases.JnatsCase;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/**
 * Programs on the public Java client, against our server and, where it is there, the public one.
 */
class JnatsTest {

  @Test
  void everyCaseTellsItsStoryOnOurServer() throws Exception {
    try (ServerProcess ours = ServerProcess.start(Tools.find().ourCommand())) {
      for (JnatsCase each : JnatsCases.ALL) {
        assertThat(JnatsCases.run(each, ours.url())).as(each.name()).isEqualTo(each.expected());
      }
    }
  }

  @Test
  void everyCaseTellsTheSameStoryOnThePublicServer() throws Exception {
    Optional<String> missing = Tools.find().missing();
    boolean required = "1".equals(System.getenv("SLIPSTREAM_REQUIRE_FOREIGN"));
    assumeFalse(missing.isPresent() && !required, () -> missing.orElse(""));
    try (ServerProcess theirs = ServerProcess.start(Tools.find().publicCommand())) {
      for (JnatsCase each : JnatsCases.ALL) {
        List<String> story = JnatsCases.run(each, theirs.url());
        assertThat(story).as(each.name()).isEqualTo(each.expected());
      }
    }
  }
}
