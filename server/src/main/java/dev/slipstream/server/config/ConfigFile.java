// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.server.config;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;

/**
 * A parsed configuration file in the NATS configuration language: its values, not yet judged.
 *
 * <p>The language: keys and values separated by {@code =}, {@code :} or blanks; a value ends with
 * its line, a comma, a semicolon or a closing bracket; comments begin with {@code #} or {@code //};
 * blocks in braces, arrays in brackets, strings bare or quoted, text blocks in parentheses, numbers
 * with size suffixes, booleans, dates; {@code $NAME} refers to a key of an enclosing block or to
 * the environment; {@code include} merges another file. JSON is accepted as it stands.
 *
 * <p>Bounds: {@value #MAX_CHARS} characters over all included files, {@value #MAX_DEPTH} levels of
 * nesting, {@value #MAX_INCLUDE_DEPTH} levels of inclusion. A file that includes itself is an
 * error.
 *
 * @param name the name that messages use, as the caller spelled it
 * @param root the values
 * @param digest {@code sha256:} and the hash of the values as JSON with sorted keys; two files with
 *     the same values have the same digest, here and in the public server
 */
public record ConfigFile(String name, ConfigValue.Block root, String digest) {

  static final int MAX_CHARS = 16 * 1024 * 1024;
  static final int MAX_DEPTH = 64;
  static final int MAX_INCLUDE_DEPTH = 16;

  /** Reads and parses {@code path} with the variables of this process's environment. */
  public static ConfigFile load(String path) throws ConfigException {
    return load(path, System.getenv());
  }

  static ConfigFile load(String path, Map<String, String> environment) throws ConfigException {
    ConfigLoader loader = new ConfigLoader(environment);
    return of(path, loader.parseFile(Path.of(path), path));
  }

  /** Parses text that stands in no file; {@code name} is what messages call it. */
  public static ConfigFile parse(String text, String name) throws ConfigException {
    return parse(text, name, System.getenv());
  }

  static ConfigFile parse(String text, String name, Map<String, String> environment)
      throws ConfigException {
    ConfigLoader loader = new ConfigLoader(environment);
    return of(name, loader.parseText(text, name));
  }

  private static ConfigFile of(String name, ConfigValue.Block root) {
    return new ConfigFile(name, root, ConfigDigest.of(root));
  }

  /** The text of a file; {@code name} is what messages call it. */
  static String read(Path path, String name) throws ConfigException {
    try {
      if (Files.isDirectory(path)) {
        throw new ConfigException("open " + name + ": is a directory");
      }
      if (Files.size(path) > MAX_CHARS) {
        throw new ConfigException(
            "open " + name + ": a configuration file has at most " + MAX_CHARS + " bytes");
      }
      byte[] bytes = Files.readAllBytes(path);
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException notText) {
      throw new ConfigException("open " + name + ": the file is not UTF-8 text");
    } catch (NoSuchFileException missing) {
      throw new ConfigException("open " + name + ": no such file or directory");
    } catch (AccessDeniedException denied) {
      throw new ConfigException("open " + name + ": permission denied");
    } catch (IOException failed) {
      throw new ConfigException("open " + name + ": " + failed.getMessage());
    }
  }
}
