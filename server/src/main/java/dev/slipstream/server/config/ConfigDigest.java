// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.server.config;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.TreeMap;

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
    StringBuilder json = new StringBuilder();
    write(json, root);
    return json.toString();
  }

  private static void write(StringBuilder json, ConfigValue value) {
    if (value instanceof ConfigValue.Block block) {
      writeBlock(json, block);
    } else if (value instanceof ConfigValue.Items items) {
      String separator = "[";
      for (ConfigValue item : items.values()) {
        json.append(separator);
        write(json, item);
        separator = ",";
      }
      json.append(items.values().isEmpty() ? "[]" : "]");
    } else if (value instanceof ConfigValue.Text text) {
      writeString(json, text.text());
    } else if (value instanceof ConfigValue.Whole whole) {
      json.append(whole.number());
    } else if (value instanceof ConfigValue.Fraction fraction) {
      writeFraction(json, fraction.number());
    } else if (value instanceof ConfigValue.Flag flag) {
      json.append(flag.on());
    } else if (value instanceof ConfigValue.Moment moment) {
      json.append('"').append(moment.instant()).append('"');
    }
  }

  private static void writeBlock(StringBuilder json, ConfigValue.Block block) {
    String separator = "{";
    for (ConfigValue.Entry entry : new TreeMap<>(block.fields()).values()) {
      json.append(separator);
      writeString(json, entry.key());
      json.append(':');
      write(json, entry.value());
      separator = ",";
    }
    json.append(block.fields().isEmpty() ? "{}" : "}");
  }

  private static void writeFraction(StringBuilder json, double number) {
    BigDecimal exact = new BigDecimal(Double.toString(number)).stripTrailingZeros();
    json.append(number == 0 ? "0" : exact.toPlainString());
  }

  private static void writeString(StringBuilder json, String text) {
    json.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"' -> json.append("\\\"");
        case '\\' -> json.append("\\\\");
        case '\n' -> json.append("\\n");
        case '\r' -> json.append("\\r");
        case '\t' -> json.append("\\t");
        case '\b' -> json.append("\\b");
        case '\f' -> json.append("\\f");
        default -> {
          if (c < ' ' || c == '<' || c == '>' || c == '&' || c == 0x2028 || c == 0x2029) {
            json.append("\\u").append(HexFormat.of().toHexDigits(c));
          } else {
            json.append(c);
          }
        }
      }
    }
    json.append('"');
  }
}
