// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipstream.base.Clock;
import dev.slipstream.engine.SimulatedBus.Got;
import dev.slipstream.protocol.json.Rfc3339;

/** A stream S of the subjects under s. that puts off messages, as its clients see it. */
final class ScheduledStream {
  private final EngineHarness engine;

  ScheduledStream(EngineHarness engine) {
    this.engine = engine;
  }

  /** Creates it, with more fields of a configuration. */
  void create(String more) {
    assertThat(tryCreate(more)).contains("\"did_create\":true", "\"allow_rollup_hdrs\":true");
  }

  /** The answer to its creation. */
  String tryCreate(String more) {
    return engine.api(
        "STREAM.CREATE.S",
        "{\"name\":\"S\",\"subjects\":[\"s.>\"],\"allow_direct\":true,\"allow_msg_schedules\":true"
            + more
            + "}");
  }

  /** Publishes a schedule to the subject t under s.; answers the acknowledgement. */
  String schedule(String subject, String payload, String pattern, String... headers) {
    String[] all = new String[headers.length + 4];
    all[0] = "Nats-Schedule";
    all[1] = pattern;
    all[2] = "Nats-Schedule-Target";
    all[3] = "s.t";
    System.arraycopy(headers, 0, all, 4, headers.length);
    return engine.publish(subject, payload, all);
  }

  /** The pattern of a message that is due in so many milliseconds. */
  String in(long millis) {
    long now = engine.simulation.clock().epochNanos();
    return "@at " + Rfc3339.format(Clock.instant(now + millis * 1_000_000));
  }

  Got last(String subject) {
    return engine.request("$JS.API.DIRECT.GET.S." + subject, "");
  }

  boolean isThere(String subject) {
    return last(subject).status() != 404;
  }

  Got message(long seq) {
    return engine.request("$JS.API.DIRECT.GET.S", "{\"seq\":" + seq + "}");
  }

  String info() {
    return engine.api("STREAM.INFO.S", "");
  }

  long lastSeq() {
    return Long.parseLong(info().replaceAll(".*\"last_seq\":(\\d+),.*", "$1"));
  }
}
