// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.bench;

import dev.slipstream.client.Consumers;
import dev.slipstream.client.Consumption;
import dev.slipstream.client.JetStream;
import dev.slipstream.client.NatsClient;
import dev.slipstream.protocol.api.AckPolicy;
import dev.slipstream.protocol.api.StreamConfig;
import dev.slipstream.testkit.TemporaryDirectory;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.LongPredicate;

/**
 * How long a publish takes that comes at a fixed rate: alone, while another stream takes much and
 * the store makes checkpoints, and while a consumer catches up on a stream that is on disk only.
 *
 * <p>{@code TailLatency A B [SECONDS] [GIB]}: A and B are command lines with {dir}, {port} and, to
 * see the checkpoints, {http}. GIB is the size of the stream that is caught up on. Linux only: dd
 * drops its files from the page cache.
 */
public final class TailLatency {
  private static final int PAYLOAD_BYTES = 128;
  private static final int PER_SECOND = 500;
  private static final int BULK_BYTES = 1024;
  private static final int BULK_PER_SECOND = 15_000;
  private static final int WARM_SECONDS = 5;

  /** So long do both sides compile what 500 publishes a second and a consumer run. */
  private static final int CATCH_UP_WARM_SECONDS = 30;

  /** So many that what a publish runs is compiled behind it. */
  private static final int WARM_PER_SECOND = 10_000;

  private static final long POLL_NANOS = 20_000_000;

  private final String who;
  private final int seconds;
  private final int gibibytes;
  private final Consumer<String> print;

  private TailLatency(String who, int seconds, int gibibytes, Consumer<String> print) {
    this.who = who;
    this.seconds = seconds;
    this.gibibytes = gibibytes;
    this.print = print;
  }

  /** Runs the comparison. */
  public static void main(String[] args) throws Exception {
    if (args.length < 2) {
      throw new IllegalArgumentException("TailLatency A B [SECONDS] [GIB]");
    }
    int seconds = args.length > 2 ? Integer.parseInt(args[2]) : 20;
    int gibibytes = args.length > 3 ? Integer.parseInt(args[3]) : 10;
    Consumer<String> print = System.out::println;
    print.accept("| | while | count | p50 ms | p99 ms | most ms |");
    print.accept("|---|---|---|---|---|---|");
    for (int i = 0; i < 2; i++) {
      new TailLatency(i == 0 ? "A" : "B", seconds, gibibytes, print).run(args[i]);
    }
  }

  private void run(String command) throws Exception {
    try (TemporaryDirectory directory = TemporaryDirectory.create("tail-latency")) {
      try (MeasuredServer server = MeasuredServer.start(command, directory.path())) {
        try (NatsClient client = NatsClient.connect(server.url())) {
          JetStream js = client.jetStream();
          js.createStream(StreamConfig.builder("LIVE").subjects("live").build());
          js.createStream(StreamConfig.builder("BULK").subjects("bulk").maxBytes(1L << 30).build());
          warm(client);
          besideNothing(client);
          besideCheckpoints(client, server);
          js.deleteStream("BULK");
          fill(client);
        }
      }
      PageCache.drop(directory.path());
      try (MeasuredServer server = MeasuredServer.start(command, directory.path());
          NatsClient client = NatsClient.connect(server.url())) {
        warm(client);
        besideNothing(client);
        besideCatchingUp(client, server.url());
      }
    }
  }

  private static PacedPublisher publisher(NatsClient client, int seconds) {
    return publisher(client, PER_SECOND, seconds);
  }

  private static PacedPublisher publisher(NatsClient client, int perSecond, int seconds) {
    return new PacedPublisher(client.jetStream(), "live", PAYLOAD_BYTES, perSecond, seconds);
  }

  private static void warm(NatsClient client) {
    publisher(client, WARM_PER_SECOND, WARM_SECONDS).run();
  }

  private void besideNothing(NatsClient client) {
    PacedPublisher live = publisher(client, seconds);
    live.run();
    row("nothing else happens", live, turn -> true);
  }

  private void besideCheckpoints(NatsClient client, MeasuredServer server) throws Exception {
    PacedPublisher live = publisher(client, seconds);
    try (NatsClient other = NatsClient.connect(server.url())) {
      bulk(other, WARM_SECONDS).run();
      PacedPublisher bulk = bulk(other, seconds + 1);
      CompletableFuture<Void> bulkDone = CompletableFuture.runAsync(bulk::run);
      CompletableFuture<Void> done = CompletableFuture.runAsync(live::run);
      List<long[]> checkpoints = checkpointsUntil(done, server);
      bulkDone.join();
      String load = BULK_PER_SECOND * (BULK_BYTES >> 10) / 1024 + " MiB/s go to another stream";
      row(load, live, turn -> true);
      if (!checkpoints.isEmpty()) {
        LongPredicate during =
            turn -> checkpoints.stream().anyMatch(c -> c[0] <= turn && turn <= c[1]);
        row("that, and one of " + checkpoints.size() + " checkpoints is made", live, during);
        row("that, and none is made", live, during.negate());
      }
    }
    LogFigures log = server.logFigures();
    if (log.syncs() > 0) {
      row("a sync, all so far", log.syncs(), log.p50Micros() / 1e3, log.p99Micros() / 1e3, "");
    }
  }

  private static PacedPublisher bulk(NatsClient client, int seconds) {
    return new PacedPublisher(client.jetStream(), "bulk", BULK_BYTES, BULK_PER_SECOND, seconds);
  }

  /** When checkpoints began and ended, by what the server says about the last one. */
  private static List<long[]> checkpointsUntil(CompletableFuture<Void> done, MeasuredServer server)
      throws InterruptedException, ExecutionException {
    List<long[]> found = new ArrayList<>();
    long before = server.logFigures().checkpoints();
    while (!isDone(done)) {
      LogFigures now = server.logFigures();
      if (now.checkpoints() > before) {
        before = now.checkpoints();
        long seen = System.nanoTime();
        found.add(new long[] {seen - now.lastCheckpointNanos() - POLL_NANOS, seen});
      }
    }
    return found;
  }

  /** Waits a moment for the end. */
  private static boolean isDone(CompletableFuture<Void> done)
      throws InterruptedException, ExecutionException {
    try {
      done.get(POLL_NANOS, TimeUnit.NANOSECONDS);
      return true;
    } catch (TimeoutException notYet) {
      return false;
    }
  }

  private void fill(NatsClient client) {
    client.jetStream().createStream(StreamConfig.builder("OLD").subjects("old").build());
    Workload.publish(client, gibibytes << 20, BULK_BYTES, i -> "old");
  }

  private void besideCatchingUp(NatsClient client, String url) throws Exception {
    PacedPublisher live = publisher(client, seconds);
    AtomicLong bytes = new AtomicLong();
    try (NatsClient other = NatsClient.connect(url);
        Consumption catchingUp =
            other.jetStream().stream("OLD")
                .createConsumer(Consumers.ephemeral().ackPolicy(AckPolicy.NONE).build())
                .consume(message -> bytes.addAndGet(message.payload().length))) {
      publisher(client, CATCH_UP_WARM_SECONDS).run();
      long before = bytes.get();
      long began = System.nanoTime();
      live.run();
      long seen = bytes.get();
      double rate = (seen - before) / 1048576.0 / ((System.nanoTime() - began) / 1e9);
      String beside =
          seen < (long) gibibytes << 30
              ? String.format(Locale.ROOT, "a consumer catches up, %.0f MiB/s from disk", rate)
              : "a consumer caught up too soon: nothing is measured, give it more GIB";
      row(beside, live, turn -> true);
    }
  }

  private void row(String beside, PacedPublisher live, LongPredicate turnFits) {
    long[] sorted = live.latenciesNanos(turnFits);
    if (sorted.length > 0) {
      row(
          beside,
          sorted.length,
          sorted[sorted.length / 2] / 1e6,
          sorted[(int) (sorted.length * 0.99)] / 1e6,
          String.format(Locale.ROOT, "%.1f", sorted[sorted.length - 1] / 1e6));
    }
  }

  private void row(String what, long count, double p50Millis, double p99Millis, String most) {
    print.accept(
        String.format(
            Locale.ROOT,
            "| %s | %s | %d | %.2f | %.2f | %s |",
            who,
            what,
            count,
            p50Millis,
            p99Millis,
            most));
  }
}
