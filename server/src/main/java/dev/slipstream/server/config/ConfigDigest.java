// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.server.config;

import dev.slipstream.protocol.json.JsonWriter;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Objects;

/**
 * The fingerprint of a configuration: the hash of its values as JSON with sorted keys and a line
 * feed, which is what the public server hashes.
 */
final class ConfigDigest {

  private ConfigDigest() {}

  static String of(ConfigValue.Block root) {
    String json = json(root) + "\n";
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(json.getBytes(StandardCharsets.UTF_8));
      return "sha256:" + HexFormat.of().formatHex(hash);
    } catch (NoSuchAlgorithmException everyJdkHasIt) {
      throw new IllegalStateException(everyJdkHasIt);
    }
  }

  /** The values as JSON, keys sorted. */
  static String json(ConfigValue.Block root) {
    JsonWriter json = new JsonWriter();
    write(json, root);
    return json.toString();
  }

  private static void write(JsonWriter json, ConfigValue value) {
    if (value instanceof ConfigValue.Block block) {
      json.object();
      for (String key : JsonWriter.sorted(block.fields().keySet())) {
        write(json.name(key), Objects.requireNonNull(block.get(key)));
      }
      json.end();
    } else if (value instanceof ConfigValue.Items items) {
      json.array();
      items.values().forEach(item -> write(json, item));
      json.endArray();
    } else if (value instanceof ConfigValue.Text text) {
      json.value(text.text());
    } else if (value instanceof ConfigValue.Whole whole) {
      json.value(whole.number());
    } else if (value instanceof ConfigValue.Fraction fraction) {
      json.rawValue(decimal(fraction.number()).getBytes(StandardCharsets.US_ASCII));
    } else if (value instanceof ConfigValue.Flag flag) {
      json.value(flag.on());
    } else if (value instanceof ConfigValue.Moment moment) {
      json.value(moment.instant().toString());
    }
  }

  private static String decimal(double number) {
    return number == 0
        ? "0"
        : new BigDecimal(Double.toString(number)).stripTrailingZeros().toPlainString();
  }
}
