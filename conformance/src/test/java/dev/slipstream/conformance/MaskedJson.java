// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.conformance;

import dev.slipstream.protocol.json.JsonReader;
import dev.slipstream.protocol.wire.Headers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Answers without what differs from run to run and from server to server, keys in order. */
final class MaskedJson {
  private static final String ZERO_TIME = "\"0001-01-01T00:00:00Z\"";
  private static final Set<String> MASKED =
      Set.of(
          "ts",
          "created",
          "first_ts",
          "last_ts",
          "time",
          "active",
          "leader",
          "_nats.ver",
          "_nats.level");

  private MaskedJson() {}

  static String of(String json) {
    return switch (json.charAt(0)) {
      case '{' -> object(json);
      case '[' -> array(json);
      default -> json;
    };
  }

  private static String object(String json) {
    Map<String, String> fields = new TreeMap<>();
    reader(json)
        .object(
            (name, in) -> {
              String value = in.raw();
              boolean masked = MASKED.contains(name) && !value.equals(ZERO_TIME);
              fields.put(name, masked ? "<" + name + ">" : of(value));
              return true;
            });
    fields.remove("last_active"); // a purge may count as activity
    if ("[0]".equals(fields.get("deleted"))) {
      // the public server says so of an empty stream, which has no sequence 0
      fields.keySet().removeAll(List.of("deleted", "num_deleted"));
    }
    if ("0".equals(fields.get("last_seq"))) {
      fields.remove("first_seq"); // 0, and 1 once somebody has purged what was empty
    }
    return fields.toString();
  }

  private static String array(String json) {
    List<String> elements = new ArrayList<>();
    reader(json).array(in -> elements.add(of(in.raw())));
    return elements.toString();
  }

  private static JsonReader reader(String json) {
    return JsonReader.of(json.getBytes(StandardCharsets.UTF_8));
  }

  static String headers(Headers headers) {
    Map<String, List<String>> shown = new TreeMap<>();
    for (Headers.Entry each : headers.entries()) {
      String name = each.key();
      shown.put(name, name.equals("Nats-Time-Stamp") ? List.of("<time>") : headers.all(name));
    }
    return shown.isEmpty() ? "" : shown.toString();
  }

  /** An ack subject without its time, and without how many are pending. */
  static String ackSubject(String subject) {
    String[] tokens = subject.split("\\.");
    if (tokens.length != 9) {
      return subject;
    }
    tokens[7] = "<time>";
    tokens[8] = "<pending>";
    return String.join(".", tokens);
  }
}
