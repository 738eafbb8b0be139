// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.protocol.api;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.slipstream.protocol.json.JsonWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;

/** What the public server said, from files beside the tests. */
final class Golden {
  private Golden() {}

  static List<String> lines(String file) {
    try (InputStream in = Objects.requireNonNull(Golden.class.getResourceAsStream(file), file)) {
      String text = new String(in.readAllBytes(), UTF_8);
      return text.lines().filter(l -> !l.startsWith("#")).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static String written(Consumer<JsonWriter> record) {
    JsonWriter out = new JsonWriter();
    record.accept(out);
    return out.toString();
  }
}
