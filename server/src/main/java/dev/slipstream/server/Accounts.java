// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.server;

import dev.slipstream.server.config.AccountConfig;
import dev.slipstream.server.config.ServerConfig;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The accounts of a server: those of its configuration, the global one and the system's. */
final class Accounts {
  private final Map<String, Account> byName = new LinkedHashMap<>();
  private final Account global;

  Accounts(ServerConfig config, List<ServerLoop> loops) {
    config.accounts().forEach(account -> add(config, account, loops));
    global = add(config, AccountConfig.named(AccountConfig.GLOBAL, config.mappings()), loops);
    add(config, AccountConfig.named(config.systemAccount()), loops);
    new SharingBuilder(byName, loops, mappingOfDomain(config)).connect();
  }

  private static @Nullable DomainMapping mappingOfDomain(ServerConfig config) {
    String domain = config.jetStream().enabled() ? config.jetStream().domain() : null;
    return domain == null || domain.isEmpty() ? null : new DomainMapping(domain);
  }

  private Account add(ServerConfig config, AccountConfig account, List<ServerLoop> loops) {
    boolean system = account.name().equals(config.systemAccount());
    return byName.computeIfAbsent(
        account.name(), name -> new Account(account, system, new Router(loops)));
  }

  /** The account of clients that belong to no other. */
  Account global() {
    return global;
  }

  Collection<Account> all() {
    return byName.values();
  }

  /** Puts the ways between accounts in their places; on a loop, before clients come. */
  void open(ServerLoop at, Runnable eachInPlace) {
    for (Account account : byName.values()) {
      for (Subscriber crossing : account.sharing().crossings()) {
        if (account.router().add(at, crossing, eachInPlace)) {
          eachInPlace.run();
        }
      }
    }
  }

  /** How many ways {@link #open} puts in place. */
  int crossings() {
    return byName.values().stream().mapToInt(each -> each.sharing().crossings().size()).sum();
  }
}
