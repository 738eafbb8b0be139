// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.bench;

import dev.slipstream.client.Consumers;
import dev.slipstream.client.Fetch;
import dev.slipstream.client.JetStream;
import dev.slipstream.client.JetStreamOptions;
import dev.slipstream.client.JsStream;
import dev.slipstream.client.Message;
import dev.slipstream.client.NatsClient;
import dev.slipstream.client.Outgoing;
import dev.slipstream.client.PullConsumer;
import dev.slipstream.client.SyncSubscription;
import dev.slipstream.protocol.api.AckPolicy;
import dev.slipstream.protocol.api.ConsumerConfig;
import dev.slipstream.protocol.api.DeliverPolicy;
import dev.slipstream.protocol.api.PurgeRequest;
import dev.slipstream.protocol.api.RetentionPolicy;
import dev.slipstream.protocol.api.StreamConfig;
import dev.slipstream.server.SlipstreamServer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.IntFunction;

/**
 * How long the operations that touch much hold the loop on which they run: a server with one loop
 * in this process is asked for a PONG every millisecond while each of them runs.
 *
 * <p>{@code LoopHoldFigures [SHARE] [ONLY]}: SHARE is the percentage of the full amounts (5 million
 * messages of a million subjects, 1 million to expire, to delete or to lose interest in, 100,000
 * redeliveries, 1,000 pulls); ONLY chooses the families whose name contains it: purge, limits,
 * views, consumers, expiry, redelivery, deletes, pulls, interest.
 */
public final class LoopHoldFigures {
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final int PAYLOAD_BYTES = 16;
  private static final int SHARDS = 5;
  private static final int WARM_SHARE = 4;

  private interface Work {
    void run() throws Exception;
  }

  private final NatsClient client;
  private final JetStream js;
  private final LoopProbe probe;
  private final int share;
  private final Consumer<String> print;

  private LoopHoldFigures(NatsClient client, LoopProbe probe, int share, Consumer<String> print) {
    this.client = client;
    this.js = client.jetStream(JetStreamOptions.defaults().timeout(PATIENCE));
    this.probe = probe;
    this.share = share;
    this.print = print;
  }

  /** Runs the measurements. */
  public static void main(String[] args) throws Exception {
    int share = args.length > 0 ? Integer.parseInt(args[0]) : 100;
    String only = args.length > 1 ? args[1] : "";
    System.out.println(
        "| while | took ms | pings | p99 ms | most ms | most, with stalls of the process |"
            + " most the loop ran |");
    System.out.println("|---|---|---|---|---|---|---|");
    List<String> families =
        List.of(
            "views",
            "consumers",
            "limits",
            "purge",
            "expiry",
            "redelivery",
            "deletes",
            "pulls",
            "interest");
    for (String family : families) {
      if (family.contains(only)) {
        run(family, Math.min(share, WARM_SHARE), line -> {}); // until it is compiled
        run(family, share, System.out::println);
      }
    }
  }

  private static void run(String family, int share, Consumer<String> print) throws Exception {
    try (SlipstreamServer server =
            SlipstreamServer.builder().jetStream(true).temporaryStore().loops(1).start();
        NatsClient client = NatsClient.connect(server.url());
        LoopProbe probe = LoopProbe.start(server.url())) {
      LoopHoldFigures figures = new LoopHoldFigures(client, probe, share, print);
      switch (family) {
        case "views" -> figures.views();
        case "consumers" -> figures.consumers();
        case "limits" -> figures.limits();
        case "purge" -> figures.purge();
        case "expiry" -> figures.expiry();
        case "redelivery" -> figures.redelivery();
        case "deletes" -> figures.deletes();
        case "pulls" -> figures.pulls();
        default -> figures.interest();
      }
    }
  }

  private int of(int full) {
    return (int) ((long) full * share / 100);
  }

  private JsStream wide(StreamConfig.Builder config) throws Exception {
    int messages = of(5_000_000);
    int subjects = of(1_000_000);
    JsStream stream = js.createStream(config.name("W").subjects("w.>").build());
    fill(messages, i -> "w." + i % SHARDS + "." + i % subjects);
    measure("nothing else happens", () -> pause(500));
    return stream;
  }

  private void fill(int messages, IntFunction<String> subject) {
    Workload.publish(client, messages, PAYLOAD_BYTES, subject);
  }

  private static Message next(SyncSubscription answers) throws InterruptedException {
    return Objects.requireNonNull(answers.poll(PATIENCE), "no answer");
  }

  private static void pause(long millis) {
    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(millis));
  }

  private void views() throws Exception {
    JsStream stream = wide(StreamConfig.builder("W").allowDirect(true));
    int messages = of(5_000_000);
    measure("STREAM.INFO, all subjects", () -> info("{\"subjects_filter\":\">\"}"));
    measure("STREAM.INFO, a fifth of them", () -> info("{\"subjects_filter\":\"w.3.*\"}"));
    measure(
        "the last of 1,000 subjects, up to the middle",
        () -> direct(lasts(1_000), ",\"up_to_seq\":" + messages / 2));
    measure("the last of 1,000 subjects", () -> direct(lasts(1_000), ""));
    measure("the last of all subjects, refused", () -> direct("\"w.>\"", ""));
    stream.purge(new PurgeRequest(0, "w.3.*", 0));
    measure("STREAM.INFO, deleted details", () -> info("{\"deleted_details\":true}"));
  }

  private static String lasts(int count) {
    StringBuilder list = new StringBuilder();
    for (int i = 0; i < count; i++) {
      list.append(i == 0 ? "" : ",").append("\"w.").append(i % SHARDS).append('.').append(i);
      list.append('"');
    }
    return list.toString();
  }

  private void info(String body) {
    Message answer = request("$JS.API.STREAM.INFO.W", body);
    if (answer.payload().length == 0) {
      throw new IllegalStateException("no answer");
    }
  }

  private Message request(String subject, String body) {
    return client.request(subject, body.getBytes(StandardCharsets.UTF_8), PATIENCE);
  }

  private void direct(String subjects, String more) throws Exception {
    String inbox = client.newInbox();
    try (SyncSubscription answers = client.subscribeSync(inbox)) {
      String body = "{\"multi_last\":[" + subjects + "]" + more + "}";
      client.publish(
          Outgoing.to("$JS.API.DIRECT.GET.W")
              .replyTo(inbox)
              .payload(body.getBytes(StandardCharsets.UTF_8)));
      while (next(answers).payload().length > 0) {
        // until the end is told
      }
    }
  }

  private void consumers() throws Exception {
    JsStream stream = wide(StreamConfig.builder("W"));
    int messages = of(5_000_000);
    Instant middle = stream.message(messages / 2).orElseThrow().time();
    for (String filter : List.of("", "w.3.77773", "w.3.1111*", "w.*.77773", "w.3.*", "w.>")) {
      String of = "a new consumer of " + (filter.isEmpty() ? "all" : filter) + ", ";
      String subject = filter.replace("1111*", "11113");
      create(stream, of + "from all", subject, Consumers.ephemeral());
      create(
          stream,
          of + "from the middle",
          subject,
          Consumers.ephemeral()
              .deliverPolicy(DeliverPolicy.BY_START_SEQUENCE)
              .optStartSeq(messages / 2));
      create(
          stream,
          of + "from a time",
          subject,
          Consumers.ephemeral().deliverPolicy(DeliverPolicy.BY_START_TIME).optStartTime(middle));
      create(
          stream,
          of + "the last",
          subject,
          Consumers.ephemeral().deliverPolicy(DeliverPolicy.LAST));
      if (!subject.isEmpty()) {
        create(
            stream,
            of + "the last of each subject",
            subject,
            Consumers.ephemeral().deliverPolicy(DeliverPolicy.LAST_PER_SUBJECT));
      }
    }
  }

  private void create(JsStream stream, String what, String filter, ConsumerConfig.Builder config)
      throws Exception {
    ConsumerConfig wanted =
        filter.isEmpty() ? config.build() : config.filterSubject(filter).build();
    PullConsumer[] made = new PullConsumer[1];
    measure(what, () -> made[0] = stream.createConsumer(wanted));
    made[0].delete();
  }

  private void limits() throws Exception {
    StreamConfig.Builder config = StreamConfig.builder("W").maxMsgsPerSubject(5);
    wide(config);
    int messages = of(5_000_000);
    js.stream("W").createConsumer(Consumers.durable("all").build());
    measure(
        "four messages a subject in place of five",
        () -> js.updateStream(config.maxMsgsPerSubject(4).build()));
    long bytes = js.stream("W").info().state().bytes();
    measure(
        "a third of the bytes less", () -> js.updateStream(config.maxBytes(bytes * 2 / 3).build()));
    measure("half the messages", () -> js.updateStream(config.maxMsgs(messages / 4).build()));
    measure("one message a subject", () -> js.updateStream(config.maxMsgsPerSubject(1).build()));
  }

  private void purge() throws Exception {
    JsStream stream = wide(StreamConfig.builder("W"));
    int messages = of(5_000_000);
    stream.createConsumer(Consumers.durable("all").build());
    stream.createConsumer(Consumers.durable("part").filterSubject("w.4.*").build());
    measure("a purge of one subject", () -> stream.purge(new PurgeRequest(0, "w.3.77773", 0)));
    measure("a purge of a fifth by filter", () -> stream.purge(new PurgeRequest(0, "w.3.*", 0)));
    measure(
        "a purge by filter that keeps a half",
        () -> stream.purge(new PurgeRequest(0, "w.2.*", messages / 10)));
    measure("a purge below a sequence", () -> stream.purge(new PurgeRequest(messages / 3, "", 0)));
    measure(
        "a purge that keeps a third", () -> stream.purge(new PurgeRequest(0, "", messages / 6)));
    fill(messages, i -> "w." + i % SHARDS + "." + i % of(1_000_000));
    measure("a purge of everything", stream::purge);
    fill(messages, i -> "w." + i % SHARDS + "." + i % of(1_000_000));
    measure("the stream is deleted", () -> js.deleteStream("W"));
  }

  private void expiry() throws Exception {
    StreamConfig.Builder config = StreamConfig.builder("W");
    int messages = of(1_000_000);
    JsStream stream = js.createStream(config.subjects("w.>").build());
    fill(messages, i -> "w." + i % SHARDS + "." + i % 1000);
    stream.createConsumer(Consumers.durable("part").filterSubject("w.4.*").build());
    measure("nothing else happens", () -> pause(500));
    measure(
        "all messages are too old",
        () -> {
          js.updateStream(
              config.maxAgeNanos(1_000_000_000L).duplicateWindowNanos(1_000_000_000L).build());
          awaitMessages(stream, 0);
        });
  }

  private void awaitMessages(JsStream stream, long most) {
    while (stream.info().state().messages() > most) {
      pause(20);
    }
  }

  private void redelivery() throws Exception {
    int messages = of(100_000);
    JsStream stream = js.createStream(StreamConfig.builder("W").subjects("w.>").build());
    fill(messages, i -> "w.x");
    PullConsumer consumer =
        stream.createConsumer(
            Consumers.durable("all")
                .maxAckPending(messages * 2)
                .ackWaitNanos(TimeUnit.SECONDS.toNanos(3))
                .build());
    long fetched = System.nanoTime();
    take(consumer, messages);
    measure("nothing else happens", () -> pause(500));
    pause(2_500 - (System.nanoTime() - fetched) / 1_000_000);
    measure(
        "all redeliveries are due at once",
        () -> {
          pause(1_000);
          take(consumer, messages);
        });
  }

  private static void take(PullConsumer consumer, int messages) {
    for (int left = messages; left > 0; ) {
      int got = 0;
      for (var unused : consumer.fetch(Fetch.of(Math.min(left, 10_000)).within(PATIENCE))) {
        got++;
      }
      left -= got;
    }
  }

  private void deletes() throws Exception {
    int messages = of(1_000_000);
    JsStream stream = js.createStream(StreamConfig.builder("W").subjects("w.>").build());
    fill(2 * messages, i -> "w." + i % 2);
    stream.createConsumer(Consumers.durable("all").build());
    measure("nothing else happens", () -> pause(500));
    measure(
        "every other message is deleted by a request of its own",
        () -> {
          ArrayDeque<CompletableFuture<Message>> asked = new ArrayDeque<>();
          for (int i = 0; i < messages; i++) {
            byte[] body =
                ("{\"seq\":" + (2L * i + 1) + ",\"no_erase\":true}")
                    .getBytes(StandardCharsets.UTF_8);
            asked.add(client.requestAsync("$JS.API.STREAM.MSG.DELETE.W", body));
            if (asked.size() > 1_000) {
              asked.remove().get();
            }
          }
          while (!asked.isEmpty()) {
            asked.remove().get();
          }
        });
    measure(
        "a consumer reads what is between",
        () -> {
          PullConsumer all =
              stream.createConsumer(Consumers.ephemeral().ackPolicy(AckPolicy.NONE).build());
          take(all, messages);
        });
    measure("STREAM.INFO, deleted details", () -> info("{\"deleted_details\":true}"));
  }

  private void pulls() throws Exception {
    JsStream stream = js.createStream(StreamConfig.builder("W").subjects("w.>").build());
    PullConsumer consumer =
        stream.createConsumer(
            Consumers.durable("all").maxWaiting(2_000).maxAckPending(10_000).build());
    int pulls = of(1_000);
    measure("nothing else happens", () -> pause(500));
    for (String what : List.of("end at once", "get a message each", "lose their consumer")) {
      String inbox = client.newInbox();
      try (SyncSubscription answers = client.subscribeSync(inbox)) {
        byte[] body = "{\"batch\":1,\"expires\":1500000000}".getBytes(StandardCharsets.UTF_8);
        measure(
            pulls + " pulls come, and " + what,
            () -> {
              for (int i = 0; i < pulls; i++) {
                client.publish(
                    Outgoing.to("$JS.API.CONSUMER.MSG.NEXT.W.all").replyTo(inbox).payload(body));
              }
              client.flush(PATIENCE);
              if (what.startsWith("get")) {
                fill(pulls, i -> "w.x");
              } else if (what.startsWith("lose")) {
                consumer.delete();
              }
              for (int i = 0; i < pulls; i++) {
                next(answers);
              }
            });
      }
    }
  }

  private void interest() throws Exception {
    int messages = of(1_000_000);
    JsStream stream =
        js.createStream(
            StreamConfig.builder("W").subjects("w.>").retention(RetentionPolicy.INTEREST).build());
    PullConsumer all = stream.createConsumer(Consumers.durable("all").build());
    PullConsumer part =
        stream.createConsumer(Consumers.durable("part").filterSubject("w.1").build());
    fill(messages, i -> "w." + i % 10);
    measure("nothing else happens", () -> pause(500));
    measure(
        "a consumer goes whose messages nobody else needs but for a tenth",
        () -> {
          all.delete();
          awaitMessages(stream, messages / 10);
        });
    measure(
        "the last consumer goes",
        () -> {
          part.delete();
          awaitMessages(stream, 0);
        });
  }

  private void measure(String what, Work work) throws Exception {
    probe.clear();
    long from = System.nanoTime();
    work.run();
    long to = System.nanoTime();
    pause(20);
    LoopProbe.Held held = probe.held(from, to);
    print.accept(
        String.format(
            Locale.ROOT,
            "| %s | %,.1f | %d | %.2f | %.2f | %.2f | %.2f |",
            what,
            (to - from) / 1e6,
            held.count(),
            held.p99(),
            held.most(),
            held.mostWithStalls(),
            held.mostRun()));
  }
}
