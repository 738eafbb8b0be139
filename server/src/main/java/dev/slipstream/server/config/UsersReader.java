// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.server.config;

import dev.slipstream.protocol.json.GoQuote;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads lists of users and watches that a name occurs once in the whole configuration. Users with
 * an nkey are refused: their proof is not checked yet.
 */
final class UsersReader {

  private static final Set<String> CONNECTION_TYPES =
      Set.of(
          UserConfig.STANDARD,
          "WEBSOCKET",
          "LEAFNODE",
          "LEAFNODE_WS",
          "MQTT",
          "MQTT_WS",
          UserConfig.IN_PROCESS);

  private final ConfigReport report;
  private final PermissionsReader permissions;
  private final Set<String> names = new HashSet<>();

  UsersReader(ConfigReport report, PermissionsReader permissions) {
    this.report = report;
    this.permissions = permissions;
  }

  /** The users of {@code entry}, without default permissions. */
  List<UserConfig> read(ConfigValue.Entry entry) {
    List<UserConfig> users = new ArrayList<>();
    for (ConfigValue item : Fields.items(entry.value(), "Expected users field to be an array")) {
      report.guard(
          () -> {
            UserConfig user = user(item);
            if (user != null) {
              unique(user.name(), entry.position());
              users.add(user);
            }
          });
    }
    return users;
  }

  /** {@code users}, those without permissions of their own with {@code defaults}. */
  static List<UserConfig> withDefaults(List<UserConfig> users, @Nullable Permissions defaults) {
    List<UserConfig> result = new ArrayList<>();
    for (UserConfig user : users) {
      Permissions own = user.permissions();
      result.add(
          new UserConfig(
              user.name(), user.password(), own != null ? own : defaults, user.connectionTypes()));
    }
    return result;
  }

  private void unique(String name, SourcePosition position) {
    if (!names.add(name)) {
      throw new ConfigReport.BadField(
          position, "Duplicate user " + GoQuote.quote(name) + " detected");
    }
  }

  private @Nullable UserConfig user(ConfigValue item) {
    ConfigValue.Block block = Fields.block(item, "Expected user entry to be a map/struct");
    Fold fold = new Fold();
    for (ConfigValue.Entry field : block.entries()) {
      report.guard(() -> fold.read(field));
    }
    if (fold.refused) {
      return null;
    }
    if (fold.name.isEmpty()) {
      throw new ConfigReport.BadField(item.position(), "User entry requires a user");
    }
    return new UserConfig(
        fold.name, PasswordCheck.of(fold.password), fold.permissions, fold.connectionTypes);
  }

  /** A user as far as it is read. */
  private final class Fold {
    private String name = "";
    private String password = "";
    private @Nullable Permissions permissions;
    private Set<String> connectionTypes = Set.of();
    private boolean refused;

    void read(ConfigValue.Entry field) {
      switch (Fields.name(field)) {
        case "user", "username" -> name = Fields.text(field);
        case "pass", "password" -> password = Fields.text(field);
        case "permission", "permissions", "authorization" ->
            permissions = UsersReader.this.permissions.read(field);
        case "allowed_connection_types", "connection_types", "clients" ->
            connectionTypes = types(field);
        case "nkey" -> refuse("a user with an nkey", field);
        case "proxy_required" -> {
          if (Fields.flag(field)) {
            refuse("proxy_required", field);
          }
        }
        default -> report.unknownField(field);
      }
    }

    private void refuse(String what, ConfigValue.Entry field) {
      refused = true;
      report.refused(what, field.position());
    }
  }

  private static Set<String> types(ConfigValue.Entry field) {
    Set<String> types = new HashSet<>();
    List<String> unknown = new ArrayList<>();
    for (String text : Fields.texts(field)) {
      String type = text.toUpperCase(Locale.ROOT);
      if (CONNECTION_TYPES.contains(type)) {
        types.add(type);
      } else {
        unknown.add(GoQuote.quote(type));
      }
    }
    if (!unknown.isEmpty()) {
      throw new ConfigReport.BadField(
          field.position(), "invalid connection types [" + String.join(" ", unknown) + "]");
    }
    return types;
  }
}
