// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.PrettyPrinter;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.core.util.Separators;
import dev.slipstream.base.Clock;
import java.io.IOException;
import java.io.StringWriter;
import org.jspecify.annotations.Nullable;

/** JSON as the public server's monitoring pages have it: indented by two, times as RFC 3339. */
final class MonitoringJson {
  private static final JsonFactory FACTORY = new JsonFactory();
  private static final Separators AS_GO_PRINTS =
      Separators.createDefaultInstance().withObjectFieldValueSpacing(Separators.Spacing.AFTER);

  private MonitoringJson() {}

  /** Writes what stands in an object. */
  @FunctionalInterface
  interface Fields {
    void write(JsonGenerator out) throws IOException;
  }

  /** The text of an object. */
  static String object(Fields fields) throws IOException {
    DefaultPrettyPrinter printer = new DefaultPrettyPrinter(AS_GO_PRINTS);
    printer.indentArraysWith(DefaultIndenter.SYSTEM_LINEFEED_INSTANCE);
    return object(fields, printer);
  }

  /** The text of an object without any space, as for probes. */
  static String line(Fields fields) throws IOException {
    return object(fields, null);
  }

  private static String object(Fields fields, @Nullable PrettyPrinter printer) throws IOException {
    StringWriter text = new StringWriter();
    try (JsonGenerator out = FACTORY.createGenerator(text)) {
      out.setPrettyPrinter(printer);
      out.writeStartObject();
      fields.write(out);
      out.writeEndObject();
    }
    return text.toString();
  }

  static void writeTime(JsonGenerator out, String name, long epochNanos) throws IOException {
    out.writeStringField(name, Clock.instant(epochNanos).toString());
  }

  /** Leaves out what is empty. */
  static void writeText(JsonGenerator out, String name, String text) throws IOException {
    if (!text.isEmpty()) {
      out.writeStringField(name, text);
    }
  }

  /** Seconds as {@code 1d2h3m4s}, from the largest unit that is not 0. */
  static String uptime(long seconds) {
    StringBuilder text = new StringBuilder();
    if (seconds >= 86_400) {
      text.append(seconds / 86_400).append('d');
    }
    if (seconds >= 3_600) {
      text.append(seconds / 3_600 % 24).append('h');
    }
    if (seconds >= 60) {
      text.append(seconds / 60 % 60).append('m');
    }
    return text.append(seconds % 60).append('s').toString();
  }
}
