// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipstream.base.Clock;
import dev.slipstream.engine.SimulatedBus.Got;
import dev.slipstream.protocol.json.Rfc3339;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** When messages that a stream puts off are made. */
class ScheduleTimesTest {
  private static final long SECOND = 1_000_000_000L;
  private static final long DAY = 86_400 * SECOND;

  private final EngineHarness engine = new EngineHarness(1);
  private final ScheduledStream stream = new ScheduledStream(engine);

  @Test
  void whatIsDueAlreadyComesAfterAQuarterOfASecond() {
    stream.create("");
    stream.schedule("s.a", "x", "@at 1970-01-01T00:00:00Z");
    engine.runMillis(200);
    assertThat(stream.isThere("s.t")).isFalse();
    engine.runMillis(100);
    assertThat(stream.last("s.t").payload()).isEqualTo("x");
  }

  @Test
  void intervalsGoOnBehindACrashWhereTheyWere() {
    stream.create("");
    stream.schedule("s.a", "x", "@every 10s");
    for (int round = 0; round < 5; round++) {
      engine.runMillis(30_000);
      engine.crash();
    }
    engine.runMillis(1_000);
    assertThat(stream.lastSeq()).isEqualTo(16);
    for (int seq = 2; seq <= 16; seq++) {
      assertThat(stream.message(seq).headers().first("Nats-Schedule-Next"))
          .isEqualTo(Rfc3339.format(Clock.instant(1_767_225_600L * SECOND + seq * 10L * SECOND)));
    }
  }

  @Test
  void whatWasMissedIsMadeUpForOnce() {
    stream.create("");
    stream.schedule("s.a", "x", "@every 10s");
    stream.schedule("s.b", "y", "0 0 * * * *");
    engine.runMillis(1_000);
    engine.restart();
    // no timer runs while the process is away
    engine.simulation.clock().advance(3 * DAY + 5 * SECOND);
    engine.crash();
    engine.runMillis(300);
    assertThat(stream.lastSeq()).isEqualTo(4);
    assertThat(stream.last("s.a").payload()).isEqualTo("x");
    engine.runMillis(9_800);
    assertThat(stream.lastSeq()).isEqualTo(5);
  }

  @Test
  void aYearOfHours() {
    stream.create("");
    stream.schedule("s.a", "x", "@hourly", "Nats-Schedule-Rollup", "sub");
    for (int month = 0; month < 12; month++) {
      engine.simulation.runFor(365 * DAY / 12);
    }
    engine.runMillis(1_000);
    assertThat(stream.info()).contains("\"messages\":2,");
    assertThat(stream.lastSeq()).isEqualTo(1 + 365 * 24);
    assertThat(stream.last("s.t").headers().first("Nats-Schedule-Next"))
        .isEqualTo("2027-01-01T01:00:00Z");
  }

  @Test
  void clocksThatAreChangedAreFollowed() {
    stream.create("");
    stream.schedule("s.a", "x", "0 30 2 * * *", "Nats-Schedule-Time-Zone", "Europe/Berlin");
    stream.schedule("s.b", "x", "0 0 9 * * *", "Nats-Schedule-Time-Zone", "America/New_York");
    for (int day = 0; day < 365; day++) {
      engine.simulation.runFor(DAY);
    }
    engine.runMillis(1_000);
    List<String> berlin = new ArrayList<>();
    List<String> newYork = new ArrayList<>();
    for (long seq = 3; seq <= stream.lastSeq(); seq++) {
      Got made = stream.message(seq);
      String next = made.headers().first("Nats-Schedule-Next");
      (made.headers().first("Nats-Scheduler").equals("s.a") ? berlin : newYork).add(next);
    }
    // once less where the clocks are put on, once more where they are put back
    assertThat(berlin).hasSize(365).doesNotHaveDuplicates();
    assertThat(berlin)
        .contains("2026-03-28T02:30:00+01:00", "2026-03-30T02:30:00+02:00")
        .contains("2026-10-25T02:30:00+02:00", "2026-10-25T02:30:00+01:00")
        .noneMatch(each -> each.startsWith("2026-03-29"));
    assertThat(newYork).hasSize(365);
    assertThat(newYork).contains("2026-03-07T09:00:00-05:00", "2026-03-08T09:00:00-04:00");
  }

  @Test
  void wallClockThatStepsIsSeenWithinAMinute() {
    stream.create("");
    stream.schedule("s.a", "x", stream.in(3_600_000));
    engine.runMillis(1_000);
    engine.simulation.clock().stepWall(3_600 * SECOND);
    engine.runMillis(61_000);
    assertThat(stream.isThere("s.t")).isTrue();
  }
}
