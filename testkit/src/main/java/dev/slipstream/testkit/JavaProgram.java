// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.testkit;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A program in Java as a process of its own, with the JVM and the class path of the caller. */
public final class JavaProgram {
  private JavaProgram() {}

  /**
   * Its command line, to which there may be added.
   *
   * @param flags those of the JVM
   */
  public static List<String> command(List<String> flags, Class<?> main, String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(flags);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    command.addAll(List.of(arguments));
    return command;
  }
}
