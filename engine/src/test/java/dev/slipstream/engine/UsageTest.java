// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipstream.protocol.api.AccountLimits;
import dev.slipstream.testkit.Seeds;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What INFO says that an account uses, and what its limits let in. */
class UsageTest {
  private static final EngineOptions OPTIONS = EngineOptions.of("sim", "2.15.2");
  private static final List<String> NAMES = List.of("A", "B", "M");

  @Test
  void usageIsTheSumOfAllStreamsWhateverHappens() {
    Seeds.forEach(
        20,
        (seed, random) -> {
          EngineHarness server = new EngineHarness(seed);
          for (int i = 0; i < 150; i++) {
            act(server, random);
            if (i % 10 == 0) {
              checkUsage(server);
            }
          }
          server.restart();
          checkUsage(server);
          server.crash();
          checkUsage(server);
          NAMES.forEach(name -> server.api("STREAM.DELETE." + name, ""));
          assertThat(numbers(server)).containsExactly(0, 0, 0, 0, 0, 0);
        });
  }

  private static void act(EngineHarness server, RandomGenerator random) {
    String name = NAMES.get(random.nextInt(NAMES.size()));
    boolean memory = name.equals("M");
    String rest = random.nextInt(3) == 0 ? ",\"max_msgs\":" + (1 + random.nextInt(5)) : "";
    rest += random.nextInt(3) == 0 ? ",\"max_bytes\":" + (200 + random.nextInt(900)) : "";
    rest += memory ? ",\"storage\":\"memory\"" : "";
    rest += name.equals("B") ? ",\"retention\":\"interest\"" : ",\"max_age\":60000000000";
    String config = "{\"name\":\"" + name + "\",\"subjects\":[\"" + name + ".>\"]" + rest + "}";
    switch (random.nextInt(12)) {
      case 0 -> server.api("STREAM.CREATE." + name, config);
      case 1 -> server.api("STREAM.UPDATE." + name, config);
      case 2 -> {
        if (random.nextInt(5) == 0) {
          server.api("STREAM.DELETE." + name, "");
        }
      }
      case 3 ->
          server.api(
              "STREAM.PURGE." + name, "{\"filter\":\"" + name + "." + random.nextInt(3) + "\"}");
      case 4 ->
          server.api("STREAM.MSG.DELETE." + name, "{\"seq\":" + (1 + random.nextInt(40)) + "}");
      case 5 ->
          server.api(
              "CONSUMER.CREATE." + name + ".c" + random.nextInt(3),
              "{\"stream_name\":\"" + name + "\",\"config\":{\"inactive_threshold\":30000000000}}");
      case 6 -> server.api("CONSUMER.DELETE." + name + ".c" + random.nextInt(3), "");
      case 7 -> server.runMillis(random.nextInt(20_000));
      default -> publish(server, random, name);
    }
  }

  private static void publish(EngineHarness server, RandomGenerator random, String name) {
    String payload = "x".repeat(random.nextInt(200));
    String subject = name + "." + random.nextInt(3);
    byte[] headers =
        random.nextBoolean()
            ? new byte[0]
            : dev.slipstream.protocol.wire.Headers.of("A", "b").toBytes();
    server.bus.publish(subject, "", headers, SimulatedBus.bytes(payload));
    if (random.nextInt(3) > 0) {
      server.simulation.runReady();
    }
  }

  private static void checkUsage(EngineHarness server) {
    server.simulation.runReady();
    long[] expected = new long[6];
    for (String name : NAMES) {
      String info = server.api("STREAM.INFO." + name, "");
      if (info.contains("\"error\"")) {
        continue;
      }
      int kind = name.equals("M") ? 0 : 1;
      expected[kind] += number(info, "bytes");
      expected[2 + kind] += Math.max(0, number(info, "max_bytes"));
      expected[4]++;
      expected[5] += number(info, "consumer_count");
    }
    assertThat(numbers(server)).containsExactly(expected);
  }

  private static long[] numbers(EngineHarness server) {
    String info = server.api("INFO", "");
    List<Long> numbers = new ArrayList<>();
    for (String name :
        List.of(
            "memory", "storage", "reserved_memory", "reserved_storage", "streams", "consumers")) {
      numbers.add(number(info, name));
    }
    return numbers.stream().mapToLong(Long::longValue).toArray();
  }

  private static long number(String json, String name) {
    Matcher found = Pattern.compile("\"" + name + "\":(-?\\d+)").matcher(json);
    return found.find() ? Long.parseLong(found.group(1)) : 0;
  }

  private static AccountLimits limits(long memory, long file) {
    return new AccountLimits(memory, file, -1, -1, -1, -1, -1, false);
  }

  private static EngineHarness limited(String config, AccountLimits limits) {
    EngineHarness server = new EngineHarness(1, OPTIONS, limits);
    server.api("STREAM.CREATE.S", "{\"name\":\"S\",\"subjects\":[\"s.>\"]" + config + "}");
    return server;
  }

  @Test
  void publishesThatAreUnderWayCountAgainstTheLimitOfTheAccount() {
    EngineHarness server = limited("", limits(-1, 500));
    SimulatedBus.Inbox acks = server.inbox();
    for (int i = 0; i < 10; i++) { // 133 bytes each
      server.bus.publish("s.a", acks.subject, new byte[0], SimulatedBus.bytes("x".repeat(100)));
    }
    server.simulation.runReady();
    assertThat(acks.messages.stream().filter(m -> m.payload().contains("\"error\"")).count())
        .isEqualTo(7);
    assertThat(acks.messages.get(9).payload())
        .isEqualTo(
            "{\"error\":{\"code\":400,\"err_code\":10002,"
                + "\"description\":\"resource limits exceeded for account\"},"
                + "\"stream\":\"S\",\"seq\":0}");
    assertThat(numbers(server)[1]).isEqualTo(399);
  }

  @Test
  void whatMakesRoomIsWaitedFor() {
    EngineHarness server = limited(",\"max_msgs\":1", limits(-1, 300));
    SimulatedBus.Inbox acks = server.inbox();
    for (int i = 0; i < 10; i++) {
      server.bus.publish("s.a", acks.subject, new byte[0], SimulatedBus.bytes("x".repeat(100)));
    }
    server.simulation.runReady();
    assertThat(acks.messages).hasSize(10).noneMatch(m -> m.payload().contains("\"error\""));
  }

  @Test
  void streamsOfOneAccountShareItsLimitAndDeletesFreeIt() {
    EngineHarness server = limited(",\"storage\":\"memory\"", limits(250, -1));
    server.api("STREAM.CREATE.T", "{\"name\":\"T\",\"subjects\":[\"t\"],\"storage\":\"memory\"}");
    assertThat(server.publish("s.a", "x".repeat(100))).contains("\"seq\":1");
    assertThat(server.publish("t", "x".repeat(100))).contains("\"seq\":1");
    assertThat(server.publish("t", "x".repeat(100))).contains("10002");
    server.api("STREAM.DELETE.S", "");
    assertThat(server.publish("t", "x".repeat(100))).contains("\"seq\":2");
    assertThat(numbers(server)).containsExactly(234, 0, 0, 0, 1, 0);
  }

  @Test
  void serverTakesMessagesUntilItsLimitIsPassed() {
    EngineOptions options =
        new EngineOptions(
            "sim", "2.15.2", 1, "", true, 100, 100, 0, 0, 0, 0, 1 << 20, BatchLimits.DEFAULT, 4096);
    EngineHarness server = new EngineHarness(1, options, AccountLimits.UNLIMITED);
    server.api("STREAM.CREATE.S", "{\"name\":\"S\",\"subjects\":[\"s.>\"]}");
    assertThat(server.publish("s.a", "x".repeat(67))).contains("\"seq\":1"); // 100 bytes
    assertThat(server.publish("s.a", "x".repeat(200))).contains("\"seq\":2");
    assertThat(server.publish("s.a", "")).contains("10023");
    assertThat(server.publish("s.a", "", "Nats-Expected-Last-Sequence", "9")).contains("10071");
    server.api("STREAM.PURGE.S", "");
    assertThat(server.publish("s.a", "")).contains("\"seq\":3");
  }

  @Test
  void whatNobodyWantsTakesNoRoom() {
    EngineHarness server = limited(",\"retention\":\"interest\"", limits(-1, 10));
    assertThat(server.publish("s.a", "x".repeat(100))).contains("\"seq\":1");
    assertThat(server.publish("s.a", "x", "Nats-TTL", "nonsense")).contains("\"seq\":2");
  }

  @Test
  void limitComesBeforeWhatTheStreamItselfForbids() {
    EngineHarness server =
        limited(",\"allow_msg_ttl\":true,\"discard\":\"new\",\"max_msgs\":1", limits(-1, 100));
    assertThat(server.publish("s.a", "x".repeat(50))).contains("\"seq\":1");
    assertThat(server.publish("s.a", "x".repeat(50), "Nats-TTL", "nonsense")).contains("10002");
    assertThat(server.publish("s.a", "", "Nats-TTL", "nonsense")).contains("10002");
    server.api("STREAM.PURGE.S", "");
    assertThat(server.publish("s.a", "", "Nats-TTL", "nonsense")).contains("10165");
  }

  @Test
  void streamsReserveWhatTheyMayKeep() {
    EngineHarness server = limited(",\"max_bytes\":600", limits(-1, 1000));
    String other = "{\"name\":\"T\",\"subjects\":[\"t\"],\"max_bytes\":";
    assertThat(server.api("STREAM.CREATE.T", other + "401}")).contains("10047");
    assertThat(server.api("STREAM.CREATE.T", other + "400}")).contains("did_create");
    assertThat(server.api("STREAM.CREATE.T", other + "400}")).contains("did_create");
    // without max_bytes a byte must be left
    assertThat(server.api("STREAM.CREATE.U", "{\"name\":\"U\"}")).contains("10047");
    assertThat(server.api("STREAM.UPDATE.T", other + "401}")).contains("10047");
    assertThat(server.api("STREAM.UPDATE.T", other + "300}")).contains("\"max_bytes\":300");
    assertThat(server.api("STREAM.CREATE.U", "{\"name\":\"U\"}")).contains("did_create");
    server.restart();
    assertThat(numbers(server)[3]).isEqualTo(900);
    assertThat(server.api("STREAM.UPDATE.T", other + "401}")).contains("10047");
  }

  @Test
  void aStreamThatIsBeingRestoredTakesItsRoomUnseen() {
    EngineHarness server = limited("", limits(-1, 1_000_000));
    SimulatedTransfer transfer = new SimulatedTransfer(server);
    for (int i = 0; i < 300; i++) { // several frames, of which the last one is not whole yet
      server.publish("s.a", "x".repeat(300));
    }
    byte[] archive = transfer.snapshot("S", "");
    server.api("STREAM.DELETE.S", "");
    String other = "{\"name\":\"T\",\"subjects\":[\"t\"],\"max_bytes\":500000}";
    String fields = "\"subjects\":[\"s.>\"],\"max_bytes\":600000";

    String where = transfer.beginRestore("S", fields);
    transfer.send(where, Arrays.copyOf(archive, archive.length - 10));
    server.simulation.runReady();
    assertThat(server.api("STREAM.CREATE.T", other)).contains("10047");
    assertThat(numbers(server)).containsExactly(0, 0, 0, 0, 0, 0);
    server.runMillis(5_100); // its sender is gone
    assertThat(server.api("STREAM.CREATE.T", other)).contains("did_create");
    server.api("STREAM.DELETE.T", "");

    assertThat(transfer.restore(transfer.beginRestore("S", fields), archive, 100))
        .contains("\"messages\":300");
    assertThat(server.api("STREAM.CREATE.T", other)).contains("10047");
    server.crash();
    assertThat(server.api("STREAM.CREATE.T", other)).contains("10047");
    assertThat(numbers(server)).containsExactly(0, 300 * 333, 0, 600_000, 1, 0);
  }

  @Test
  void consumersOfAStreamAreLimitedWhereNobodySaysHowMany() {
    EngineOptions options =
        new EngineOptions(
            "sim", "2.15.2", 1, "", true, -1, -1, 0, 0, 2, 0, 1 << 20, BatchLimits.DEFAULT, 4096);
    EngineHarness server = new EngineHarness(1, options, AccountLimits.UNLIMITED);
    server.api("STREAM.CREATE.S", "{\"name\":\"S\",\"subjects\":[\"s.>\"]}");
    assertThat(server.createConsumer("a", "")).doesNotContain("error");
    assertThat(server.createConsumer("b", "")).doesNotContain("error");
    assertThat(server.createConsumer("c", "")).contains("10026");
    assertThat(server.createConsumer("b", "\"description\":\"x\"")).doesNotContain("error");
    server.api("STREAM.UPDATE.S", "{\"name\":\"S\",\"subjects\":[\"s.>\"],\"max_consumers\":3}");
    assertThat(server.createConsumer("c", "")).doesNotContain("error");
    assertThat(server.createConsumer("d", "")).contains("10026");
  }
}
