// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.server.config;

import dev.slipstream.protocol.json.GoQuote;
import java.util.ArrayList;
import java.util.List;

/**
 * What is found while a configuration is read, collected so that a user sees all of it at once.
 *
 * <p>Errors stop the start. Warnings are the public server's own (a plain number where a duration
 * belongs). Ignored parts are valid there and not built here. One thread.
 */
final class ConfigReport {

  /** A value that cannot be used; ends the reading of one field, not of the file. */
  static final class BadField extends RuntimeException {
    private static final long serialVersionUID = 1L;

    BadField(SourcePosition position, String reason) {
      super(position + ": " + reason, null, false, false);
    }
  }

  /** Reads one field. */
  @FunctionalInterface
  interface FieldReading {
    void read() throws BadField;
  }

  private final List<String> errors = new ArrayList<>();
  private final List<String> warnings = new ArrayList<>();
  private final List<String> ignored = new ArrayList<>();

  /** Runs {@code reading} and keeps its complaint, so that the next field is read as well. */
  void guard(FieldReading reading) {
    try {
      reading.read();
    } catch (BadField bad) {
      errors.add(bad.getMessage());
    }
  }

  void error(SourcePosition position, String reason) {
    errors.add(position + ": " + reason);
  }

  /** A key that nobody knows; a key that only defines a variable may have any name. */
  void unknownField(ConfigValue.Entry entry) {
    if (!entry.usedAsVariable()) {
      error(entry.position(), "unknown field " + GoQuote.quote(entry.key()));
    }
  }

  void warning(ConfigValue.Entry entry, String reason) {
    warnings.add(
        entry.position() + ": invalid use of field " + GoQuote.quote(entry.key()) + ": " + reason);
  }

  void warning(String message) {
    warnings.add(message);
  }

  /** A part that the server does without. */
  void notBuilt(String what, SourcePosition position) {
    ignored.add(what + " is not built yet: ignored (" + position + ")");
  }

  /** A part without which the server would be less safe than the file asks for. */
  void refused(String what, SourcePosition position) {
    error(position, what + " is not built yet, and ignoring it would weaken security");
  }

  List<String> errors() {
    return List.copyOf(errors);
  }

  List<String> warnings() {
    return List.copyOf(warnings);
  }

  List<String> ignored() {
    return List.copyOf(ignored);
  }
}
