// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.bench.workers;

import dev.slipstream.bench.Median;
import dev.slipstream.bench.ProcessFigures;
import dev.slipstream.bench.ServerCommand;
import dev.slipstream.client.JetStream;
import dev.slipstream.client.JsMessage;
import dev.slipstream.client.NatsClient;
import dev.slipstream.protocol.api.AckPolicy;
import dev.slipstream.protocol.api.ConsumerConfig;
import dev.slipstream.protocol.api.ConsumerInfo;
import dev.slipstream.protocol.api.StreamConfig;
import dev.slipstream.testkit.ServerProcess;
import dev.slipstream.worker.ChildSpec;
import dev.slipstream.worker.Init;
import dev.slipstream.worker.PullWorker;
import dev.slipstream.worker.Reply;
import dev.slipstream.worker.Supervisor;
import dev.slipstream.worker.SupervisorSpec;
import dev.slipstream.worker.WorkerOptions;
import dev.slipstream.worker.Workers;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;

/**
 * What workers cost and how fast they are: {@code bench/run workers.WorkerFigures [PART] [ROUNDS]
 * [COMMAND]}.
 *
 * <p>PART is {@code one} (a worker with one message at a time beside a {@link RoundTrip}), {@code
 * parallel} (eight handlers that wait 1 ms), {@code many} (1,000 workers), {@code restart} (from a
 * handler that throws to the next life's {@code init}) or {@code all}; COMMAND runs the server, the
 * public one by default, with {dir} and {port} to be filled in. Printed are medians of ROUNDS, 5 by
 * default; the first two rounds are not counted.
 */
public final class WorkerFigures {
  private static final int WARM_UP = 2;
  private static final int ONE_BY_ONE = 20_000;
  private static final int PARALLEL = 20_000;
  private static final int HANDLERS = 8;
  private static final int WORKERS = 1_000;
  private static final int RESTARTS = 200;
  private static final long WAIT_NANOS = 1_000_000;
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final NatsClient client;
  private final String url;
  private final int rounds;
  private int consumers;

  private WorkerFigures(NatsClient client, String url, int rounds) {
    this.client = client;
    this.url = url;
    this.rounds = rounds;
  }

  /** Runs the parts. */
  public static void main(String[] arguments) throws Exception {
    String part = arguments.length > 0 ? arguments[0] : "all";
    int rounds = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 5;
    try (ServerProcess server = ServerCommand.start(arguments.length > 2 ? arguments[2] : "");
        NatsClient client = NatsClient.connect(server.url())) {
      WorkerFigures figures = new WorkerFigures(client, server.url(), rounds);
      boolean all = part.equals("all");
      if (all || part.equals("one")) {
        figures.one();
      }
      if (all || part.equals("parallel")) {
        figures.parallel();
      }
      if (all || part.equals("many")) {
        figures.many();
      }
      if (all || part.equals("restart")) {
        figures.restart();
      }
    }
  }

  private void one() throws IOException, InterruptedException {
    fill("ONE", ONE_BY_ONE);
    double[] bare = new double[rounds];
    double[] pings = new double[rounds];
    double[] worker = new double[rounds];
    double[] cpu = new double[rounds];
    for (int round = -WARM_UP; round < rounds; round++) {
      double most = bareRate();
      double pinged = pingRate();
      Counted counted = new Counted(ONE_BY_ONE, 0);
      long cpuBefore = cpuNanos();
      double ours = rate(options("ONE"), counted, ONE_BY_ONE);
      double cpuMicros = (cpuNanos() - cpuBefore) / 1e3 / ONE_BY_ONE;
      if (round >= 0) {
        bare[round] = most;
        pings[round] = pinged;
        worker[round] = ours;
        cpu[round] = cpuMicros;
      }
    }
    print(
        "one worker, one message at a time: %,.0f/s, %.1f µs of this process a message; a thread that pings through the same client"
            + " %,.0f/s (%.2f of that); the same frames through a bare socket %,.0f/s (%.2f)",
        Median.of(worker),
        Median.of(cpu),
        Median.of(pings),
        Median.of(worker) / Median.of(pings),
        Median.of(bare),
        Median.of(worker) / Median.of(bare));
  }

  private static long cpuNanos() {
    return ProcessFigures.cpuNanos(ProcessHandle.current().pid());
  }

  /** Round trips that one thread makes through the client, without a stream behind them. */
  private double pingRate() {
    long began = System.nanoTime();
    for (int i = 0; i < ONE_BY_ONE; i++) {
      client.flush(PATIENCE);
    }
    return ONE_BY_ONE * 1e9 / (System.nanoTime() - began);
  }

  private double bareRate() throws IOException {
    try (RoundTrip trips = new RoundTrip(url)) {
      return trips.run("ONE", consumer("ONE"), ONE_BY_ONE);
    }
  }

  private void parallel() throws InterruptedException {
    fill("EIGHT", PARALLEL);
    double[] rates = new double[rounds];
    double[] waits = new double[rounds];
    for (int round = -WARM_UP; round < rounds; round++) {
      Counted counted = new Counted(PARALLEL, WAIT_NANOS);
      double rate = rate(options("EIGHT").parallelism(HANDLERS).batchSize(64), counted, PARALLEL);
      if (round >= 0) {
        rates[round] = rate;
        waits[round] = counted.handling.sum() / (double) PARALLEL;
      }
    }
    double wait = Median.of(waits);
    double most = HANDLERS * 1e9 / wait;
    print(
        "%d handlers that take %.3f ms: %,.0f/s, %.2f of %,.0f/s",
        HANDLERS, wait / 1e6, Median.of(rates), Median.of(rates) / most, most);
  }

  /** From the start of a worker to its last message; messages a second. */
  private double rate(WorkerOptions.Builder options, Counted counted, int messages)
      throws InterruptedException {
    counted.options = options.build();
    try (Workers workers = Workers.create()) {
      long began = System.nanoTime();
      workers.start(counted);
      counted.done.await();
      return messages * 1e9 / (System.nanoTime() - began);
    }
  }

  private void many() throws InterruptedException {
    fill("MANY", 0);
    String consumer = consumer("MANY");
    double[] heap = new double[rounds];
    double[] start = new double[rounds];
    double[] stop = new double[rounds];
    for (int round = -WARM_UP; round < rounds; round++) {
      Counted counted = new Counted(WORKERS, 0);
      counted.options = options("MANY", consumer).build();
      long before = usedHeap();
      try (Workers workers = Workers.create()) {
        SupervisorSpec spec = Supervisor.oneForOne();
        for (int i = 0; i < WORKERS; i++) {
          spec = spec.child(ChildSpec.of(counted).id("w" + i));
        }
        long began = System.nanoTime();
        Supervisor tree = spec.start(workers);
        counted.connected.await();
        double started = (System.nanoTime() - began) / 1e9;
        double bytes = (usedHeap() - before) / (double) WORKERS;
        began = System.nanoTime();
        tree.close();
        if (round >= 0) {
          start[round] = started;
          heap[round] = bytes / 1024;
          stop[round] = (System.nanoTime() - began) / 1e9;
        }
      }
    }
    print(
        "%,d workers: %.1f KiB each, all working after %.2f s, stopped after %.2f s",
        WORKERS, Median.of(heap), Median.of(start), Median.of(stop));
  }

  private static long usedHeap() {
    Runtime runtime = Runtime.getRuntime();
    for (int i = 0; i < 3; i++) {
      System.gc();
    }
    return runtime.totalMemory() - runtime.freeMemory();
  }

  private void restart() throws InterruptedException {
    fill("RESTART", RESTARTS);
    Crashing crashing = new Crashing(options("RESTART").build());
    try (Workers workers = Workers.create()) {
      Supervisor tree =
          Supervisor.oneForOne()
              .maxRestarts(2 * RESTARTS, Duration.ofSeconds(1))
              .child(crashing)
              .start(workers);
      crashing.done.await();
      tree.close();
    }
    double[] millis = new double[crashing.times.length];
    for (int i = 0; i < millis.length; i++) {
      millis[i] = crashing.times[i] / 1e6;
    }
    double first = millis[0];
    Arrays.sort(millis);
    print(
        "a crashed handler's next life begins after %.2f ms (median), %.2f ms (p99), %.2f ms (max;"
            + " the first, cold, %.2f ms)",
        Median.of(millis), millis[millis.length * 99 / 100], millis[millis.length - 1], first);
  }

  private WorkerOptions.Builder options(String stream) {
    return options(stream, consumer(stream));
  }

  private WorkerOptions.Builder options(String stream, String consumer) {
    return WorkerOptions.builder().connection(client).stream(stream).consumer(consumer);
  }

  private void fill(String stream, int messages) {
    JetStream js = client.jetStream();
    js.createStream(StreamConfig.builder(stream).subjects(stream + ".>").build());
    for (int i = 0; i < messages; i++) {
      js.publishAsync(stream + ".x", new byte[128]);
    }
    js.awaitPublished(Duration.ofMinutes(3));
  }

  private String consumer(String stream) {
    String name = "c" + ++consumers;
    ConsumerConfig config =
        ConsumerConfig.builder()
            .durableName(name)
            .ackPolicy(AckPolicy.EXPLICIT)
            .maxWaiting(2 * WORKERS)
            .build();
    client.jetStream().bindStream(stream).createConsumer(config);
    return name;
  }

  private static void print(String format, Object... figures) {
    System.out.printf(Locale.ROOT, format + "%n", figures);
  }

  /** Acknowledges all messages, after a wait if there is to be one. */
  private static final class Counted implements PullWorker<Void, Long> {
    final CountDownLatch done;
    final CountDownLatch connected = new CountDownLatch(WORKERS);
    final LongAdder handling = new LongAdder();
    volatile WorkerOptions options;
    private final AtomicInteger left;
    private final long waitNanos;

    Counted(int messages, long waitNanos) {
      this.left = new AtomicInteger(messages);
      this.done = new CountDownLatch(1);
      this.waitNanos = waitNanos;
    }

    @Override
    public Init<Long> init(Void nothing) {
      return Init.ok(0L, options);
    }

    @Override
    public Long handleConnected(ConsumerInfo consumer, Long handled) {
      connected.countDown();
      return handled;
    }

    @Override
    public Reply<Long> handleMessage(JsMessage message, Long handled) {
      if (waitNanos > 0) {
        long began = System.nanoTime();
        LockSupport.parkNanos(waitNanos);
        handling.add(System.nanoTime() - began);
      }
      if (left.decrementAndGet() == 0) {
        done.countDown();
      }
      return Reply.ack(handled + 1);
    }
  }

  /** Throws at every message, which it has acknowledged before. */
  private static final class Crashing implements PullWorker<Void, Long> {
    final long[] times = new long[RESTARTS - 1];
    final CountDownLatch done = new CountDownLatch(1);
    private final AtomicLong thrown = new AtomicLong();
    private final AtomicInteger lives = new AtomicInteger();
    private final WorkerOptions options;

    Crashing(WorkerOptions options) {
      this.options = options;
    }

    @Override
    public Init<Long> init(Void nothing) {
      int life = lives.getAndIncrement();
      if (life > 0 && life < RESTARTS) {
        times[life - 1] = System.nanoTime() - thrown.get();
      }
      return Init.ok(0L, options);
    }

    @Override
    public Reply<Long> handleMessage(JsMessage message, Long handled) {
      message.ack();
      if (lives.get() >= RESTARTS) {
        done.countDown();
        return Reply.none(handled);
      }
      thrown.set(System.nanoTime());
      throw new IllegalStateException("on purpose");
    }
  }
}
