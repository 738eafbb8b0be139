// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.examples.orders;

import dev.slipstream.client.JsMessage;
import dev.slipstream.client.NatsException;
import dev.slipstream.worker.ChildSpec;
import dev.slipstream.worker.Init;
import dev.slipstream.worker.PullWorker;
import dev.slipstream.worker.Reply;
import dev.slipstream.worker.WorkerOptions;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * One step of an order's way, as a worker on the consumer of the step's name.
 *
 * <p>The order of things is what makes it safe to be killed: the result is stored first, and
 * acknowledged is what has one. Whatever is cut off in between comes again, and its result with the
 * same message id is stored only once.
 *
 * @param <S> what it keeps in mind from order to order; it begins anew with each life
 */
abstract class Step<S> implements PullWorker<Void, S> {
  /** How long it may take to finish the order at hand when it is asked to stop. */
  static final Duration SHUTDOWN = Duration.ofSeconds(2);

  /** How long an order waits when its result could not be stored. */
  private static final Duration STORE_AGAIN = Duration.ofMillis(200);

  private final String name;
  private final Results results;
  private final Faults faults;
  private final Consumer<String> report;

  Step(String name, Tools tools) {
    this.name = name;
    this.results = tools.results();
    this.faults = tools.faultsOf(name);
    this.report = tools.report();
  }

  /**
   * What all steps work with.
   *
   * @param results where results are
   * @param failOneIn in one of so many orders a step fails on purpose; 0 for never
   * @param seed of the chance by which it does
   * @param report where a line for each order goes
   */
  record Tools(Results results, int failOneIn, long seed, Consumer<String> report) {
    Faults faultsOf(String step) {
      return new Faults(failOneIn, seed + step.hashCode());
    }
  }

  /** The state of a new life. */
  abstract S fresh();

  /** What becomes of an order. */
  abstract Decision<S> decide(Order order, S state);

  Results results() {
    return results;
  }

  @Override
  public final Init<S> init(Void nothing) {
    return Init.ok(
        fresh(),
        WorkerOptions.builder().connection(Orders.CONNECTION).stream(Streams.ORDERS)
            .consumer(name)
            .build());
  }

  @Override
  public final ChildSpec childSpec(ChildSpec usual) {
    return usual.id(name).shutdown(SHUTDOWN);
  }

  @Override
  public final Reply<S> handleMessage(JsMessage message, S state) {
    String id = Order.idOf(message.subject());
    try {
      faults.perhaps("before the result of " + id);
      return handle(message, id, state);
    } catch (NatsException notStored) {
      report.accept(name + " " + id + " again: " + notStored.getMessage());
      return Reply.nack(state, STORE_AGAIN);
    }
  }

  private Reply<S> handle(JsMessage message, String id, S state) {
    Order order;
    try {
      order = Order.read(id, message.text());
    } catch (IllegalArgumentException poisonous) {
      // to try again would not help: it gets its result, and nobody sees it any more
      String reason = "rejected: " + poisonous.getMessage();
      finish(message, id, reason);
      return Reply.term(state, reason);
    }
    Decision<S> decision = decide(order, state);
    if (decision instanceof Decision.Later<S> later) {
      return Reply.nack(later.state(), later.delay());
    }
    Decision.Done<S> done = (Decision.Done<S>) decision;
    finish(message, id, done.result());
    return Reply.ack(done.state());
  }

  /** Stores the result; what comes behind that may be cut off. */
  private void finish(JsMessage message, String id, String result) {
    boolean known = results.store(name, id, result);
    long delivery = message.info().delivered();
    String again = known ? " (known)" : "";
    report.accept(name + " " + id + " delivery " + delivery + ": " + result + again);
    faults.perhaps("behind the result of " + id);
  }
}
