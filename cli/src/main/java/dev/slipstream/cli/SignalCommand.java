// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * {@code --signal <command>=<pid>}: sends a running server a signal, by the {@code kill} program.
 * The process id may be that of the public server as well.
 */
final class SignalCommand {

  private static final Map<String, String> SIGNALS =
      Map.of("stop", "KILL", "quit", "INT", "term", "TERM", "reopen", "USR1", "ldm", "USR2");
  private static final int KILL_SECONDS = 10;

  private SignalCommand() {}

  /** Does it and returns the exit code. */
  static int run(String argument, Invocation invocation) {
    List<String> parts = List.of(argument.split("=", -1));
    if (parts.size() > 2) {
      return invocation.fail(
          "invalid signal parameters: [" + String.join(" ", parts.subList(2, parts.size())) + "]");
    }
    String command = parts.get(0);
    if (command.equals("reload")) {
      return invocation.fail("signal " + command + " is not built yet");
    }
    String signal = SIGNALS.get(command);
    if (signal == null) {
      return invocation.fail("unknown signal \"" + command + "\"");
    }
    if (parts.size() < 2 || parts.get(1).isEmpty()) {
      return invocation.fail(
          "unable to resolve pid, try providing one: --signal " + command + "=<pid or pid file>");
    }
    String pid = readPidFile(parts.get(1));
    if (!pid.matches("[0-9]{1,18}") || Long.parseLong(pid) == 0) {
      return invocation.fail("invalid pid: " + pid);
    }
    return kill(command, signal, pid, invocation);
  }

  /** What stands in the file of that name, or the text itself if there is no such file. */
  private static String readPidFile(String text) {
    try {
      return Files.readString(Path.of(text)).strip();
    } catch (IOException | RuntimeException notAFile) {
      return text;
    }
  }

  private static int kill(String command, String signal, String pid, Invocation invocation) {
    String failed = "signal \"" + command + "\" " + pid + ": ";
    if (ProcessHandle.of(Long.parseLong(pid)).isEmpty()) {
      return invocation.fail(failed + "no such process");
    }
    try {
      Process process =
          new ProcessBuilder("kill", "-" + signal, pid).redirectErrorStream(true).start();
      String said = new String(process.getInputStream().readAllBytes()).strip();
      if (!process.waitFor(KILL_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
        return invocation.fail(failed + said);
      }
      return 0;
    } catch (IOException noKill) {
      return invocation.fail(failed + noKill.getMessage());
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      return invocation.fail(failed + "interrupted");
    }
  }
}
