// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.server.config;

/**
 * A place in a configuration file, for messages.
 *
 * <p>{@code line} counts from 1. {@code column} counts characters from the line feed before the
 * line: the first character of a line has column 1, except on a file's first line, where it has
 * column 0. That is how the public server counts, and a message about the same file names the same
 * place.
 */
public record SourcePosition(String file, int line, int column) {

  @Override
  public String toString() {
    return file + ":" + line + ":" + column;
  }
}
