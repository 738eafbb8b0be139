// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.cli;

import java.io.PrintStream;
import java.util.Map;

/**
 * How the program was called: by which name, with which environment, writing to where.
 *
 * @param name the last part of the path of the program, such as {@code slipstream} or {@code
 *     nats-server}
 * @param environment the variables of the process
 * @param out standard output
 * @param err standard error
 */
record Invocation(String name, Map<String, String> environment, PrintStream out, PrintStream err) {

  /** The name under which harnesses look for the server. */
  static final String NATS_SERVER = "nats-server";

  /** The property in which the launcher passes the name. */
  static final String NAME_PROPERTY = "slipstream.name";

  static Invocation ofProcess() {
    return new Invocation(
        System.getProperty(NAME_PROPERTY, "slipstream"), System.getenv(), System.out, System.err);
  }

  /** Whether the program poses as the public server. */
  boolean asNatsServer() {
    return name.equals(NATS_SERVER);
  }

  /** One line on standard error, with the program's name in front, as Go programs do it. */
  int fail(String message) {
    err.println(name + ": " + message);
    return 1;
  }
}
