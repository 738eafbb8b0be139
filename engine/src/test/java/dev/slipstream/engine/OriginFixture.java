// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipstream.engine.SimulatedBus.Got;
import java.util.ArrayList;
import java.util.List;

/** A stream O that others take from, and what these have taken. */
abstract class OriginFixture {
  final EngineHarness engine = new EngineHarness(1);

  void create(String name, String fields) {
    assertThat(engine.api("STREAM.CREATE." + name, "{\"name\":\"" + name + "\"," + fields + "}"))
        .contains("\"did_create\":true");
    engine.simulation.runReady();
  }

  /** Publishes {@code m<i>} under {@code o.<i>}. */
  void publish(int first, int last) {
    for (int i = first; i <= last; i++) {
      assertThat(engine.publish("o." + i, "m" + i)).doesNotContain("error");
    }
    engine.simulation.runReady();
  }

  String info(String name) {
    return engine.api("STREAM.INFO." + name, "");
  }

  Got message(String stream, int seq) {
    return engine.request("$JS.API.DIRECT.GET." + stream, "{\"seq\":" + seq + "}");
  }

  /** The payloads of a stream that allows direct gets; "-" for a message that is not there. */
  List<String> payloads(String stream, int first, int last) {
    List<String> payloads = new ArrayList<>();
    for (int seq = first; seq <= last; seq++) {
      Got got = message(stream, seq);
      payloads.add(got.status() == 404 ? "-" : got.payload());
    }
    return payloads;
  }
}
