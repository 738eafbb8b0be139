// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.random.RandomGenerator;

/** The servers that a client may connect to, in the order in which it tries them. Loop-owned. */
final class ServerPool {
  /** So that a server cannot make a client remember without end. */
  private static final int MAX_DISCOVERED = 1024;

  private final List<ServerAddress> servers;
  private final Auth discoveredAuth;

  ServerPool(List<ServerAddress> seeds, boolean keepOrder, RandomGenerator random) {
    servers = new ArrayList<>(seeds);
    if (!keepOrder) {
      shuffle(servers, random);
    }
    discoveredAuth =
        seeds.stream()
            .map(ServerAddress::auth)
            .filter(auth -> !(auth instanceof Auth.None))
            .findFirst()
            .orElse(Auth.none());
  }

  private static void shuffle(List<ServerAddress> list, RandomGenerator random) {
    for (int i = list.size() - 1; i > 0; i--) {
      Collections.swap(list, i, random.nextInt(i + 1));
    }
  }

  int size() {
    return servers.size();
  }

  /** The next server; it moves to the end. */
  ServerAddress next() {
    ServerAddress first = servers.remove(0);
    servers.add(first);
    return first;
  }

  /** Takes over what a server names; answers what was not known. Discovered ones may vanish. */
  List<String> discovered(List<String> urls, ServerAddress current) {
    List<ServerAddress> named = new ArrayList<>();
    for (String url : urls) {
      if (named.size() < MAX_DISCOVERED) {
        named.add(ServerAddress.parse(url, true));
      }
    }
    servers.removeIf(
        known ->
            known.discovered()
                && !known.isSameEndpoint(current)
                && named.stream().noneMatch(known::isSameEndpoint));
    List<String> fresh = new ArrayList<>();
    for (ServerAddress address : named) {
      if (servers.stream().noneMatch(address::isSameEndpoint)) {
        servers.add(address.discoveredBy(current, discoveredAuth));
        fresh.add(address.toString());
      }
    }
    return fresh;
  }
}
