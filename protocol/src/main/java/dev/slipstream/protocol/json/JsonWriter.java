// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.protocol.json;

import dev.slipstream.protocol.wire.OutputBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiConsumer;

/**
 * Builds one JSON document as UTF-8 bytes, byte for byte as Go's {@code encoding/json} would.
 *
 * <p>Compact; {@code <}, {@code >}, {@code &}, U+2028 and U+2029 are escaped; a lone surrogate
 * becomes {@code \ufffd}; map keys are sorted. Commas are set by the writer. The {@code ...If}
 * methods leave a field out when its value is empty, like Go's {@code omitempty}. The writer does
 * not check that names and values alternate or that brackets close.
 *
 * <p>Owner: the thread that made it. Errors: none, except running out of memory.
 */
public final class JsonWriter {
  private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] TRUE = "true".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] FALSE = "false".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] NULL = "null".getBytes(StandardCharsets.US_ASCII);

  private final OutputBuffer out;

  /** Creates a writer with room for a small document. */
  public JsonWriter() {
    this(256);
  }

  /** Creates a writer with room for {@code capacity} bytes; it grows beyond that. */
  public JsonWriter(int capacity) {
    out = new OutputBuffer(Math.max(16, capacity));
  }

  /** Opens an object. */
  public JsonWriter object() {
    separate();
    return put('{');
  }

  /** Closes the object. */
  public JsonWriter end() {
    return put('}');
  }

  /** Opens an array. */
  public JsonWriter array() {
    separate();
    return put('[');
  }

  /** Closes the array. */
  public JsonWriter endArray() {
    return put(']');
  }

  /** Writes the name of the next value. */
  public JsonWriter name(String name) {
    separate();
    quoted(name);
    return put(':');
  }

  /** Writes a string. */
  public JsonWriter value(String value) {
    separate();
    quoted(value);
    return this;
  }

  /** Writes a signed number. */
  public JsonWriter value(long value) {
    separate();
    if (value < 0) {
      put('-');
    }
    out.putDecimal(value < 0 ? -value : value);
    return this;
  }

  /** Writes true or false. */
  public JsonWriter value(boolean value) {
    separate();
    out.put(value ? TRUE : FALSE);
    return this;
  }

  /** Writes a number of 64 bits without sign. */
  public JsonWriter unsignedValue(long value) {
    separate();
    out.putDecimal(value);
    return this;
  }

  /** Writes a value that is JSON already. */
  public JsonWriter rawValue(byte[] json) {
    separate();
    out.put(json);
    return this;
  }

  /** Writes a value that another writer has written. */
  public JsonWriter rawValue(JsonWriter json) {
    separate();
    out.put(json.out.array(), 0, json.out.length());
    return this;
  }

  /** Writes null. */
  public JsonWriter nullValue() {
    separate();
    out.put(NULL);
    return this;
  }

  /** Writes a name and a string. */
  public JsonWriter field(String name, String value) {
    return name(name).value(value);
  }

  /** Writes a name and a signed number. */
  public JsonWriter field(String name, long value) {
    return name(name).value(value);
  }

  /** Writes a name and true or false. */
  public JsonWriter field(String name, boolean value) {
    return name(name).value(value);
  }

  /** Writes a name and a number of 64 bits without sign. */
  public JsonWriter unsignedField(String name, long value) {
    return name(name).unsignedValue(value);
  }

  /** Writes a name and a time, RFC 3339 in UTC. */
  public JsonWriter timeField(String name, Instant time) {
    return field(name, Rfc3339.format(time));
  }

  /** Writes a name and a list of strings. */
  public JsonWriter stringsField(String name, Collection<String> values) {
    name(name).array();
    values.forEach(this::value);
    return endArray();
  }

  /** Writes a name and an object of strings, sorted by key. */
  public JsonWriter stringMapField(String name, Map<String, String> values) {
    name(name).object();
    for (String key : sorted(values.keySet())) {
      field(key, Objects.requireNonNull(values.get(key)));
    }
    return end();
  }

  /** Writes the field unless the string is empty. */
  public JsonWriter fieldIf(String name, String value) {
    return value.isEmpty() ? this : field(name, value);
  }

  /** Writes the field unless the number is zero. */
  public JsonWriter fieldIf(String name, long value) {
    return value == 0 ? this : field(name, value);
  }

  /** Writes the field if it is true. */
  public JsonWriter fieldIf(String name, boolean value) {
    return value ? field(name, true) : this;
  }

  /** Writes the field unless the number is zero. */
  public JsonWriter unsignedFieldIf(String name, long value) {
    return value == 0 ? this : unsignedField(name, value);
  }

  /** Writes the field unless the list is empty. */
  public JsonWriter stringsFieldIf(String name, List<String> values) {
    return values.isEmpty() ? this : stringsField(name, values);
  }

  /** Writes the field unless the map is empty. */
  public JsonWriter stringMapFieldIf(String name, Map<String, String> values) {
    return values.isEmpty() ? this : stringMapField(name, values);
  }

  /** Writes a name and a list of numbers without sign. */
  public JsonWriter unsignedsField(String name, List<Long> values) {
    name(name).array();
    values.forEach(this::unsignedValue);
    return endArray();
  }

  /** Writes the list of numbers without sign unless it is empty. */
  public JsonWriter unsignedsFieldIf(String name, List<Long> values) {
    return arrayFieldIf(name, values, (value, json) -> json.unsignedValue(value));
  }

  /** Writes the object of numbers without sign, sorted by key, unless it is empty. */
  public JsonWriter unsignedMapFieldIf(String name, Map<String, Long> values) {
    if (!values.isEmpty()) {
      name(name).object();
      for (String key : sorted(values.keySet())) {
        unsignedField(key, Objects.requireNonNull(values.get(key)));
      }
      end();
    }
    return this;
  }

  /** Writes a name and an array, each element by {@code element}, unless there are none. */
  public <T> JsonWriter arrayFieldIf(
      String name, List<T> values, BiConsumer<T, JsonWriter> element) {
    if (!values.isEmpty()) {
      name(name).array();
      values.forEach(each -> element.accept(each, this));
      endArray();
    }
    return this;
  }

  /** Writes a name and bytes in base64. */
  public JsonWriter base64Field(String name, byte[] value) {
    name(name).put('"');
    out.put(Base64.getEncoder().encode(value));
    return put('"');
  }

  /** Returns the keys in the order of their UTF-8 bytes, in which Go writes maps. */
  public static List<String> sorted(Collection<String> keys) {
    return keys.stream().sorted(JsonWriter::compareCodePoints).toList();
  }

  private static int compareCodePoints(String a, String b) {
    int common = Math.min(a.length(), b.length());
    for (int i = 0; i < common; i++) {
      char x = a.charAt(i);
      char y = b.charAt(i);
      if (x != y) {
        // A surrogate pair stands for a code point above all others.
        boolean pairs = Character.isSurrogate(x) != Character.isSurrogate(y);
        return pairs ? (Character.isSurrogate(x) ? 1 : -1) : Character.compare(x, y);
      }
    }
    return Integer.compare(a.length(), b.length());
  }

  /** The number of bytes written so far. */
  public int length() {
    return out.length();
  }

  /** Returns a copy of the bytes written so far. */
  public byte[] toBytes() {
    return out.toBytes();
  }

  @Override
  public String toString() {
    return out.toString();
  }

  /** A value follows another one exactly if what was written last neither opens nor names it. */
  private void separate() {
    int length = out.length();
    if (length > 0) {
      byte last = out.array()[length - 1];
      if (last != '{' && last != '[' && last != ':') {
        put(',');
      }
    }
  }

  private void quoted(String text) {
    put('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < 0x80) {
        if (c < ' ' || c == '"' || c == '\\' || c == '<' || c == '>' || c == '&') {
          escape(c);
        } else {
          put(c);
        }
      } else if (Character.isSurrogate(c)) {
        i += pair(text, i);
      } else if (c == '\u2028' || c == '\u2029') {
        escape(c);
      } else {
        put(c < 0x800 ? 0xc0 | (c >> 6) : 0xe0 | (c >> 12));
        if (c >= 0x800) {
          put(0x80 | ((c >> 6) & 0x3f));
        }
        put(0x80 | (c & 0x3f));
      }
    }
    put('"');
  }

  /** Writes the pair at {@code index} and returns 1, or the mark for a broken one and returns 0. */
  private int pair(String text, int index) {
    int point = text.codePointAt(index);
    if (point <= 0xffff) {
      escape('\ufffd');
      return 0;
    }
    put(0xf0 | (point >> 18));
    put(0x80 | ((point >> 12) & 0x3f));
    put(0x80 | ((point >> 6) & 0x3f));
    put(0x80 | (point & 0x3f));
    return 1;
  }

  private void escape(char c) {
    put('\\');
    switch (c) {
      case '"', '\\' -> put(c);
      case '\b' -> put('b');
      case '\f' -> put('f');
      case '\n' -> put('n');
      case '\r' -> put('r');
      case '\t' -> put('t');
      default -> {
        put('u');
        for (int shift = 12; shift >= 0; shift -= 4) {
          put(HEX[(c >> shift) & 0xf]);
        }
      }
    }
  }

  private JsonWriter put(int b) {
    out.put(b);
    return this;
  }
}
