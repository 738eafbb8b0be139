// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.server.config;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the files of one configuration share: the environment, the bounds, and who includes whom.
 * One thread, one configuration.
 */
final class ConfigLoader {

  private static final String ENVIRONMENT_KEY = "value";

  private final Map<String, String> environment;
  private final Set<Path> openFiles = new HashSet<>();
  private final Set<String> openVariables = new HashSet<>();
  private int charsRead;

  ConfigLoader(Map<String, String> environment) {
    this.environment = environment;
  }

  /** The values of a file; {@code name} is what messages call it. */
  ConfigValue.Block parseFile(Path path, String name) throws ConfigException {
    if (openFiles.size() >= ConfigFile.MAX_INCLUDE_DEPTH) {
      throw new ConfigException(
          "open " + name + ": more than " + ConfigFile.MAX_INCLUDE_DEPTH + " nested includes");
    }
    Path identity = identity(path);
    if (!openFiles.add(identity)) {
      throw new ConfigException("open " + name + ": the file includes itself");
    }
    try {
      return parse(ConfigFile.read(path, name), name, path);
    } finally {
      openFiles.remove(identity);
    }
  }

  /** The values of a text that stands in no file and includes none. */
  ConfigValue.Block parseText(String text, String name) throws ConfigException {
    return parse(text, name, null);
  }

  /** The value of an environment variable, which is written like any value of a file. */
  ConfigValue environmentValue(String name, SourcePosition position) throws ConfigException {
    String text = environment.get(name);
    if (text == null) {
      throw new ConfigException(position, "variable reference for '" + name + "' can not be found");
    }
    if (text.isEmpty()) {
      return new ConfigValue.Text("", position);
    }
    if (!openVariables.add(name)) {
      throw new ConfigException(position, "variable reference cycle for '" + name + "'");
    }
    try {
      ConfigValue value = parseText(ENVIRONMENT_KEY + "=" + text, "$" + name).get(ENVIRONMENT_KEY);
      return value == null ? new ConfigValue.Text("", position) : value.at(position);
    } catch (ConfigException malformed) {
      throw new ConfigException(
          position,
          "variable reference for '" + name + "' could not be parsed: " + malformed.getMessage());
    } finally {
      openVariables.remove(name);
    }
  }

  private ConfigValue.Block parse(String text, String name, @Nullable Path path)
      throws ConfigException {
    charsRead += text.length();
    if (charsRead > ConfigFile.MAX_CHARS) {
      throw new ConfigException(
          name + ": a configuration has at most " + ConfigFile.MAX_CHARS + " characters");
    }
    return new ConfigParser(this, text, name, path).parseTop();
  }

  private static Path identity(Path path) {
    try {
      return path.toRealPath();
    } catch (IOException notThere) {
      return path.toAbsolutePath().normalize();
    }
  }
}
