// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What a credentials file holds: a user's JWT and the seed of its key, each between a line {@code
 * -----BEGIN ...-----} and a line {@code -----END ...-----}. Source: NATS credentials files.
 */
record CredentialsFile(String jwt, String seed) {
  private static final String DASHES = "---";

  /**
   * Reads a file.
   *
   * @throws AuthException when it cannot be read or lacks a part; never shows what it holds
   */
  static CredentialsFile read(Path file) {
    try {
      String text = Files.readString(file, StandardCharsets.ISO_8859_1);
      return new CredentialsFile(block(text, "JWT", file), block(text, "SEED", file));
    } catch (NoSuchFileException e) {
      throw new AuthException("the credentials file " + file + " does not exist", e);
    } catch (IOException e) {
      throw new AuthException("the credentials file " + file + " cannot be read: " + e, e);
    }
  }

  private static String block(String text, String kind, Path file) {
    StringBuilder found = null;
    for (String line : text.lines().map(String::strip).toList()) {
      String upper = line.toUpperCase(Locale.ROOT);
      boolean rule = upper.startsWith(DASHES);
      if (found == null) {
        found =
            rule && upper.contains("BEGIN") && upper.contains(kind) ? new StringBuilder() : null;
      } else if (rule) {
        return nonEmpty(found, kind, file);
      } else {
        found.append(line);
      }
    }
    return nonEmpty(null, kind, file);
  }

  private static String nonEmpty(@Nullable StringBuilder found, String kind, Path file) {
    if (found == null || found.length() == 0) {
      throw new AuthException(
          "the credentials file " + file + " has no " + kind + " between BEGIN and END", null);
    }
    return found.toString();
  }

  @Override
  public String toString() {
    return "CredentialsFile[***]";
  }
}
