// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.protocol.json;

import com.fasterxml.jackson.core.JsonToken;
import dev.slipstream.protocol.wire.OutputBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Reads one JSON document field by field, by the rules of the public server.
 *
 * <p>A record reads itself with {@link #object(String, FieldHandler)}; the handler takes each value
 * with one of the typed methods. As in Go: {@code null} leaves the default (zero, empty, false);
 * names match without regard to case if they do not match exactly; of equal names the last one
 * counts; a value of the wrong type is reported only after the rest of the document was looked at,
 * so that an unknown word (see {@link #word}) wins over it, and a syntax error wins over both. An
 * empty document reads as {@code null}.
 *
 * <p>Lenient (the default): unknown fields are skipped. Strict: they are errors, and several values
 * may follow each other, each one adding to the one before.
 *
 * <p>Bounds: depth {@value #MAX_DEPTH}, numbers of {@value #MAX_NUMBER_LENGTH} characters, names of
 * {@value #MAX_NAME_LENGTH} bytes; the document itself is bounded by the array given. Every fault
 * is a {@link JsonException}. Owner: the thread that made it.
 */
public final class JsonReader {
  /** How deep objects and arrays may nest. */
  public static final int MAX_DEPTH = JsonTokens.MAX_DEPTH;

  /** How long a number may be. */
  public static final int MAX_NUMBER_LENGTH = JsonTokens.MAX_NUMBER_LENGTH;

  /** How long the name of a field may be. */
  public static final int MAX_NAME_LENGTH = JsonTokens.MAX_NAME_LENGTH;

  private final JsonTokens tokens;
  private final JsonPath path = new JsonPath();
  private boolean started;
  private boolean pending;
  private @Nullable String saved;

  /** Takes the value of a field. */
  @FunctionalInterface
  public interface FieldHandler {
    /** Reads the value with one method of {@code in}, or returns false if the name is unknown. */
    boolean onField(String name, JsonReader in);
  }

  /** Takes an element of an array. */
  @FunctionalInterface
  public interface ElementHandler {
    /** Reads the element with one method of {@code in}; one that is left alone is skipped. */
    void onElement(JsonReader in);
  }

  private JsonReader(byte[] bytes, int offset, int length) {
    tokens = new JsonTokens(bytes, offset, length);
  }

  /** Creates a lenient reader over part of an array, which must not change while it is read. */
  public static JsonReader of(byte[] bytes, int offset, int length) {
    return new JsonReader(bytes, offset, length);
  }

  /** Creates a lenient reader over a whole array, which must not change while it is read. */
  public static JsonReader of(byte[] bytes) {
    return new JsonReader(bytes, 0, bytes.length);
  }

  /** Sets whether unknown fields are errors; to be called before anything is read. */
  public JsonReader strict(boolean on) {
    tokens.strict(on);
    return this;
  }

  /** Reads an object whose type has no name in error texts. */
  public void object(FieldHandler handler) {
    object("", handler);
  }

  /**
   * Reads an object.
   *
   * @param goType the name of the public server's type, which its error texts show
   */
  public void object(String goType, FieldHandler handler) {
    do {
      if (enter() == JsonToken.START_OBJECT) {
        fields(goType, handler);
      } else {
        notNull(goType.isEmpty() ? "object" : "server." + goType, false);
      }
    } while (leave());
  }

  private void fields(String goType, FieldHandler handler) {
    path.push(goType);
    while (advance() != JsonToken.END_OBJECT) {
      String name = tokens.name();
      path.field(name);
      next();
      boolean known = handler.onField(name, this);
      if (!known && pending) {
        String folded = name.toLowerCase(Locale.ROOT);
        path.field(folded);
        known = !folded.equals(name) && handler.onField(folded, this);
      }
      if (!known && tokens.strict()) {
        save("json: unknown field " + GoQuote.quote(name));
      }
      skipPending();
    }
    path.pop();
    pending = false;
  }

  /**
   * Offers a field to the handler of a type that the public server embeds: the fields stand in the
   * outer object, but its error texts show the name of the inner type.
   */
  public boolean embedded(String goName, String field, FieldHandler handler) {
    path.embed(goName);
    try {
      return handler.onField(field, this);
    } finally {
      path.embed("");
    }
  }

  /** Reads an array. */
  public void array(ElementHandler handler) {
    array("array", handler);
  }

  /**
   * Reads an array.
   *
   * @param goType the type that error texts show, such as {@code []string}
   */
  public void array(String goType, ElementHandler handler) {
    if (enter() == JsonToken.START_ARRAY) {
      while (next() != JsonToken.END_ARRAY) {
        handler.onElement(this);
        skipPending();
      }
      pending = false;
    } else {
      notNull(goType, false);
    }
    leave();
  }

  /** Reads a string. */
  public String string() {
    String value = "";
    if (enter() == JsonToken.VALUE_STRING) {
      value = tokens.text();
    } else {
      notNull("string", false);
    }
    leave();
    return value;
  }

  /** Reads a signed number of 64 bits. */
  public long longValue() {
    return number("int64", Long.MIN_VALUE, Long.MAX_VALUE);
  }

  /** Reads a span of nanoseconds. */
  public long nanos() {
    return number("time.Duration", Long.MIN_VALUE, Long.MAX_VALUE);
  }

  /** Reads a number; one beyond 32 bits is drawn to the nearest int, since Go's int has 64. */
  public int intValue() {
    long value = number("int", Long.MIN_VALUE, Long.MAX_VALUE);
    return (int) Math.max(Integer.MIN_VALUE, Math.min(Integer.MAX_VALUE, value));
  }

  /** Reads a number of 64 bits that the public server keeps as Go's int. */
  public long wideInt() {
    return number("int", Long.MIN_VALUE, Long.MAX_VALUE);
  }

  /** Reads a signed number of exactly 32 bits. */
  public int int32Value() {
    return (int) number("int32", Integer.MIN_VALUE, Integer.MAX_VALUE);
  }

  /** Reads a number of 64 bits without sign, as the bits of a long. */
  public long unsignedLong() {
    return scalar("uint64", Long::parseUnsignedLong);
  }

  private long number(String goType, long min, long max) {
    return scalar(
        goType,
        text -> {
          long value = Long.parseLong(text);
          if (value < min || value > max) {
            throw new NumberFormatException();
          }
          return value;
        });
  }

  private long scalar(String goType, ToLongFunction<String> conversion) {
    long value = 0;
    if (enter() == JsonToken.VALUE_NUMBER_INT) {
      try {
        value = conversion.applyAsLong(tokens.text());
      } catch (NumberFormatException outOfRange) {
        notNull(goType, true);
      }
    } else {
      notNull(goType, true);
    }
    leave();
    return value;
  }

  /** Reads true or false. */
  public boolean bool() {
    JsonToken current = enter();
    boolean value = current == JsonToken.VALUE_TRUE;
    if (!value && current != JsonToken.VALUE_FALSE) {
      notNull("bool", false);
    }
    leave();
    return value;
  }

  /** Reads bytes that are written in base64. */
  public byte[] base64() {
    byte[] value = OutputBuffer.NO_BYTES;
    if (enter() == JsonToken.VALUE_STRING) {
      byte[] decoded = tokens.binary();
      if (decoded == null) {
        save("illegal base64 data");
      } else {
        value = decoded;
      }
    } else {
      notNull("[]uint8", false);
    }
    leave();
    return value;
  }

  /** Reads a time; {@code null} reads as {@link Rfc3339#ZERO}. */
  public Instant time() {
    Instant value = Rfc3339.ZERO;
    JsonToken current = enter();
    if (current == JsonToken.VALUE_STRING) {
      try {
        value = Rfc3339.parse(tokens.text());
      } catch (JsonException broken) {
        throw fail(broken.text());
      }
    } else if (current != null && current != JsonToken.VALUE_NULL) {
      throw fail("Time.UnmarshalJSON: input is not a JSON string");
    }
    leave();
    return value;
  }

  /** Reads a time that may be absent. */
  public @Nullable Instant optionalTime() {
    Instant value = isNull() ? null : time();
    skipPending();
    return value;
  }

  /**
   * Reads one of a closed list of words; anything else, also {@code null}, ends the reading.
   *
   * @param words gives the meaning of a word, or null
   * @param problem the error text, in which {@code %q} or {@code %s} stands for the JSON as sent
   */
  public <E> E word(Function<String, @Nullable E> words, String problem) {
    E meaning = enter() == JsonToken.VALUE_STRING ? words.apply(tokens.text()) : null;
    if (meaning == null) {
      String raw = tokens.raw();
      throw fail(problem.replace("%q", GoQuote.quote(raw)).replace("%s", raw));
    }
    leave();
    return meaning;
  }

  /** Like {@link #word}, for a list that the public server first reads as a string. */
  public <E> E stringWord(Function<String, @Nullable E> words, String problem) {
    JsonToken current = enter();
    if (current != null && current != JsonToken.VALUE_STRING && current != JsonToken.VALUE_NULL) {
      throw fail(mismatch(current, "string", false));
    }
    return word(words, problem);
  }

  /** Whether the value is null; it is not taken by asking. */
  public boolean isNull() {
    JsonToken current = enter();
    pending = true;
    return current == null || current == JsonToken.VALUE_NULL;
  }

  /** Skips the value, whatever it is. */
  public void skip() {
    enter();
    pending = true;
    skipPending();
    leave();
  }

  /** Reads an object of strings. */
  public Map<String, String> stringMap() {
    Map<String, String> values = new LinkedHashMap<>();
    map("map[string]string", name -> values.put(name, string()));
    return values;
  }

  /** Reads an object of unsigned numbers. */
  public Map<String, Long> unsignedMap() {
    Map<String, Long> values = new LinkedHashMap<>();
    map("map[string]uint64", name -> values.put(name, unsignedLong()));
    return values;
  }

  /** Reads an object whose names are not known; {@code entry} takes each value. */
  public void map(String goType, Consumer<String> entry) {
    if (enter() == JsonToken.START_OBJECT) {
      while (advance() != JsonToken.END_OBJECT) {
        String name = tokens.name();
        next();
        entry.accept(name);
        skipPending();
      }
      pending = false;
    } else {
      notNull(goType, false);
    }
    leave();
  }

  /** Reads an array of strings. */
  public List<String> strings() {
    return list("[]string", JsonReader::string);
  }

  /** Reads an array of spans of nanoseconds. */
  public List<Long> nanosList() {
    return list("[]time.Duration", JsonReader::nanos);
  }

  /** Reads an array of numbers without sign. */
  public List<Long> unsignedLongs() {
    return list("[]uint64", JsonReader::unsignedLong);
  }

  /**
   * Reads an array into a list; {@code null} reads as an empty one.
   *
   * @param goType the type that error texts show, such as {@code []string}
   * @param element reads one element
   */
  public <T> List<T> list(String goType, Function<JsonReader, T> element) {
    List<T> values = new ArrayList<>();
    array(goType, in -> values.add(element.apply(in)));
    return values;
  }

  /** Takes the value as it stands in the document. */
  public String raw() {
    enter();
    String raw = tokens.raw();
    leave();
    return raw;
  }

  /** The exception that ends the reading with {@code text}, unless a syntax error goes before. */
  public JsonException fail(String text) {
    return tokens.fail(text);
  }

  /** The token of the value to be taken; null stands for an empty document. */
  private @Nullable JsonToken enter() {
    if (!started) {
      started = true;
      tokens.first();
    }
    pending = false;
    return tokens.token();
  }

  /** Ends a value; true if it was a root and another one follows. */
  private boolean leave() {
    pending = false;
    if (!tokens.inRoot()) {
      return false;
    }
    if (saved != null) {
      throw fail(saved);
    }
    tokens.valueEnded();
    if (next() == null) {
      return false;
    }
    if (!tokens.strict()) {
      throw fail("invalid character after top-level value");
    }
    return true;
  }

  private @Nullable JsonToken next() {
    pending = true;
    return tokens.next();
  }

  private @Nullable JsonToken advance() {
    JsonToken token = next();
    pending = false;
    return token;
  }

  private void skipPending() {
    if (pending) {
      pending = false;
      tokens.skipChildren();
    }
  }

  private void save(String problem) {
    if (saved == null) {
      saved = problem;
    }
  }

  /** Reports the current value as being of the wrong type, and skips it; null suits any type. */
  private void notNull(String goType, boolean numeric) {
    JsonToken token = tokens.token();
    if (token == null || token == JsonToken.VALUE_NULL) {
      return;
    }
    save(mismatch(token, goType, numeric));
    tokens.skipChildren();
  }

  private String mismatch(JsonToken token, String goType, boolean numeric) {
    String found =
        switch (token) {
          case START_OBJECT -> "object";
          case START_ARRAY -> "array";
          case VALUE_STRING -> "string";
          case VALUE_TRUE, VALUE_FALSE -> "bool";
          default -> numeric ? "number " + tokens.text() : "number";
        };
    return "json: cannot unmarshal " + found + path.where() + goType;
  }
}
