// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.examples.orders;

import dev.slipstream.client.ClientOptions;
import dev.slipstream.client.ConnectionLostException;
import dev.slipstream.client.NatsClient;
import dev.slipstream.client.RequestTimeoutException;
import dev.slipstream.worker.ChildSpec;
import dev.slipstream.worker.StopReason;
import dev.slipstream.worker.Supervisor;
import dev.slipstream.worker.SupervisorSpec;
import dev.slipstream.worker.Workers;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The program that works off orders: a supervision tree of a connection and five workers.
 *
 * <pre>
 *   Orders [URL] [--create] [--verbose] [--fail-one-in N] [--seed N]
 * </pre>
 *
 * <p>{@code --create} creates the streams and consumers that are not there; {@code --verbose}
 * prints a line for each order and step; {@code --fail-one-in} has steps fail on purpose. It prints
 * its tree when it has started. Asked to end (SIGTERM, SIGINT) it stops its workers in order first;
 * it ends with code 1 when its supervisor has given up.
 */
public final class Orders {
  static final String CONNECTION = "connection";

  private static final List<String> STEPS =
      List.of(Payment.NAME, Stock.NAME, Shipping.NAME, Mail.NAME, Audit.NAME);

  /** Failures of single orders come by the dozen when they are asked for; a loop has more. */
  private static final int MOST_RESTARTS = 200;

  private static final int CREATE_ATTEMPTS = 10;
  private static final Duration RESTART_PERIOD = Duration.ofSeconds(10);

  private Orders() {}

  /** Runs until the process is asked to end, or the supervisor gives up. */
  public static void main(String[] words) throws InterruptedException {
    Arguments arguments =
        Arguments.read(words, Set.of("--create", "--verbose"), Set.of("--fail-one-in", "--seed"));
    ClientOptions options =
        ClientOptions.builder().servers(arguments.servers()).name("orders").build();
    if (arguments.has("--create")) {
      create(arguments);
    }
    Workers workers = Workers.create();
    Consumer<String> report = arguments.has("--verbose") ? System.out::println : line -> {};
    Step.Tools tools =
        new Step.Tools(
            new Results(workers),
            Math.toIntExact(arguments.number("--fail-one-in", 0)),
            arguments.number("--seed", 0),
            report);
    Supervisor tree = tree(options, tools).start(workers).stopOnExit();
    System.out.print(tree.tree().toText());
    StopReason reason = tree.awaitStop();
    if (reason.isAbnormal()) {
      System.err.println("orders: " + reason);
      System.exit(1);
    }
  }

  /** Creates the streams, also when the server is away for a while. */
  private static void create(Arguments arguments) {
    ClientOptions patient =
        ClientOptions.builder().servers(arguments.servers()).retryInitialConnect(true).build();
    try (NatsClient client = NatsClient.connect(patient)) {
      for (int attempt = 1; ; attempt++) {
        try {
          Streams.create(client.jetStream(), STEPS);
          return;
        } catch (RequestTimeoutException | ConnectionLostException away) {
          if (attempt == CREATE_ATTEMPTS) {
            throw away;
          }
          // the next request waits for the connection
        }
      }
    }
  }

  private static SupervisorSpec tree(ClientOptions options, Step.Tools tools) {
    return Supervisor.oneForOne()
        .maxRestarts(MOST_RESTARTS, RESTART_PERIOD)
        .child(ChildSpec.connection(CONNECTION, options))
        .child(new Payment(tools))
        .child(new Stock(tools))
        .child(new Shipping(tools))
        .child(new Mail(tools))
        .child(new Audit(tools));
  }
}
