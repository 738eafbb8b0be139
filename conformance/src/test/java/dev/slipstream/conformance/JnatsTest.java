// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipstream.conformance.JnatsCases.JnatsCase;
import dev.slipstream.testkit.ForeignPrograms;
import dev.slipstream.testkit.ServerProcess;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Programs on the public Java client, against our server and, where it is there, the public one.
 */
class JnatsTest {

  @Test
  void everyCaseTellsItsStoryOnOurServer() throws Exception {
    try (ServerProcess ours = Tools.find().startOurs()) {
      for (JnatsCase each : JnatsCases.ALL) {
        assertThat(JnatsCases.run(each, ours.url())).as(each.name()).isEqualTo(each.expected());
      }
    }
  }

  @Test
  void everyCaseTellsTheSameStoryOnThePublicServer() throws Exception {
    Tools.find().missing().ifPresent(ForeignPrograms::absent);
    try (ServerProcess theirs = Tools.find().startPublic()) {
      for (JnatsCase each : JnatsCases.ALL) {
        List<String> story = JnatsCases.run(each, theirs.url());
        assertThat(story).as(each.name()).isEqualTo(each.expected());
      }
    }
  }
}
