// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipstream.testkit.Seeds;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Streams with random limits under random operations, held to a plain model after every few of them
 * and after every restart, checkpointed, clean, killed and without power.
 */
@ExtendWith(QuietLog.class)
class StreamModelTest {
  private static final String[] SUBJECTS = {"s.a", "s.a.b", "s.b", "s.c.d", "s.c.e"};
  private static final String[] TTLS = {"", "", "", "", "1", "2", "5", "20", "never"};
  private static final String[] FILTERS = {"s.>", "s.*", "s.c.*", "s.a", "s.*.b"};

  @Test
  void streamIsWhatItsModelIs() {
    Seeds.forEach(60, (seed, random) -> new Run(seed, random, false).run(120));
  }

  @Test
  @Tag("nightly")
  void streamIsWhatItsModelIsForManySeeds() {
    Seeds.forEach(10_000, (seed, random) -> new Run(seed, random, false).run(300));
  }

  @Test
  void streamAndConsumerAreWhatTheirModelIs() {
    Seeds.forEach(60, (seed, random) -> new Run(seed, random, true).run(120));
  }

  private record Stored(
      String subject, String payload, long epochNanos, long expiryNanos, int bytes) {}

  /** One stream, beside what it must be. */
  private static final class Run {
    private final FaultyEngine engine;

    /** Whether the number pending is compared, and message ids are used again behind the window. */
    private final boolean all;

    private final RandomGenerator random;
    private final long maxMsgs;
    private final long maxBytes;
    private final long maxPerSubject;
    private final long maxAgeNanos;
    private final boolean discardNew;
    private final boolean newPerSubject;
    private final long windowNanos;
    private final String filter;
    private final TreeMap<Long, Stored> messages = new TreeMap<>();
    private final Map<String, long[]> ids = new HashMap<>(); // sequence and time
    private long lastSeq;
    private int count;
    private long delivered;

    Run(long seed, RandomGenerator random, boolean all) {
      this.all = all;
      this.random = random;
      engine = new FaultyEngine(seed, random.nextBoolean() ? 4096 : 1 + random.nextInt(8));
      maxMsgs = random.nextInt(3) == 0 ? 1 + random.nextInt(30) : -1;
      maxBytes = random.nextInt(3) == 0 ? 300 + random.nextInt(3_000) : -1;
      maxPerSubject = random.nextInt(3) == 0 ? 1 + random.nextInt(5) : -1;
      discardNew = random.nextBoolean();
      newPerSubject = discardNew && maxPerSubject > 0 && random.nextBoolean();
      maxAgeNanos = random.nextInt(3) == 0 ? 1_000_000_000L * (1 + random.nextInt(20)) : 0;
      windowNanos = maxAgeNanos > 0 ? maxAgeNanos / 2 : 5_000_000_000L;
      filter = FILTERS[random.nextInt(FILTERS.length)];
    }

    void run(int steps) throws Exception {
      engine.open();
      assertThat(engine.api("STREAM.CREATE.S", config())).contains("did_create");
      assertThat(
              engine.api(
                  "CONSUMER.CREATE.S.c",
                  "{\"stream_name\":\"S\",\"config\":{\"durable_name\":\"c\",\"ack_policy\":\"none\","
                      + "\"filter_subject\":\"%s\"}}".formatted(filter)))
          .contains("\"name\":\"c\"");
      for (int step = 0; step < steps; step++) {
        step();
        if (step % 10 == 0) {
          compare();
        }
      }
      restart();
      compare();
    }

    /** A configuration of the stream; compressed or not, without meaning for the model. */
    private String config() {
      return ("{\"name\":\"S\",\"subjects\":[\"s.>\"],\"max_msgs\":%d,\"max_bytes\":%d,"
              + "\"max_msgs_per_subject\":%d,\"max_age\":%d,\"discard\":\"%s\","
              + "\"discard_new_per_subject\":%b,\"duplicate_window\":%d,"
              + "\"allow_msg_ttl\":true,\"compression\":\"%s\"}")
          .formatted(
              maxMsgs,
              maxBytes,
              maxPerSubject,
              maxAgeNanos,
              discardNew ? "new" : "old",
              newPerSubject,
              windowNanos,
              random.nextInt(3) == 0 ? "none" : "s2");
    }

    private void step() throws Exception {
      switch (random.nextInt(25)) {
        case 0 -> delete();
        case 1 -> purge();
        case 2 -> engine.runMillis(random.nextInt(3_000));
        case 3 -> {
          if (random.nextInt(3) == 0) {
            restart();
            compare();
          }
        }
        case 4 -> engine.checkpoint();
        case 5 -> consume();
        case 6 -> burst();
        case 7 -> assertThat(engine.api("STREAM.UPDATE.S", config())).contains("\"config\"");
        default -> publish();
      }
      expire();
    }

    /**
     * What is too old is gone within the time that expiry is looked at; ends at a time when no
     * message is just about to go.
     */
    private void expire() {
      engine.runMillis(1 + 2L * messages.size()); // a slice may be one of them
      while (messages.values().stream().anyMatch(this::isAboutToGo)) {
        engine.runMillis(100);
      }
      messages.values().removeIf(message -> message.expiryNanos < now());
    }

    private boolean isAboutToGo(Stored message) {
      long left = message.expiryNanos - now();
      return left > -250_000_000L && left < 50_000_000L;
    }

    private long now() {
      return engine.simulation.clock().epochNanos();
    }

    private long bytes() {
      return messages.values().stream().mapToLong(Stored::bytes).sum();
    }

    private long ofSubject(String subject) {
      return messages.values().stream().filter(m -> m.subject.equals(subject)).count();
    }

    private void publish() {
      String subject = SUBJECTS[random.nextInt(SUBJECTS.length)];
      String payload = "p".repeat(random.nextInt(random.nextInt(10) == 0 ? 500 : 40)) + ++count;
      String id = random.nextInt(4) == 0 ? "id" + random.nextInt(6) : "";
      if (!all && !id.isEmpty()) {
        id += "." + now() / windowNanos;
      }
      String ttl = TTLS[random.nextInt(TTLS.length)];
      List<String> headers = new ArrayList<>();
      if (!id.isEmpty()) {
        headers.addAll(List.of("Nats-Msg-Id", id));
      }
      if (!ttl.isEmpty()) {
        headers.addAll(List.of("Nats-TTL", ttl));
      }
      String answer = engine.publish(subject, payload, headers.toArray(String[]::new));
      check(subject, payload, id, ttl, answer);
    }

    private long expiryNanos(long time, String ttl) {
      if (ttl.equals("never")) {
        return Long.MAX_VALUE;
      }
      long aged = maxAgeNanos > 0 ? time + maxAgeNanos : Long.MAX_VALUE;
      return ttl.isEmpty() ? aged : Math.min(aged, time + Long.parseLong(ttl) * 1_000_000_000L);
    }

    /** Publishes in one go, so that checks meet what is under way. */
    private void burst() {
      List<SimulatedBus.Inbox> acks = new ArrayList<>();
      List<String> payloads = new ArrayList<>();
      String subject = SUBJECTS[random.nextInt(SUBJECTS.length)];
      for (int i = random.nextInt(12); i >= 0; i--) {
        String payload = "burst" + ++count;
        SimulatedBus.Inbox ack = engine.inbox();
        acks.add(ack);
        payloads.add(payload);
        engine.send(subject, ack.subject, payload);
        if (random.nextBoolean()) {
          engine.simulation.step();
        }
      }
      engine.simulation.runReady();
      for (int i = 0; i < acks.size(); i++) {
        check(subject, payloads.get(i), "", "", acks.get(i).only().payload());
      }
    }

    private void check(String subject, String payload, String id, String ttl, String answer) {
      long time = now();
      ids.values().removeIf(known -> known[1] < time - windowNanos);
      if (!id.isEmpty() && ids.containsKey(id)) {
        assertThat(answer)
            .isEqualTo("{\"stream\":\"S\",\"seq\":" + ids.get(id)[0] + ",\"duplicate\": true}");
        return;
      }
      int headers =
          (id.isEmpty() ? 0 : "Nats-Msg-Id: \r\n".length() + id.length())
              + (ttl.isEmpty() ? 0 : "Nats-TTL: \r\n".length() + ttl.length());
      headers += headers > 0 ? "NATS/1.0\r\n\r\n".length() : 0;
      int size = subject.length() + payload.length() + headers + (headers > 0 ? 34 : 30);
      boolean replaces = maxPerSubject > 0 && ofSubject(subject) >= maxPerSubject;
      if (discardNew) {
        int freed = replaces ? firstOf(subject).bytes : 0;
        boolean refused =
            replaces && newPerSubject
                || maxMsgs > 0 && messages.size() >= maxMsgs && !replaces
                || maxBytes > 0 && bytes() + size - freed > maxBytes;
        if (refused) {
          assertThat(answer).contains("\"err_code\":10077");
          return;
        }
      }
      lastSeq++;
      assertThat(answer).isEqualTo("{\"stream\":\"S\",\"seq\":" + lastSeq + "}");
      messages.put(lastSeq, new Stored(subject, payload, time, expiryNanos(time, ttl), size));
      if (!id.isEmpty()) {
        ids.put(id, new long[] {lastSeq, time});
      }
      enforce(subject);
    }

    private Stored firstOf(String subject) {
      return messages.values().stream().filter(m -> m.subject.equals(subject)).findFirst().get();
    }

    private void enforce(String subject) {
      while (maxPerSubject > 0 && ofSubject(subject) > maxPerSubject) {
        messages.values().remove(firstOf(subject));
      }
      while (maxMsgs > 0 && messages.size() > maxMsgs || maxBytes > 0 && bytes() > maxBytes) {
        messages.pollFirstEntry();
      }
    }

    private void delete() {
      long seq = 1 + random.nextLong(lastSeq + 2);
      String answer = engine.api("STREAM.MSG.DELETE.S", "{\"seq\":" + seq + "}");
      assertThat(answer.contains("\"success\":true")).isEqualTo(messages.remove(seq) != null);
    }

    private void purge() {
      boolean filtered = random.nextBoolean();
      String wanted = FILTERS[random.nextInt(FILTERS.length)];
      long seq = random.nextInt(3) == 0 ? 1 + random.nextLong(lastSeq + 4) : 0;
      long keep = seq == 0 && random.nextInt(2) == 0 ? random.nextInt(6) : 0;
      String request =
          "{\"filter\":\"%s\",\"seq\":%d,\"keep\":%d}".formatted(filtered ? wanted : "", seq, keep);
      String answer = engine.api("STREAM.PURGE.S", request);
      List<Long> matching = new ArrayList<>();
      messages.forEach(
          (each, message) -> {
            boolean below = seq == 0 || each < seq;
            if (below && (!filtered || matches(wanted, message.subject))) {
              matching.add(each);
            }
          });
      long most = Math.max(0, matching.size() - keep);
      matching.subList(0, (int) most).forEach(messages::remove);
      if (!filtered && seq > lastSeq + 1) {
        lastSeq = seq - 1;
      }
      assertThat(answer).as("%s", request).contains("\"purged\":" + most);
    }

    private static boolean matches(String wanted, String subject) {
      return dev.slipstream.protocol.subject.Subject.matches(subject, wanted);
    }

    /** Takes the next messages for the consumer. */
    private void consume() {
      for (SimulatedBus.Got got : engine.pull("S.c", 1 + random.nextInt(8))) {
        long expected = next(delivered + 1, m -> matches(filter, m.subject));
        assertThat(got.streamSeq()).isEqualTo(expected);
        assertThat(got.payload()).isEqualTo(messages.get(expected).payload);
        delivered = expected;
      }
      if (next(delivered + 1, m -> matches(filter, m.subject)) == 0) {
        delivered = lastSeq;
      }
    }

    private long next(long from, Predicate<Stored> wanted) {
      return messages.tailMap(from, true).entrySet().stream()
          .filter(entry -> wanted.test(entry.getValue()))
          .mapToLong(Map.Entry::getKey)
          .findFirst()
          .orElse(0);
    }

    private long lastOf(String wanted) {
      return messages.entrySet().stream()
          .filter(entry -> matches(wanted, entry.getValue().subject))
          .mapToLong(Map.Entry::getKey)
          .max()
          .orElse(0);
    }

    private void restart() throws Exception {
      switch (random.nextInt(3)) {
        case 0 -> engine.stop();
        case 1 -> engine.disk.kill();
        default -> {
          // deliveries are logged with the next commit, at the latest after some milliseconds
          engine.runMillis(20);
          engine.disk.crash(random);
        }
      }
      engine.open();
      expire();
    }

    private void compare() {
      String info = engine.api("STREAM.INFO.S", "{\"subjects_filter\":\">\"}");
      String state = info.substring(info.indexOf("\"state\""));
      assertThat(number(state, "messages")).isEqualTo(messages.size());
      assertThat(number(state, "bytes")).isEqualTo(bytes());
      assertThat(number(state, "last_seq")).isEqualTo(lastSeq);
      long first = messages.isEmpty() ? lastSeq == 0 ? 0 : lastSeq + 1 : messages.firstKey();
      assertThat(number(state, "first_seq")).isEqualTo(first);
      for (String subject : SUBJECTS) {
        if (ofSubject(subject) > 0) {
          assertThat(number(state, subject)).isEqualTo(ofSubject(subject));
        }
      }
      for (int i = 0; i < 3; i++) {
        String wanted =
            random.nextBoolean() ? FILTERS[random.nextInt(5)] : SUBJECTS[random.nextInt(5)];
        long from = 1 + random.nextLong(lastSeq + 1);
        checkGet("{\"last_by_subj\":\"" + wanted + "\"}", lastOf(wanted));
        checkGet(
            "{\"next_by_subj\":\"%s\",\"seq\":%d}".formatted(wanted, from),
            next(from, m -> matches(wanted, m.subject)));
        checkGet("{\"seq\":" + from + "}", messages.containsKey(from) ? from : 0);
      }
      String consumer = engine.api("CONSUMER.INFO.S.c", "");
      long pending =
          messages.tailMap(delivered + 1, true).values().stream()
              .filter(m -> matches(filter, m.subject))
              .count();
      if (!all) {
        return;
      }
      assertThat(number(consumer, "num_pending"))
          .as("%s behind %d", filter, delivered)
          .isEqualTo(pending);
    }

    private void checkGet(String request, long expected) {
      String answer = engine.api("STREAM.MSG.GET.S", request);
      if (expected == 0) {
        assertThat(answer).as(request).contains("\"err_code\":10037");
      } else {
        Stored stored = messages.get(expected);
        byte[] payload = SimulatedBus.bytes(stored.payload);
        assertThat(answer)
            .as(request)
            .contains("\"seq\":" + expected + ",")
            .contains("\"subject\":\"" + stored.subject + "\"")
            .contains("\"data\":\"" + Base64.getEncoder().encodeToString(payload) + "\"");
      }
    }

    private static long number(String json, String name) {
      Matcher matcher = Pattern.compile("\"" + Pattern.quote(name) + "\":(-?\\d+)").matcher(json);
      assertThat(matcher.find()).as("%s in %s", name, json).isTrue();
      return Long.parseLong(matcher.group(1));
    }
  }
}
