// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipstream.client.NatsClient;
import dev.slipstream.examples.orders.OrderSource;
import dev.slipstream.examples.orders.Orders;
import dev.slipstream.testkit.Eventually;
import dev.slipstream.testkit.ForeignPrograms;
import dev.slipstream.testkit.Seeds;
import dev.slipstream.testkit.ServerProcess;
import dev.slipstream.testkit.TemporaryDirectory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Workers in a process that is killed, on a server that is killed, whose code throws: every order
 * is worked off by every step, and an end in order leaves nothing half done.
 */
class OrdersKillTest {
  /** What a JVM ends with that a SIGTERM has ended, however orderly. */
  private static final int ENDED_BY_SIGTERM = 128 + 15;

  private static final int FIRST_ORDERS = 300;
  private static final int MOST_LINES_TO_A_KILL = 150;
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** How slow a machine may be that has nothing to do but orders. */
  private static final int MILLIS_AN_ORDER = 20;

  /** What the tree may take to stop: five steps, one after another, have 2 s each. */
  private static final Duration SHUTDOWN = Duration.ofSeconds(10);

  private static final Pattern HANDLED = Pattern.compile("(\\w+) (\\d+) delivery (\\d+): .*");

  /**
   * How much happens.
   *
   * @param orders behind the first ones
   * @param kills of the process with the workers
   * @param serverKills of the server
   * @param failOneIn of how many orders a step has it throws on one; all of them together stay
   *     below what the supervisor allows in a period, however fast the orders are worked off
   */
  private record Plan(int orders, int kills, int serverKills, int failOneIn) {}

  private static final Plan SHORT = new Plan(500, 4, 2, 50);
  private static final Plan LONG = new Plan(4_000, 50, 20, 200);

  @Test
  void everyOrderIsWorkedOffThroughKillsOnThePublicServer() {
    run(1, OrdersKillTest::publicServer, SHORT);
  }

  @Test
  void everyOrderIsWorkedOffThroughKillsOnOurServer() {
    run(1, Tools.find()::startOurs, SHORT);
  }

  @Test
  @Tag("nightly")
  void everyOrderIsWorkedOffThroughManyKillsOnThePublicServer() {
    run(5, OrdersKillTest::publicServer, LONG);
  }

  @Test
  @Tag("nightly")
  void everyOrderIsWorkedOffThroughManyKillsOnOurServer() {
    run(5, Tools.find()::startOurs, LONG);
  }

  /** The public server acknowledges what is on disk only if it is told to. */
  private static ServerProcess publicServer() {
    ForeignPrograms.natsServer();
    return Tools.find().startPublic("jetstream { sync_interval: always }");
  }

  private static void run(int seeds, Supplier<ServerProcess> servers, Plan plan) {
    Seeds.forEach(
        seeds,
        (seed, random) -> {
          try (ServerProcess server = servers.get();
              TemporaryDirectory directory = TemporaryDirectory.create("slipstream-orders");
              ExampleProcess app = new ExampleProcess(Orders.class, directory.path());
              ExampleProcess source = new ExampleProcess(OrderSource.class, directory.path());
              NatsClient client = NatsClient.connect(server.url())) {
            new Course(server, app, source, new OrdersLedger(client.jetStream()), random, seed)
                .run(plan);
          }
        });
  }

  /** One run. */
  private static final class Course {
    private final ServerProcess server;
    private final ExampleProcess app;
    private final ExampleProcess source;
    private final OrdersLedger ledger;
    private final RandomGenerator random;
    private final long seed;

    /** Between which lines of the application the server was away. */
    private final List<Window> serverKills = new ArrayList<>();

    private record Window(int from, int to) {}

    Course(
        ServerProcess server,
        ExampleProcess app,
        ExampleProcess source,
        OrdersLedger ledger,
        RandomGenerator random,
        long seed) {
      this.server = server;
      this.app = app;
      this.source = source;
      this.ledger = ledger;
      this.random = random;
      this.seed = seed;
    }

    void run(Plan plan) throws Exception {
      endInOrderInTheMiddle();
      killAndGoOn(plan);
      finish(FIRST_ORDERS + plan.orders());
      checkThatOnlyWhatCameAgainWasHandledAgain();
    }

    private void launchApp(int failOneIn) {
      app.launch(
          server.url(),
          "--create",
          "--verbose",
          "--fail-one-in",
          Integer.toString(failOneIn),
          "--seed",
          Long.toString(random.nextLong(1_000_000)));
    }

    private void launchSource(int first, int orders, int rate) {
      source.launch(
          server.url(),
          "--first",
          Integer.toString(first),
          "--orders",
          Integer.toString(orders),
          "--rate",
          Integer.toString(rate),
          "--seed",
          Long.toString(seed));
    }

    /** The process ends in order while there is a lot to do. */
    private void endInOrderInTheMiddle() throws Exception {
      launchApp(0);
      launchSource(1, FIRST_ORDERS, 1_000);
      app.awaitLines(50 + random.nextInt(3 * FIRST_ORDERS), PATIENCE);
      assertThat(app.terminate(SHUTDOWN)).isEqualTo(ENDED_BY_SIGTERM);
      assertThat(source.awaitExit(PATIENCE)).isZero();
      assertThat(ledger.checkThatExactlyWhatIsOwedHasNoResult(FIRST_ORDERS)).isPositive();
    }

    /** The process and the server are killed in the middle of it, and handlers throw. */
    private void killAndGoOn(Plan plan) throws Exception {
      launchSource(FIRST_ORDERS + 1, plan.orders(), 150);
      launchApp(plan.failOneIn());
      int kills = plan.kills();
      int serverKillsLeft = plan.serverKills();
      while (kills + serverKillsLeft > 0) {
        boolean atOnce = random.nextInt(4) == 0;
        if (!atOnce) {
          int more = random.nextInt(MOST_LINES_TO_A_KILL);
          app.awaitLines(app.lines().size() + more, PATIENCE);
        }
        if (random.nextInt(kills + serverKillsLeft) < kills) {
          kills--;
          app.kill();
          ledger.checkThatWhatIsAckedHasItsResult();
          launchApp(plan.failOneIn());
        } else {
          serverKillsLeft--;
          int before = app.lines().size();
          server.killAndRestart();
          serverKills.add(new Window(before, app.lines().size()));
        }
      }
      assertThat(source.awaitExit(PATIENCE)).isZero();
    }

    private void finish(long orders) throws Exception {
      Eventually.succeeds(
          PATIENCE.plusMillis(orders * MILLIS_AN_ORDER),
          () -> {
            app.checkAlive();
            assertThat(ledger.unfinished(orders)).as("what is left to do").isEmpty();
            return true;
          });
      assertThat(app.terminate(SHUTDOWN)).isEqualTo(ENDED_BY_SIGTERM);
      assertThat(ledger.checkThatExactlyWhatIsOwedHasNoResult(orders)).isZero();
      assertThat(app.errors()).as("handlers threw").contains("on purpose, ");
    }

    /**
     * A step that handles an order once more does so because the order was delivered once more;
     * unless the server was killed in between, which may have forgotten a delivery.
     */
    private void checkThatOnlyWhatCameAgainWasHandledAgain() {
      List<String> lines = app.lines();
      Map<String, Handled> last = new HashMap<>();
      int again = 0;
      for (int at = 0; at < lines.size(); at++) {
        Matcher line = HANDLED.matcher(lines.get(at));
        if (!line.matches()) {
          continue;
        }
        Handled now = new Handled(at, Integer.parseInt(line.group(3)));
        Handled before = last.put(line.group(1) + " " + line.group(2), now);
        if (before != null) {
          again++;
          assertThat(now.delivery > before.delivery || wasServerAwayBetween(before.at, now.at))
              .as("%s, behind line %d: %s", lines.get(at), before.at, lines.get(before.at))
              .isTrue();
        }
      }
      assertThat(again).as("orders that were handled again").isPositive();
    }

    private record Handled(int at, int delivery) {}

    private boolean wasServerAwayBetween(int from, int to) {
      return serverKills.stream().anyMatch(window -> from <= window.to && to >= window.from);
    }
  }
}
