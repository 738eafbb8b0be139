// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.server.config;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Recursive-descent parser of one file of the configuration language; see {@link ConfigFile} for
 * the language.
 *
 * <p>The blocks that are open at the moment form the scope of variables, innermost first. A
 * variable must be defined before it is used. What an included file defines belongs to the block
 * that includes it; it sees none of the variables outside.
 */
final class ConfigParser {

  /** An entry of a block that is still open; a later value may refer to it. */
  private static final class Definition {
    final ConfigValue value;
    boolean usedAsVariable;

    Definition(ConfigValue value, boolean usedAsVariable) {
      this.value = value;
      this.usedAsVariable = usedAsVariable;
    }
  }

  private static final Pattern BCRYPT = Pattern.compile("2[abxy]\\$.*");

  private final ConfigLoader loader;
  private final ConfigScanner in;
  private final ConfigScalars scalars;
  private final @Nullable Path path;
  private final Deque<Map<String, Definition>> scopes = new ArrayDeque<>();
  private int depth;

  ConfigParser(ConfigLoader loader, String text, String name, @Nullable Path path) {
    this.loader = loader;
    this.in = new ConfigScanner(text, name);
    this.scalars = new ConfigScalars(in);
    this.path = path;
  }

  /** The values of the whole text. */
  ConfigValue.Block parseTop() throws ConfigException {
    SourcePosition start = in.position();
    Map<String, Definition> fields = new LinkedHashMap<>();
    scopes.push(fields);
    while (true) {
      in.skipSpace();
      if (in.skipComment()) {
        continue;
      }
      if (in.peek() == ConfigScanner.END) {
        break;
      }
      if (in.take('{')) {
        wrappedEntries(fields);
      } else if (in.peek() == '}') {
        closingBraceAtEnd();
      } else {
        entry(fields, false);
        endOfTopValue();
      }
    }
    scopes.pop();
    return block(fields, start);
  }

  /** The whole file in braces: the entries of the top between them. */
  private void wrappedEntries(Map<String, Definition> fields) throws ConfigException {
    while (true) {
      in.skipSpace();
      if (in.skipComment()) {
        continue;
      }
      if (in.take('}')) {
        return;
      }
      if (in.peek() == ConfigScanner.END) {
        throw in.error("Unexpected EOF, a '}' is missing");
      }
      entry(fields, false);
      if (endOfValue("block-level")) {
        return;
      }
    }
  }

  /** A stray brace is taken at the end of a file, since the public server takes it. */
  private void closingBraceAtEnd() throws ConfigException {
    SourcePosition position = in.position();
    in.next();
    in.skipSpace();
    if (in.peek() != ConfigScanner.END) {
      throw new ConfigException(position, "Unexpected '}'");
    }
  }

  private void endOfTopValue() throws ConfigException {
    in.skipBlanks();
    if (in.skipComment()) {
      return;
    }
    int c = in.peek();
    if (c == ConfigScanner.END || ConfigScanner.isLineEnd(c) || c == ',' || c == ';' || c == '}') {
      in.next();
      return;
    }
    throw in.error(
        "Expected a top-level value to end with a new line, comment or EOF, but got "
            + in.shown()
            + " instead.");
  }

  /** Consumes what ends an entry of a block; true if it is the brace that ends the block. */
  private boolean endOfValue(String what) throws ConfigException {
    do {
      in.skipBlanks();
    } while (in.skipComment());
    int c = in.peek();
    if (ConfigScanner.isLineEnd(c) || c == ',' || c == ';') {
      in.next();
      return false;
    }
    if (in.take('}')) {
      return true;
    }
    throw in.error(
        "Expected a "
            + what
            + " value terminator \",\" or a map terminator \"}\", but got "
            + in.shown()
            + " instead.");
  }

  private void entry(Map<String, Definition> fields, boolean inMap) throws ConfigException {
    int c = in.peek();
    if (c == '=' || c == ':') {
      throw in.error("Unexpected key separator " + in.shown());
    }
    SourcePosition position;
    String key;
    if (c == '"' || c == '\'') {
      in.next();
      position = in.position();
      key = quotedKey((char) c, position);
    } else {
      position = in.position();
      key = bareKey();
      if (key.equalsIgnoreCase("include") && ConfigScanner.isSpace(in.peek())) {
        include(fields, position);
        return;
      }
    }
    in.skipSpace();
    if (in.peek() == ConfigScanner.END) {
      throw new ConfigException(position, "config is invalid: key \"" + key + "\" has no value");
    }
    boolean separated = in.take('=') || in.take(':');
    if (inMap) {
      in.skipSpace();
    } else {
      in.skipBlanks();
    }
    c = in.peek();
    if (separated && !inMap && ConfigScanner.isLineEnd(c)) {
      throw in.error("Expected value but found new line");
    }
    if (c == ConfigScanner.END || c == ',' || c == ';' || c == '}' || c == ']') {
      throw in.error("Expected value for key \"" + key + "\" but found " + in.shown());
    }
    define(fields, key, new Definition(value(position), false));
  }

  /** The last of several definitions counts, and takes the place of the last in the order. */
  private static void define(Map<String, Definition> fields, String key, Definition definition) {
    fields.remove(key);
    fields.put(key, definition);
  }

  private String quotedKey(char quote, SourcePosition position) throws ConfigException {
    int start = in.offset();
    while (in.peek() != quote) {
      if (in.next() == ConfigScanner.END) {
        throw new ConfigException(position, "Unexpected EOF processing quoted key.");
      }
    }
    String key = in.since(start);
    in.next();
    return key;
  }

  private String bareKey() throws ConfigException {
    int c = in.peek();
    if (c == ',' || c == ';' || c == ']' || c == '[' || c == ')' || c == '(') {
      throw in.error("Expected a key but got " + in.shown());
    }
    int start = in.offset();
    while (c != ConfigScanner.END && c != '=' && c != ':' && !ConfigScanner.isSpace(c)) {
      in.next();
      c = in.peek();
    }
    return in.since(start);
  }

  private ConfigValue value(SourcePosition position) throws ConfigException {
    int c = in.peek();
    if (ConfigScanner.isDigit(c)) {
      return scalars.number(position);
    }
    return switch (c) {
      case '[' -> nested(() -> array(position));
      case '{' -> nested(() -> map(position));
      case '\'' -> scalars.rawString(position);
      case '"' -> scalars.quotedString(position);
      case '-' -> scalars.negativeNumber(position);
      case '(' -> scalars.textBlock(position);
      case '.' -> throw in.error("Floats must start with a digit");
      default -> bareValue(position);
    };
  }

  @FunctionalInterface
  private interface Production {
    ConfigValue parse() throws ConfigException;
  }

  private ConfigValue nested(Production production) throws ConfigException {
    if (depth == ConfigFile.MAX_DEPTH) {
      throw in.error("more than " + ConfigFile.MAX_DEPTH + " levels of nesting");
    }
    depth++;
    ConfigValue value = production.parse();
    depth--;
    return value;
  }

  private ConfigValue array(SourcePosition position) throws ConfigException {
    in.next();
    List<ConfigValue> values = new ArrayList<>();
    while (true) {
      in.skipSpace();
      if (in.skipComment()) {
        continue;
      }
      if (in.take(']')) {
        return new ConfigValue.Items(values, position);
      }
      if (in.peek() == ',') {
        throw in.error("Unexpected array value terminator ','.");
      }
      if (in.peek() == ConfigScanner.END || in.peek() == '}' || in.peek() == ';') {
        throw arrayEndMissing();
      }
      values.add(value(in.position()));
      do {
        in.skipBlanks();
      } while (in.skipComment());
      int c = in.peek();
      if (c == ',' || ConfigScanner.isLineEnd(c)) {
        in.next();
      } else if (c != ']') {
        throw arrayEndMissing();
      }
    }
  }

  private ConfigException arrayEndMissing() {
    return in.error(
        "Expected an array value terminator \",\" or an array terminator \"]\", but got "
            + in.shown()
            + " instead.");
  }

  private ConfigValue map(SourcePosition position) throws ConfigException {
    in.next();
    Map<String, Definition> fields = new LinkedHashMap<>();
    scopes.push(fields);
    boolean open = true;
    while (open) {
      in.skipSpace();
      if (in.skipComment()) {
        continue;
      }
      if (in.take('}')) {
        break;
      }
      if (in.peek() == ConfigScanner.END) {
        throw in.error("Unexpected EOF processing map.");
      }
      if (in.peek() == ']') {
        throw in.error("Unexpected array end ']' processing map.");
      }
      entry(fields, true);
      open = !endOfValue("map");
    }
    scopes.pop();
    return block(fields, position);
  }

  private static ConfigValue.Block block(Map<String, Definition> fields, SourcePosition position) {
    Map<String, ConfigValue.Entry> entries = new LinkedHashMap<>();
    fields.forEach(
        (key, definition) ->
            entries.put(
                key, new ConfigValue.Entry(key, definition.value, definition.usedAsVariable)));
    return new ConfigValue.Block(entries, position);
  }

  private ConfigValue bareValue(SourcePosition position) throws ConfigException {
    ConfigScalars.Bare bare = scalars.bareString();
    String text = bare.text();
    if (!bare.escaped()) {
      switch (text.toLowerCase(Locale.ROOT)) {
        case "true", "yes", "on" -> {
          return new ConfigValue.Flag(true, position);
        }
        case "false", "no", "off" -> {
          return new ConfigValue.Flag(false, position);
        }
        default -> {}
      }
      if (text.startsWith("$")) {
        return variable(text.substring(1), position);
      }
    }
    return new ConfigValue.Text(text, position);
  }

  private ConfigValue variable(String name, SourcePosition position) throws ConfigException {
    if (BCRYPT.matcher(name).matches()) {
      return new ConfigValue.Text("$" + name, position);
    }
    for (Map<String, Definition> scope : scopes) {
      Definition definition = scope.get(name);
      if (definition != null) {
        definition.usedAsVariable = true;
        return definition.value.at(position);
      }
    }
    return loader.environmentValue(name, position);
  }

  private void include(Map<String, Definition> fields, SourcePosition position)
      throws ConfigException {
    in.skipBlanks();
    String target = includeTarget();
    if (path == null) {
      throw new ConfigException(position, "include needs a file that includes");
    }
    ConfigValue.Block included;
    try {
      Path file = path.resolveSibling(target);
      included = loader.parseFile(file, file.toString());
    } catch (InvalidPathException | ConfigException failed) {
      throw new ConfigException(
          position, "error parsing include file '" + target + "', " + failed.getMessage());
    }
    for (ConfigValue.Entry entry : included.entries()) {
      define(fields, entry.key(), new Definition(entry.value(), entry.usedAsVariable()));
    }
  }

  private String includeTarget() throws ConfigException {
    int c = in.peek();
    BooleanSupplier atEnd = () -> ConfigScanner.endsValue(in.peek());
    boolean quoted = c == '"' || c == '\'';
    if (quoted) {
      in.next();
      atEnd = () -> in.peek() == c;
    } else if (c == '[' || c == '{' || c == '(' || c == '-' || ConfigScanner.isDigit(c)) {
      throw in.error("Expected include value but found " + in.shown());
    } else if (ConfigScanner.endsValue(c)) {
      throw in.error("Expected include value but found new line");
    }
    int start = in.offset();
    while (!atEnd.getAsBoolean()) {
      if (in.next() == ConfigScanner.END) {
        throw in.error("Unexpected EOF in quoted include");
      }
    }
    String target = in.since(start);
    if (quoted) {
      in.next();
    }
    return target;
  }
}
