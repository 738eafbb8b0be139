// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.server;

import java.util.List;
import java.util.function.Function;

/**
 * Gathers what the loops have counted, each on its own loop. Thread-safe; not to be called on a
 * loop, since it waits for all of them.
 */
final class Figures {
  private final ServerContext context;
  private final ServerLoops loops;
  private final Accounts accounts;

  Figures(ServerContext context, ServerLoops loops, Accounts accounts) {
    this.context = context;
    this.loops = loops;
    this.accounts = accounts;
  }

  ServerFigures server() {
    Traffic total = new Traffic();
    loops.gather(Figures::traffic).forEach(total::add);
    return new ServerFigures(
        context.totalConnections(), total.figures(), subscriptions(), context.slowConsumers());
  }

  private static Traffic traffic(ServerLoop loop) {
    Traffic sum = new Traffic();
    sum.add(loop.closedConnections().traffic());
    loop.connections().values().forEach(connection -> sum.add(connection.traffic()));
    return sum;
  }

  /** Every loop knows all of them. */
  private int subscriptions() {
    return loops.gather(this::subscriptions).stream().mapToInt(each -> each).max().orElse(0);
  }

  private int subscriptions(ServerLoop loop) {
    return accounts.all().stream().mapToInt(each -> each.router().subscribers(loop)).sum();
  }

  /** The clients that are here, in no order. */
  List<ConnectionFigures> open(boolean withSubscriptions) {
    return ofAll(
        loop ->
            loop.connections().values().stream()
                .map(connection -> connection.figures(withSubscriptions, null))
                .toList());
  }

  /** The clients that went lately, in no order. */
  List<ConnectionFigures> closed() {
    return ofAll(loop -> List.copyOf(loop.closedConnections().latest()));
  }

  private List<ConnectionFigures> ofAll(Function<ServerLoop, List<ConnectionFigures>> ofOne) {
    return loops.gather(ofOne).stream().flatMap(List::stream).toList();
  }
}
