// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.server;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

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
    List<Traffic> counted = Collections.synchronizedList(new ArrayList<>());
    List<Integer> subscriptions = Collections.synchronizedList(new ArrayList<>());
    loops.onEach(
        loop -> {
          Traffic sum = new Traffic();
          sum.add(loop.closedConnections().traffic());
          loop.connections().values().forEach(connection -> sum.add(connection.traffic()));
          counted.add(sum);
          if (loop.index() == 0) {
            // every loop knows all subscriptions
            subscriptions.add(
                accounts.all().stream().mapToInt(each -> each.router().subscribers(loop)).sum());
          }
        });
    Traffic total = new Traffic();
    List.copyOf(counted).forEach(total::add);
    return new ServerFigures(
        context.totalConnections(),
        total.figures(),
        List.copyOf(subscriptions).stream().mapToInt(Integer::intValue).sum(),
        context.slowConsumers());
  }

  /** The clients that are here, in no order. */
  List<ConnectionFigures> open(boolean withSubscriptions) {
    List<ConnectionFigures> found = Collections.synchronizedList(new ArrayList<>());
    loops.onEach(
        loop ->
            loop.connections()
                .values()
                .forEach(connection -> found.add(connection.figures(withSubscriptions, null))));
    return List.copyOf(found);
  }

  /** The clients that went lately, in no order. */
  List<ConnectionFigures> closed() {
    List<ConnectionFigures> found = Collections.synchronizedList(new ArrayList<>());
    loops.onEach(loop -> found.addAll(loop.closedConnections().latest()));
    return List.copyOf(found);
  }
}
