// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.server.config;

import dev.slipstream.protocol.json.GoDuration;
import dev.slipstream.protocol.json.GoQuote;
import dev.slipstream.protocol.subject.Subject;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What must hold between the settings of a configuration, wherever they came from. */
final class ServerConfigRules {

  private ServerConfigRules() {}

  static void check(ServerConfig config) {
    List<String> errors = new ArrayList<>();
    if (config.lameDuckGracePeriodNanos() >= config.lameDuckDurationNanos()) {
      errors.add(
          "lame duck grace period ("
              + GoDuration.format(config.lameDuckGracePeriodNanos())
              + ") should be strictly lower than lame duck duration ("
              + GoDuration.format(config.lameDuckDurationNanos())
              + ")");
    }
    if (config.maxPayload() > config.maxPendingBytes()) {
      errors.add(
          "max_payload ("
              + config.maxPayload()
              + ") cannot be higher than max_pending ("
              + config.maxPendingBytes()
              + ")");
    }
    String name = config.serverName();
    if (name != null && name.indexOf(' ') >= 0) {
      errors.add("server name cannot contain spaces");
    }
    checkPort("port", config.port(), errors);
    checkPort("http_port", config.httpPort(), errors);
    checkPositive("max_control_line", config.maxControlLine(), errors);
    checkPositive("max_payload", config.maxPayload(), errors);
    checkPositive("ping_interval", config.pingIntervalNanos(), errors);
    checkPositive("ping_max", config.pingMax(), errors);
    checkPositive("write_deadline", config.writeDeadlineNanos(), errors);
    checkPositive("authorization timeout", config.authTimeoutNanos(), errors);
    checkUsers(config, errors);
    checkSystemAccount(config, errors);
    checkDomain(config.jetStream().domain(), errors);
    if (!errors.isEmpty()) {
      throw new ConfigException(errors);
    }
  }

  private static void checkDomain(@Nullable String domain, List<String> errors) {
    if (domain == null || domain.isEmpty()) {
      return;
    }
    String api = "$JS." + domain + ".API.>";
    if (!Subject.isValidFilter(api)) {
      errors.add("invalid domain name: derived " + GoQuote.quote(api) + " is not a valid subject");
    } else if (domain.matches(".*[.*].*")) {
      errors.add("invalid domain name: may not contain ., * or >");
    }
  }

  private static void checkPort(String name, int port, List<String> errors) {
    if (port < ServerConfig.RANDOM_PORT || port > 65535) {
      errors.add(name + " " + port + " is not a port: it must be 1 to 65535, or -1 for any");
    }
  }

  private static void checkPositive(String name, long value, List<String> errors) {
    if (value <= 0) {
      errors.add(name + " must be above 0");
    }
  }

  private static void checkUsers(ServerConfig config, List<String> errors) {
    AuthorizationConfig authorization = config.authorization();
    if (authorization.password() != null && authorization.user() == null) {
      errors.add("authorization has a password but no user, so that it would protect nothing");
    }
    String noAuthUser = config.noAuthUser();
    if (noAuthUser == null) {
      return;
    }
    List<UserConfig> all =
        Stream.concat(
                authorization.users().stream(),
                config.accounts().stream().flatMap(account -> account.users().stream()))
            .toList();
    if (all.isEmpty()) {
      errors.add("no_auth_user: \"" + noAuthUser + "\" present, but users/nkeys are not defined");
    } else if (all.stream().noneMatch(user -> user.name().equals(noAuthUser))) {
      errors.add(
          "no_auth_user: \""
              + noAuthUser
              + "\" not present as user or nkey in authorization block or account configuration");
    }
  }

  private static void checkSystemAccount(ServerConfig config, List<String> errors) {
    String name = config.systemAccount();
    AccountConfig account = config.account(name);
    if (account == null && !name.equals(AccountConfig.SYSTEM)) {
      errors.add("error resolving system account: account missing");
    }
    if (account != null && account.jetStream().enabled()) {
      errors.add("Not allowed to enable JetStream on the system account");
    }
  }
}
