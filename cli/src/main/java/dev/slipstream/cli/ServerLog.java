// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.cli;

import dev.slipstream.base.Clock;
import dev.slipstream.server.config.LogConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The log of the process: what SLF4J hands over and what the command itself has to say, in the
 * public server's form.
 *
 * <p>Thread-safe; never waits for the output. DBG and TRC lines are the server's own only, since
 * libraries write thousands of them; of libraries come warnings and errors.
 */
final class ServerLog implements AutoCloseable {

  private static final AtomicReference<@Nullable ServerLog> CURRENT = new AtomicReference<>();

  private final LogWriter writer;
  private final boolean debug;
  private final boolean trace;

  private ServerLog(LogWriter writer, boolean debug, boolean trace) {
    this.writer = writer;
    this.debug = debug;
    this.trace = trace;
  }

  /** Opens the log and makes it the one that SLF4J writes to. */
  static ServerLog open(LogConfig config, Clock clock, boolean terminal) throws IOException {
    ZoneId zone = config.utc() ? ZoneOffset.UTC : ZoneId.systemDefault();
    Path file = config.file();
    LogOutput output =
        file == null
            ? LogOutput.standardError()
            : LogOutput.file(file, config.sizeLimitBytes(), config.maxFiles());
    LogLine form =
        new LogLine(ProcessHandle.current().pid(), config.time(), zone, file == null && terminal);
    ServerLog log =
        new ServerLog(new LogWriter(output, form, clock, zone), config.debug(), config.trace());
    CURRENT.set(log);
    return log;
  }

  /** The log of the process, or null as long as none is open. */
  static @Nullable ServerLog current() {
    return CURRENT.get();
  }

  /** Whether a line of {@code level} by {@code logger} is written. */
  boolean isEnabled(LogLevel level, String logger) {
    return switch (level) {
      case TRACE -> trace && isOwn(logger);
      case DEBUG -> debug && isOwn(logger);
      case INFO -> isOwn(logger);
      case WARN, ERROR, FATAL -> true;
    };
  }

  private static boolean isOwn(String logger) {
    return logger.startsWith("dev.slipstream");
  }

  void info(String message) {
    writer.write(LogLevel.INFO, message);
  }

  void warn(String message) {
    writer.write(LogLevel.WARN, message);
  }

  void fatal(String message) {
    writer.write(LogLevel.FATAL, message);
  }

  /** A line with the failure behind it: in a word, and in debug mode with all its frames. */
  void write(LogLevel level, String message, @Nullable Throwable failure) {
    if (failure == null) {
      writer.write(level, message);
      return;
    }
    writer.write(level, message + ": " + failure);
    if (debug || level == LogLevel.ERROR) {
      for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
        if (cause != failure) {
          writer.write(level, "Caused by: " + cause);
        }
        for (StackTraceElement frame : cause.getStackTrace()) {
          writer.write(level, "\tat " + frame);
        }
      }
    }
  }

  /** Opens the log file by its name again. */
  void reopen() {
    writer.reopen();
  }

  /** Writes what waits and ends the log. */
  @Override
  public void close() {
    CURRENT.compareAndSet(this, null);
    writer.close();
  }
}
