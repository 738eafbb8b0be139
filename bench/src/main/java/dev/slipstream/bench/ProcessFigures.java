// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What another process has taken of the machine, as Linux tells. */
public final class ProcessFigures {
  private static final long CLOCK_TICK_NANOS = 10_000_000;
  private static final Pattern PEAK_KIBIBYTES = Pattern.compile("VmHWM:\\s*(\\d+)");

  private ProcessFigures() {}

  /** User and system time so far, in steps of 10 ms. */
  public static long cpuNanos(long pid) {
    String stat = read(pid, "stat");
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
    return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) * CLOCK_TICK_NANOS;
  }

  /** The largest resident set so far. */
  static double peakMebibytes(long pid) {
    Matcher found = PEAK_KIBIBYTES.matcher(read(pid, "status"));
    return found.find() ? Double.parseDouble(found.group(1)) / 1024 : 0;
  }

  private static String read(long pid, String file) {
    try {
      return Files.readString(Path.of("/proc", Long.toString(pid), file));
    } catch (IOException failed) {
      throw new UncheckedIOException(
          String.format(Locale.ROOT, "process %d cannot be measured", pid), failed);
    }
  }
}
