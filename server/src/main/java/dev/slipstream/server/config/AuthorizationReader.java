// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.server.config;

import dev.slipstream.protocol.json.GoDuration;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Reads the authorization block. */
final class AuthorizationReader {

  private static final double LONG_TIMEOUT_SECONDS = 60;

  private final ConfigReport report;
  private final UsersReader users;
  private final PermissionsReader permissions;
  private @Nullable SourcePosition position;
  private String user = "";
  private String password = "";
  private String token = "";
  private @Nullable List<UserConfig> userList;
  private @Nullable Permissions defaultPermissions;
  private long timeoutNanos;

  AuthorizationReader(ConfigReport report, UsersReader users, PermissionsReader permissions) {
    this.report = report;
    this.users = users;
    this.permissions = permissions;
  }

  void read(ConfigValue.Entry entry, ServerConfigBuilder config) {
    position = entry.position();
    for (ConfigValue.Entry field : Fields.block(entry).entries()) {
      report.guard(() -> readField(field));
    }
    if ((!user.isEmpty() || !password.isEmpty()) && !token.isEmpty()) {
      throw new ConfigReport.BadField(entry.position(), "Cannot have a user/pass and token");
    }
    if (userList != null && !user.isEmpty()) {
      throw new ConfigReport.BadField(
          entry.position(), "Can not have a single user/pass and a users array");
    }
    if (userList != null && !token.isEmpty()) {
      throw new ConfigReport.BadField(entry.position(), "Can not have a token and a users array");
    }
    if (!user.isEmpty() || !password.isEmpty()) {
      config.user(user);
      config.password(password);
    }
    if (!token.isEmpty()) {
      config.token(token);
    }
    config.users(
        UsersReader.withDefaults(userList == null ? List.of() : userList, defaultPermissions));
    config.defaultPermissions(defaultPermissions);
    config.authTimeoutNanos(timeoutNanos);
  }

  /** Complains if one user or one token stands for all clients: accounts with users forbid it. */
  void noSingleUser() {
    if (position != null && (!user.isEmpty() || !token.isEmpty())) {
      report.error(
          position,
          "Can not have a "
              + (token.isEmpty() ? "single user/pass" : "token")
              + " and a users array");
    }
  }

  private void readField(ConfigValue.Entry field) {
    switch (Fields.name(field)) {
      case "user", "username" -> user = Fields.text(field);
      case "pass", "password" -> password = Fields.text(field);
      case "token" -> token = Fields.text(field);
      case "timeout" -> timeoutNanos = timeout(field);
      case "users" -> userList = users.read(field);
      case "default_permission", "default_permissions", "permissions" ->
          defaultPermissions = permissions.read(field);
      case "auth_callout", "auth_hook" -> report.refused("auth_callout", field.position());
      case "proxy_required" -> {
        if (Fields.flag(field)) {
          report.refused("proxy_required", field.position());
        }
      }
      default -> report.unknownField(field);
    }
  }

  private long timeout(ConfigValue.Entry field) {
    double seconds;
    String shown;
    if (field.value() instanceof ConfigValue.Whole whole) {
      seconds = whole.number();
      shown = Long.toString(whole.number());
    } else if (field.value() instanceof ConfigValue.Fraction fraction) {
      seconds = fraction.number();
      shown = Double.toString(fraction.number());
    } else if (field.value() instanceof ConfigValue.Text text) {
      try {
        seconds = GoDuration.parse(text.text()) / 1e9;
      } catch (IllegalArgumentException malformed) {
        throw new ConfigReport.BadField(
            field.position(),
            "error parsing authorization config, 'timeout' " + malformed.getMessage());
      }
      shown = text.text();
    } else {
      throw new ConfigReport.BadField(
          field.position(), "error parsing authorization config, 'timeout' wrong type");
    }
    if (seconds > LONG_TIMEOUT_SECONDS) {
      report.warning(
          field,
          String.format(
              Locale.ROOT,
              "timeout of %s (%f seconds) is high, consider keeping it under 60 seconds. possibly"
                  + " caused by unquoted duration; use '1m' instead of 1m, for example",
              shown,
              seconds));
    }
    return Fields.secondsToNanos(field, seconds);
  }
}
