// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import dev.slipstream.protocol.api.StreamConfig;
import dev.slipstream.testkit.Eventually;
import dev.slipstream.testkit.ServerProcess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Three public servers that form a cluster, with JetStream on all of them. */
final class NatsCluster implements AutoCloseable {
  private static final int SIZE = 3;
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final List<ServerProcess> servers = new ArrayList<>();

  NatsCluster() {
    List<Integer> routePorts =
        IntStream.range(0, SIZE).mapToObj(each -> ServerProcess.freePort()).toList();
    String routes =
        routePorts.stream()
            .map(port -> "nats://127.0.0.1:" + port)
            .collect(Collectors.joining(", ", "[", "]"));
    for (int i = 0; i < SIZE; i++) {
      servers.add(
          ServerProcess.natsServer()
              .jetStream()
              .configuration(
                  "server_name: %s%ncluster { name: c, listen: '127.0.0.1:%d', routes: %s }%n"
                      .formatted(nameOf(i), routePorts.get(i), routes))
              .start());
    }
  }

  private static String nameOf(int index) {
    return "n" + index;
  }

  /** The URLs of all, those of {@code last} last. */
  String[] urls(ServerProcess last) {
    List<String> urls = new ArrayList<>();
    servers.stream().filter(each -> each != last).forEach(each -> urls.add(each.url()));
    urls.add(last.url());
    return urls.toArray(String[]::new);
  }

  ServerProcess any() {
    return servers.get(0);
  }

  /** The server of a name, as infos show the leader. */
  ServerProcess named(String name) {
    return IntStream.range(0, SIZE)
        .filter(i -> nameOf(i).equals(name))
        .mapToObj(servers::get)
        .findFirst()
        .orElseThrow();
  }

  /** Creates a stream with a copy on each server, as soon as the servers have found each other. */
  static JsStream replicated(JetStream js, String name) throws Exception {
    StreamConfig config =
        StreamConfig.builder(name).subjects(name + ".>").numReplicas(SIZE).build();
    return Eventually.succeeds(PATIENCE, () -> js.createStream(config));
  }

  @Override
  public void close() {
    servers.forEach(ServerProcess::close);
  }
}
