// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.bench.clients;

import dev.slipstream.bench.Median;
import dev.slipstream.bench.ProcessFigures;
import dev.slipstream.bench.ServerCommand;
import dev.slipstream.client.Consumers;
import dev.slipstream.client.JetStream;
import dev.slipstream.client.JsStream;
import dev.slipstream.client.NatsClient;
import dev.slipstream.protocol.api.AckPolicy;
import dev.slipstream.protocol.api.StreamConfig;
import dev.slipstream.testkit.JavaProgram;
import dev.slipstream.testkit.ServerProcess;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.ToDoubleFunction;

/**
 * Our client and the public Java client do the same against one server, in turns: {@code bench/run
 * clients.ClientFigures [ROUNDS] [SHARE] [ONLY] [COMMAND]}.
 *
 * <p>Each client has a process of its own, which stays, so that it is warm and neither spoils what
 * the other's compiler has learnt; the first two rounds do not count. SHARE scales the number of
 * messages (1.0 by default); ONLY is a part of the names of what to measure; COMMAND runs the
 * server, the public one by default, with {dir} and {port} to be filled in. Printed are medians:
 * messages a second, processor time of the client's process and bytes that it allocated, each a
 * message. With {@code resume} for ROUNDS it measures how long a message takes to an idle
 * consumption after the server was killed and started again.
 */
public final class ClientFigures {
  private static final int WARM_UP = 2;
  private static final int STORED = 300_000;
  private static final List<String> NAMES = List.of("jnats", "ours");

  /** One kind of work; {@code messages} at a share of 1. */
  private record Kind(String work, String shown, int messages, boolean publishes, AckPolicy acks) {}

  private static final List<Kind> KINDS =
      List.of(
          new Kind("publish-sync", "publish sync", 20_000, true, AckPolicy.NONE),
          new Kind("publish-async", "publish async, window 500", 300_000, true, AckPolicy.NONE),
          new Kind("consume-ack", "consume, explicit ack", STORED, false, AckPolicy.EXPLICIT),
          new Kind("consume", "consume, no ack", STORED, false, AckPolicy.NONE),
          new Kind("fetch", "fetch 500, explicit ack", STORED, false, AckPolicy.EXPLICIT),
          new Kind("next", "next() loop", 10_000, false, AckPolicy.EXPLICIT));

  /** What one run of one kind came to, a message. */
  private record Sample(double rate, double cpuMicros, double bytes, double serverMicros) {}

  /** All runs of one kind, by client as in {@link #NAMES}. */
  private record Row(Kind kind, List<List<Sample>> samples) {
    Row(Kind kind) {
      this(kind, List.of(new ArrayList<>(), new ArrayList<>()));
    }

    String columns(String format, ToDoubleFunction<Sample> figure) {
      double jnats = median(0, figure);
      double ours = median(1, figure);
      return String.format(
          Locale.ROOT, " | " + format + " | " + format + " | %.2f", jnats, ours, ours / jnats);
    }

    private double median(int which, ToDoubleFunction<Sample> figure) {
      return Median.of(samples.get(which).stream().mapToDouble(figure).toArray());
    }
  }

  private ClientFigures() {}

  /** Runs the comparison. */
  public static void main(String[] arguments) throws Exception {
    boolean resume = arguments.length > 0 && arguments[0].equals("resume");
    int rounds = arguments.length > 0 && !resume ? Integer.parseInt(arguments[0]) : 5;
    double share = arguments.length > 1 ? Double.parseDouble(arguments[1]) : 1;
    String only = arguments.length > 2 ? arguments[2] : "";
    try (ServerProcess server = ServerCommand.start(arguments.length > 3 ? arguments[3] : "")) {
      if (resume) {
        resume(server, Math.max(1, (int) share));
      } else {
        compare(server, rounds, share, only);
      }
    }
  }

  private static void compare(ServerProcess server, int rounds, double share, String only)
      throws Exception {
    List<Row> rows =
        KINDS.stream().filter(kind -> kind.shown().contains(only)).map(Row::new).toList();
    try (NatsClient control = NatsClient.connect(server.url());
        Turn jnats = new Turn(NAMES.get(0), server.url());
        Turn ours = new Turn(NAMES.get(1), server.url())) {
      List<Turn> turns = List.of(jnats, ours);
      fill(control.jetStream(), (int) (STORED * share));
      for (int round = 0; round < rounds + WARM_UP; round++) {
        System.err.println("round " + (round + 1) + " of " + (rounds + WARM_UP));
        for (Row row : rows) {
          for (int i = 0; i < 2; i++) {
            int which = (i + round) % 2;
            Sample sample = run(server, control.jetStream(), turns.get(which), row.kind, share);
            if (round >= WARM_UP) {
              row.samples.get(which).add(sample);
            }
          }
        }
      }
    }
    print(rows, System.out::println);
  }

  private static void fill(JetStream js, int messages) {
    js.createStream(StreamConfig.builder("full").subjects("full.>").build());
    for (int i = 0; i < messages; i++) {
      js.publishAsync("full.x", new byte[128]);
    }
    js.awaitPublished(Duration.ofMinutes(3));
  }

  private static Sample run(ServerProcess server, JetStream js, Turn turn, Kind kind, double share)
      throws IOException {
    int messages = (int) (kind.messages() * share);
    String where;
    if (kind.publishes()) {
      js.deleteStream("empty");
      js.createStream(StreamConfig.builder("empty").subjects("empty.>").build());
      where = "empty empty.x";
    } else {
      JsStream full = js.stream("full");
      full.deleteConsumer("c");
      full.createConsumer(
          Consumers.durable("c").ackPolicy(kind.acks()).maxAckPending(maxAckPending(kind)).build());
      where = "full c";
    }
    long serverCpu = ProcessFigures.cpuNanos(server.pid());
    String[] answer = turn.ask(kind.work() + " " + messages + " " + where).split(" ");
    return new Sample(
        messages / (Long.parseLong(answer[0]) / 1e9),
        Long.parseLong(answer[1]) / 1e3 / messages,
        Double.parseDouble(answer[2]) / messages,
        (ProcessFigures.cpuNanos(server.pid()) - serverCpu) / 1e3 / messages);
  }

  private static int maxAckPending(Kind kind) {
    return kind.acks() == AckPolicy.NONE ? 0 : 10_000;
  }

  private static void print(List<Row> rows, Consumer<String> line) {
    line.accept(
        "| workload | jnats/s | ours/s | ours / jnats | jnats CPU µs | ours CPU µs | ours / jnats "
            + "| jnats bytes | ours bytes | ours / jnats "
            + "| server CPU µs, jnats | ours | ours / jnats |");
    line.accept("|---|---|---|---|---|---|---|---|---|---|---|---|---|");
    for (Row row : rows) {
      line.accept(
          "| "
              + row.kind.shown()
              + row.columns("%,.0f", Sample::rate)
              + row.columns("%,.2f", Sample::cpuMicros)
              + row.columns("%,.0f", Sample::bytes)
              + row.columns("%,.2f", Sample::serverMicros)
              + " |");
    }
  }

  private static void resume(ServerProcess server, int rounds) throws Exception {
    for (int round = 0; round < rounds; round++) {
      for (String name : NAMES) {
        try (NatsClient control = NatsClient.connect(server.url())) {
          JetStream js = control.jetStream();
          js.deleteStream("resume");
          js.createStream(StreamConfig.builder("resume").subjects("resume.>").build())
              .createConsumer(Consumers.durable("c").build());
        }
        try (Turn turn = new Turn(name, server.url())) {
          turn.begin("resume resume c resume.x");
          turn.expect("idle");
          server.killAndRestart();
          long nanos = Long.parseLong(turn.answer().split(" ")[0]);
          System.out.printf(Locale.ROOT, "%s: %.3f s%n", name, nanos / 1e9);
        }
      }
    }
  }

  /** One client's process. */
  private static final class Turn implements AutoCloseable {
    private final Process process;
    private final BufferedReader answers;
    private final Writer work;

    Turn(String name, String url) throws IOException {
      process =
          new ProcessBuilder(JavaProgram.command(List.of("-Xmx1g"), ClientProcess.class, name, url))
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      answers = process.inputReader();
      work = process.outputWriter();
      expect("ready");
    }

    String ask(String line) throws IOException {
      begin(line);
      return answer();
    }

    void begin(String line) throws IOException {
      work.write(line + "\n");
      work.flush();
    }

    String answer() throws IOException {
      String line = answers.readLine();
      if (line == null) {
        throw new IOException("the client's process has ended");
      }
      return line;
    }

    void expect(String word) throws IOException {
      String line = answer();
      if (!line.equals(word)) {
        throw new IOException("the client's process says " + line);
      }
    }

    @Override
    public void close() {
      try {
        work.close();
        process.waitFor();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      } catch (InterruptedException e) {
        process.destroyForcibly();
        Thread.currentThread().interrupt();
      }
    }
  }
}
