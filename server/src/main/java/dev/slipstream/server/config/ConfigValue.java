// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.server.config;

import java.time.Instant;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A value of a configuration file with the place where it stands; immutable.
 *
 * <p>The position of a value in a block is that of its key, since that is what a reader looks for;
 * the position of a value in a list is its own.
 */
public sealed interface ConfigValue {

  /** Where the value stands. */
  SourcePosition position();

  /** The same value at another place: what a reference to a variable is. */
  ConfigValue at(SourcePosition position);

  /** What the kind of value is called in a message, with its article. */
  String kind();

  /** A string, quoted or not. */
  record Text(String text, SourcePosition position) implements ConfigValue {
    @Override
    public Text at(SourcePosition place) {
      return new Text(text, place);
    }

    @Override
    public String kind() {
      return "a string";
    }
  }

  /** A whole number, its suffix applied. */
  record Whole(long number, SourcePosition position) implements ConfigValue {
    @Override
    public Whole at(SourcePosition place) {
      return new Whole(number, place);
    }

    @Override
    public String kind() {
      return "an integer";
    }
  }

  /** A number with a fraction. */
  record Fraction(double number, SourcePosition position) implements ConfigValue {
    @Override
    public Fraction at(SourcePosition place) {
      return new Fraction(number, place);
    }

    @Override
    public String kind() {
      return "a number with a fraction";
    }
  }

  /** A boolean. */
  record Flag(boolean on, SourcePosition position) implements ConfigValue {
    @Override
    public Flag at(SourcePosition place) {
      return new Flag(on, place);
    }

    @Override
    public String kind() {
      return "a boolean";
    }
  }

  /** A point in time, in seconds. */
  record Moment(Instant instant, SourcePosition position) implements ConfigValue {
    @Override
    public Moment at(SourcePosition place) {
      return new Moment(instant, place);
    }

    @Override
    public String kind() {
      return "a date";
    }
  }

  /** An array. */
  record Items(List<ConfigValue> values, SourcePosition position) implements ConfigValue {
    public Items {
      values = List.copyOf(values);
    }

    @Override
    public Items at(SourcePosition place) {
      return new Items(values, place);
    }

    @Override
    public String kind() {
      return "an array";
    }
  }

  /** A map. Its entries keep the order of the file; of a key given twice the last one counts. */
  record Block(Map<String, Entry> fields, SourcePosition position) implements ConfigValue {
    public Block {
      fields = Collections.unmodifiableMap(new LinkedHashMap<>(fields));
    }

    /** The entries in the order of the file. */
    public Collection<Entry> entries() {
      return fields.values();
    }

    /** The value of {@code key}, spelled exactly so. */
    public @Nullable ConfigValue get(String key) {
      Entry entry = fields.get(key);
      return entry == null ? null : entry.value();
    }

    @Override
    public Block at(SourcePosition place) {
      return new Block(fields, place);
    }

    @Override
    public String kind() {
      return "a map";
    }
  }

  /**
   * A key with its value. {@code usedAsVariable} says that another value refers to it; such a key
   * may have any name.
   */
  record Entry(String key, ConfigValue value, boolean usedAsVariable) {
    /** Where the key stands. */
    public SourcePosition position() {
      return value.position();
    }
  }
}
