// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.bench;

import dev.slipstream.client.NatsClient;
import dev.slipstream.server.SlipstreamServer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * How long the operations that touch much hold the loop on which they run: a server with one loop
 * in this process tells its turns, and is asked for a PONG every millisecond, while each of them
 * runs. How long a turn's thread had a processor is the operation's own; a PONG also waits for the
 * processors of a busy machine.
 *
 * <p>Each family runs three times before with a fifth of the amounts, so that its code is compiled.
 * {@code LoopHoldFigures [SHARE] [ONLY]}: SHARE is the percentage of the full amounts (5 million
 * messages of a million subjects, 1 million to expire, to delete or to lose interest in, 100,000
 * redeliveries, 1,000 pulls); ONLY chooses the families whose name contains it: purge, limits,
 * views, consumers, expiry, redelivery, deletes, pulls, interest.
 */
public final class LoopHoldFigures {
  private static final int WARM_SHARE = 20;
  private static final int WARM_ROUNDS = 3;

  private interface Family {
    void measure(HeldLoop loop) throws Exception;
  }

  private static final Map<String, Family> FAMILIES = new LinkedHashMap<>();

  static {
    FAMILIES.put("views", loop -> new StreamHolds(loop).views());
    FAMILIES.put("consumers", loop -> new ConsumerHolds(loop).consumers());
    FAMILIES.put("limits", loop -> new StreamHolds(loop).limits());
    FAMILIES.put("purge", loop -> new StreamHolds(loop).purge());
    FAMILIES.put("expiry", loop -> new StreamHolds(loop).expiry());
    FAMILIES.put("redelivery", loop -> new ConsumerHolds(loop).redelivery());
    FAMILIES.put("deletes", loop -> new StreamHolds(loop).deletes());
    FAMILIES.put("pulls", loop -> new ConsumerHolds(loop).pulls());
    FAMILIES.put("interest", loop -> new ConsumerHolds(loop).interest());
  }

  private LoopHoldFigures() {}

  /** Runs the measurements. */
  public static void main(String[] args) throws Exception {
    int share = args.length > 0 ? Integer.parseInt(args[0]) : 100;
    String only = args.length > 1 ? args[1] : "";
    System.out.println(
        "| while | took ms | pings | p99 ms | most ms | most, with stalls of the process |"
            + " longest turn ms |");
    System.out.println("|---|---|---|---|---|---|---|");
    for (Map.Entry<String, Family> family : FAMILIES.entrySet()) {
      if (family.getKey().contains(only)) {
        for (int i = 0; i < WARM_ROUNDS; i++) { // until it is compiled
          run(family.getValue(), Math.min(share, WARM_SHARE), line -> {});
        }
        run(family.getValue(), share, System.out::println);
      }
    }
  }

  private static void run(Family family, int share, Consumer<String> print) throws Exception {
    try (SlipstreamServer server =
            SlipstreamServer.builder().jetStream(true).temporaryStore().loops(1).start();
        NatsClient client = NatsClient.connect(server.url());
        LoopProbe probe = LoopProbe.start(server.url())) {
      family.measure(new HeldLoop(client, probe, share, print));
    }
  }
}
