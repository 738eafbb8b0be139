// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class StreamTest {
  private final EngineHarness engine = new EngineHarness(2);

  private void stream(String more) {
    assertThat(engine.api("STREAM.CREATE.S", "{\"name\":\"S\",\"subjects\":[\"s.>\"]" + more + "}"))
        .contains("\"did_create\":true");
  }

  private String info() {
    return engine.api("STREAM.INFO.S", "");
  }

  @Test
  void theSameConfigurationIsFineAndAnotherIsNot() {
    stream("");
    stream("");
    assertThat(engine.api("STREAM.CREATE.S", "{\"name\":\"S\",\"subjects\":[\"t\"]}"))
        .contains("\"err_code\":10058");
    assertThat(engine.api("STREAM.CREATE.T", "{\"name\":\"T\",\"subjects\":[\"s.*\"]}"))
        .contains("\"err_code\":10065");
    assertThat(engine.api("STREAM.CREATE.T", "{\"name\":\"U\"}")).contains("\"err_code\":10056");
    assertThat(engine.api("STREAM.CREATE.T", "{\"name\":\"T\",\"x\":1}"))
        .contains("\"err_code\":10025");
  }

  @Test
  void aMessageIdIsTakenOnceAlsoWhileTheFirstIsUnderWayAndAfterACrash() {
    stream("");
    SimulatedBus.Inbox one = engine.inbox();
    SimulatedBus.Inbox two = engine.inbox();
    byte[] headers = dev.slipstream.protocol.wire.Headers.of("Nats-Msg-Id", "a").toBytes();
    engine.bus.publish("s.1", one.subject, headers, SimulatedBus.bytes("x"));
    engine.bus.publish("s.1", two.subject, headers, SimulatedBus.bytes("x"));
    engine.simulation.runReady();
    assertThat(one.only().payload()).isEqualTo("{\"stream\":\"S\",\"seq\":1}");
    assertThat(two.only().payload()).isEqualTo("{\"stream\":\"S\",\"seq\":1,\"duplicate\": true}");
    engine.crash();
    assertThat(engine.publish("s.1", "x", "Nats-Msg-Id", "a")).contains("\"duplicate\": true");
    engine.runMillis(121_000);
    assertThat(engine.publish("s.1", "x", "Nats-Msg-Id", "a"))
        .isEqualTo("{\"stream\":\"S\",\"seq\":2}");
  }

  @Test
  void compressionIsTakenShownAndChangedAndKeptOverARestart() {
    assertThat(
            engine.api(
                "STREAM.CREATE.C",
                "{\"name\":\"C\",\"subjects\":[\"c.>\"],\"compression\":\"s2\"}"))
        .contains("\"compression\":\"s2\"");
    engine.crash();
    assertThat(engine.api("STREAM.INFO.C", "")).contains("\"compression\":\"s2\"");
    assertThat(engine.api("STREAM.UPDATE.C", "{\"name\":\"C\",\"subjects\":[\"c.>\"]}"))
        .contains("\"compression\":\"none\"");
    assertThat(engine.api("STREAM.UPDATE.C", "{\"name\":\"C\",\"compression\":\"zip\"}"))
        .contains("\"err_code\":10025", "unknown compression algorithm");
    assertThat(
            engine.api(
                "STREAM.CREATE.M",
                "{\"name\":\"M\",\"storage\":\"memory\",\"compression\":\"s2\"}"))
        .contains("\"compression\":\"s2\"", "\"storage\":\"memory\"");
  }

  @Test
  void whatIsPublishedBehindAPurgeIsCheckedBehindIt() {
    stream("");
    engine.publish("s.a", "x");
    engine.bus.publish("$JS.API.STREAM.PURGE.S", "", new byte[0], new byte[0]);
    assertThat(engine.publish("s.a", "y", "Nats-Expected-Last-Subject-Sequence", "0"))
        .isEqualTo("{\"stream\":\"S\",\"seq\":2}");
  }

  @Test
  void shorterMaximumAgeIsHeldToAtOnce() {
    stream(",\"max_age\":3600000000000");
    engine.publish("s.1", "x");
    assertThat(
            engine.api(
                "STREAM.UPDATE.S",
                "{\"name\":\"S\",\"subjects\":[\"s.>\"],\"max_age\":1000000000}"))
        .contains("\"max_age\":1000000000");
    engine.runMillis(1_200);
    assertThat(info()).contains("\"messages\":0");
  }

  @Test
  void maximumAgeHoldsAlsoWhileALongerLimitOfAMessageIsWaitedFor() {
    stream(",\"max_age\":2000000000,\"allow_msg_ttl\":true");
    engine.publish("s.1", "never", "Nats-TTL", "never");
    engine.publish("s.1", "an hour, of which 2 s are left", "Nats-TTL", "1h");
    engine.runMillis(3_000); // from here on the hour is waited for
    engine.publish("s.1", "aged");
    engine.runMillis(2_300);
    assertThat(info()).contains("\"messages\":1,");
  }

  @Test
  void messageWithALimitOfItsOwnGoesInTimeWhateverTheTimerWasSetFor() {
    stream(",\"max_age\":60000000000,\"allow_msg_ttl\":true");
    engine.publish("s.1", "by the stream's limit");
    engine.publish("s.1", "never", "Nats-TTL", "never");
    engine.publish("s.1", "soon", "Nats-TTL", "2");
    engine.runMillis(2_200);
    assertThat(info()).contains("\"messages\":2");
    engine.crash();
    engine.runMillis(60_000);
    assertThat(info()).contains("\"messages\":1,").contains("\"first_seq\":2,");
    engine.runMillis(600_000);
    assertThat(info()).contains("\"messages\":1,");
  }

  @Test
  void thousandsOfMessagesThatExpireAtOnceAllGo() {
    stream(",\"allow_msg_ttl\":true");
    for (int i = 0; i < 3_500; i++) {
      engine.publish("s." + i % 7, "x", "Nats-TTL", "1");
    }
    engine.publish("s.1", "stays");
    engine.runMillis(1_050); // no record waits for the one before longer than for the disk
    assertThat(info()).contains("\"messages\":1,").contains("\"first_seq\":3501,");
  }

  @Test
  void asyncStreamAcknowledgesWhatItHasTakenAndKeepsWhatWasSynced() {
    stream(",\"persist_mode\":\"async\"");
    assertThat(engine.publish("s.1", "kept")).isEqualTo("{\"stream\":\"S\",\"seq\":1}");
    SimulatedBus.Inbox inbox = engine.inbox();
    engine.bus.publish("s.1", inbox.subject, SimulatedBus.bytes(""), SimulatedBus.bytes("taken"));
    engine.simulation.step(); // the stream's loop; the disk's was not there yet
    assertThat(inbox.only().payload()).isEqualTo("{\"stream\":\"S\",\"seq\":2}");
    engine.crash();
    assertThat(info()).contains("\"messages\":1,").contains("\"persist_mode\":\"async\"");
    assertThat(engine.publish("s.1", "again")).isEqualTo("{\"stream\":\"S\",\"seq\":2}");
    assertThat(info()).contains("\"messages\":2,");
  }

  @Test
  void asyncStreamThatHasAcknowledgedKnowsItsDuplicates() {
    stream(",\"persist_mode\":\"async\"");
    assertThat(engine.publish("s.1", "x", "Nats-Msg-Id", "a")).contains("\"seq\":1}");
    assertThat(engine.publish("s.1", "x", "Nats-Msg-Id", "a")).contains("\"duplicate\": true");
    assertThat(info()).contains("\"messages\":1,");
  }

  @Test
  void defaultStreamAcknowledgesOnlyWhatIsSynced() {
    stream("");
    SimulatedBus.Inbox inbox = engine.inbox();
    engine.bus.publish("s.1", inbox.subject, SimulatedBus.bytes(""), SimulatedBus.bytes("taken"));
    engine.simulation.step();
    assertThat(inbox.messages).isEmpty();
    engine.simulation.runReady();
    assertThat(inbox.only().payload()).isEqualTo("{\"stream\":\"S\",\"seq\":1}");
  }

  @Test
  void expectationsAreCheckedAgainstWhatIsUnderWay() {
    stream("");
    assertThat(engine.publish("s.1", "x", "Nats-Expected-Last-Sequence", "0"))
        .contains("\"seq\":1");
    assertThat(engine.publish("s.1", "x", "Nats-Expected-Last-Sequence", "0"))
        .contains("wrong last sequence: 1");
    assertThat(engine.publish("s.2", "x", "Nats-Expected-Last-Subject-Sequence", "0"))
        .contains("\"seq\":2");
    assertThat(engine.publish("s.2", "x", "Nats-Expected-Last-Subject-Sequence", "1"))
        .contains("wrong last sequence: 2");
    assertThat(engine.publish("s.2", "x", "Nats-Expected-Stream", "T"))
        .contains("\"err_code\":10060");
    byte[] headers =
        dev.slipstream.protocol.wire.Headers.of("Nats-Expected-Last-Subject-Sequence", "0")
            .toBytes();
    SimulatedBus.Inbox one = engine.inbox();
    SimulatedBus.Inbox two = engine.inbox();
    engine.bus.publish("s.9", one.subject, headers, SimulatedBus.bytes("x"));
    engine.bus.publish("s.9", two.subject, headers, SimulatedBus.bytes("x"));
    engine.simulation.runReady();
    assertThat(one.only().payload()).contains("\"seq\":3");
    assertThat(two.only().payload()).contains("\"err_code\":10071");
  }

  @Test
  void limitsDiscardTheOldest() {
    stream(",\"max_msgs\":3,\"max_msgs_per_subject\":2");
    for (int i = 1; i <= 5; i++) {
      engine.publish("s." + (i < 4 ? "a" : "b"), "m" + i);
    }
    assertThat(info())
        .contains("\"messages\":3")
        .contains("\"first_seq\":3")
        .contains("\"last_seq\":5");
  }

  @Test
  void discardNewRefusesWhatDoesNotFit() {
    stream(",\"max_msgs\":2,\"discard\":\"new\"");
    engine.publish("s.a", "1");
    engine.publish("s.a", "2");
    assertThat(engine.publish("s.a", "3"))
        .contains("\"err_code\":10077")
        .contains("maximum messages exceeded");
  }

  @Test
  void messagesLeaveWhenTheyAreTooOldAlsoAfterARestart() {
    stream(",\"max_age\":1000000000,\"duplicate_window\":100000000");
    engine.publish("s.a", "1");
    engine.runMillis(600);
    engine.publish("s.a", "2");
    engine.runMillis(600);
    assertThat(info()).contains("\"messages\":1").contains("\"first_seq\":2");
    engine.restart();
    assertThat(info()).contains("\"messages\":1");
    engine.runMillis(700);
    assertThat(info())
        .contains("\"messages\":0")
        .contains("\"first_seq\":3")
        .contains("\"last_seq\":2");
  }

  @Test
  void purgeTakesAllAFilterASequenceOrAllButSome() {
    stream("");
    for (int i = 1; i <= 10; i++) {
      engine.publish("s." + i % 2, "m" + i);
    }
    assertThat(engine.api("STREAM.PURGE.S", "{\"filter\":\"s.1\",\"keep\":2}"))
        .contains("\"purged\":3");
    assertThat(info()).contains("\"messages\":7").contains("\"first_seq\":2");
    assertThat(engine.api("STREAM.PURGE.S", "{\"seq\":5}")).contains("\"purged\":2");
    assertThat(engine.api("STREAM.PURGE.S", "{\"keep\":1}")).contains("\"purged\":4");
    assertThat(engine.api("STREAM.PURGE.S", "{\"seq\":1,\"keep\":1}"))
        .contains("\"err_code\":10003");
    assertThat(engine.api("STREAM.PURGE.S", "")).contains("\"purged\":1");
    assertThat(info()).contains("\"first_seq\":11").contains("\"last_seq\":10");
    engine.crash();
    assertThat(info()).contains("\"first_seq\":11").contains("\"last_seq\":10");
    assertThat(engine.publish("s.1", "x")).contains("\"seq\":11");
  }

  @Test
  void messagesAreReadAndDeletedBySequenceAndSubject() {
    stream(",\"allow_direct\":true");
    engine.publish("s.a", "one", "K", "v");
    engine.publish("s.b", "two");
    assertThat(engine.api("STREAM.MSG.GET.S", "{\"seq\":1}"))
        .contains("\"subject\":\"s.a\"")
        .contains("\"data\":\"b25l\"");
    assertThat(engine.api("STREAM.MSG.GET.S", "{\"last_by_subj\":\"s.*\"}")).contains("\"seq\":2");
    assertThat(engine.api("STREAM.MSG.GET.S", "{\"seq\":9}")).contains("\"err_code\":10037");
    SimulatedBus.Got direct = engine.request("$JS.API.DIRECT.GET.S.s.a", "");
    assertThat(direct.payload()).isEqualTo("one");
    assertThat(direct.headers().first("Nats-Sequence")).isEqualTo("1");
    assertThat(direct.headers().first("K")).isEqualTo("v");
    assertThat(engine.api("STREAM.MSG.DELETE.S", "{\"seq\":1}")).contains("\"success\":true");
    assertThat(engine.api("STREAM.MSG.DELETE.S", "{\"seq\":1}")).contains("\"err_code\":10057");
    assertThat(info()).contains("\"messages\":1").contains("\"first_seq\":2");
  }

  @Test
  void deletedStreamsStayDeletedAndTheirSubjectsAreFree() {
    stream("");
    engine.publish("s.a", "one");
    assertThat(engine.api("STREAM.DELETE.S", "")).contains("\"success\":true");
    engine.crash();
    assertThat(info()).contains("\"err_code\":10059");
    assertThat(engine.bus.publish("s.a", "", SimulatedBus.bytes(""), SimulatedBus.bytes("")))
        .isZero();
    stream("");
    assertThat(engine.publish("s.a", "one")).contains("\"seq\":1");
  }

  @Test
  void memoryStreamsAreGoneAfterARestart() {
    stream(",\"storage\":\"memory\"");
    assertThat(engine.publish("s.a", "one")).contains("\"seq\":1");
    engine.restart();
    assertThat(info()).contains("\"err_code\":10059");
  }

  @Test
  void listsAndNamesAreSortedAndFiltered() {
    for (String name : new String[] {"B", "A", "C"}) {
      engine.api("STREAM.CREATE." + name, "{\"name\":\"" + name + "\"}");
    }
    assertThat(engine.api("STREAM.NAMES", "")).contains("[\"A\",\"B\",\"C\"]");
    assertThat(engine.api("STREAM.NAMES", "{\"subject\":\"B\"}")).contains("[\"B\"]");
    assertThat(engine.api("STREAM.NAMES", "{\"offset\":9}")).contains("\"streams\":null");
    assertThat(engine.api("STREAM.LIST", "")).contains("\"total\":3");
    assertThat(engine.api("INFO", "")).contains("\"streams\":3");
    assertThat(engine.unanswered("NOPE")).isTrue();
  }

  @Test
  void messageIsStoredUnderTheSubjectOfTheTransformAndPublishedAgain() {
    stream(
        ",\"subject_transform\":{\"src\":\"s.*\",\"dest\":\"p.{{partition(3,1)}}.$1\"},"
            + "\"republish\":{\"src\":\"p.*.*\",\"dest\":\"again.$2\"}");
    SimulatedBus.Inbox again = engine.bus.inbox("again.customerid2");
    engine.publish("s.customerid2", "x");
    engine.publish("s.customerid2", "y", "Key", "v");
    assertThat(again.messages).extracting(SimulatedBus.Got::payload).containsExactly("x", "y");
    SimulatedBus.Got second = again.messages.get(1);
    assertThat(second.headers().first("Key")).isEqualTo("v");
    assertThat(second.headers().first("Nats-Subject")).isEqualTo("p.2.customerid2");
    assertThat(second.headers().first("Nats-Sequence")).isEqualTo("2");
    assertThat(second.headers().first("Nats-Last-Sequence")).isEqualTo("1");
    engine.crash();
    assertThat(engine.api("STREAM.MSG.GET.S", "{\"last_by_subj\":\"p.2.customerid2\"}"))
        .contains("\"seq\":2");
    engine.publish("s.customerid2", "z");
    assertThat(engine.api("STREAM.MSG.GET.S", "{\"seq\":3}")).contains("p.2.customerid2");
  }
}
