// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipstream.engine.SimulatedBus.Got;
import org.junit.jupiter.api.Test;

class SubjectDeleteMarkersTest {
  private final EngineHarness engine = new EngineHarness(1);

  private void stream(String more) {
    assertThat(
            engine.api(
                "STREAM.CREATE.S",
                "{\"name\":\"S\",\"subjects\":[\"s.>\"],\"subject_delete_marker_ttl\":60000000000"
                    + more
                    + "}"))
        .contains("\"did_create\":true", "\"allow_msg_ttl\":true", "\"allow_rollup_hdrs\":true");
  }

  private Got last(String subject) {
    return engine.request("$JS.API.DIRECT.GET.S." + subject, "");
  }

  private String info() {
    return engine.api("STREAM.INFO.S", "");
  }

  @Test
  void lastMessageOfASubjectLeavesAMarkerThatLeavesNothing() {
    stream(",\"max_age\":10000000000,\"allow_direct\":true");
    engine.publish("s.a", "1");
    engine.publish("s.a", "2");
    engine.publish("s.b", "3");
    engine.runMillis(11_000);
    assertThat(info()).contains("\"messages\":2,", "\"first_seq\":4", "\"last_seq\":5");
    Got marker = last("s.a");
    assertThat(marker.payload()).isEmpty();
    assertThat(marker.headers().first("Nats-Marker-Reason")).isEqualTo("MaxAge");
    assertThat(marker.headers().first("Nats-TTL")).isEqualTo("1m0s");
    assertThat(marker.headers().first("Nats-Rollup")).isEqualTo("sub");
    engine.crash();
    assertThat(info()).contains("\"messages\":2,");
    engine.runMillis(61_000);
    assertThat(info()).contains("\"messages\":0,", "\"last_seq\":5");
  }

  @Test
  void messageThatComesInTimeIsTheLastOne() {
    stream(",\"allow_direct\":true");
    engine.publish("s.a", "1", "Nats-TTL", "100");
    engine.runMillis(99_990);
    engine.publish("s.a", "2");
    engine.runMillis(1_000);
    assertThat(last("s.a").payload()).isEqualTo("2");
    assertThat(info()).contains("\"messages\":1,", "\"last_seq\":2");
  }

  @Test
  void shorterLimitIsRaisedToThatOfTheMarkers() {
    stream(",\"allow_direct\":true");
    engine.publish("s.a", "1", "Nats-TTL", "5", "Key", "v");
    Got stored = last("s.a");
    assertThat(stored.headers().first("Nats-TTL")).isEqualTo("60");
    assertThat(stored.headers().first("Key")).isEqualTo("v");
    engine.runMillis(50_000);
    assertThat(last("s.a").payload()).isEqualTo("1");
    engine.runMillis(11_000);
    assertThat(last("s.a").headers().first("Nats-Marker-Reason")).isEqualTo("MaxAge");
  }

  @Test
  void purgeMarkerOfAKeyLeavesNoOther() {
    stream("");
    engine.publish("s.a", "", "KV-Operation", "PURGE", "Nats-Rollup", "sub", "Nats-TTL", "70");
    engine.runMillis(71_000);
    assertThat(info()).contains("\"messages\":0,", "\"last_seq\":1");
  }
}
