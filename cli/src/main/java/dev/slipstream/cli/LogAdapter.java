// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.cli;

import org.jspecify.annotations.Nullable;
import org.slf4j.Marker;
import org.slf4j.event.Level;
import org.slf4j.helpers.LegacyAbstractLogger;
import org.slf4j.helpers.MessageFormatter;

/** A logger of SLF4J that writes to {@link ServerLog}; before that is open, to nowhere. */
final class LogAdapter extends LegacyAbstractLogger {

  private static final long serialVersionUID = 1L;

  LogAdapter(String name) {
    this.name = name;
  }

  private boolean isEnabled(LogLevel level) {
    ServerLog log = ServerLog.current();
    return log != null && log.isEnabled(level, name);
  }

  @Override
  public boolean isTraceEnabled() {
    return isEnabled(LogLevel.TRACE);
  }

  @Override
  public boolean isDebugEnabled() {
    return isEnabled(LogLevel.DEBUG);
  }

  @Override
  public boolean isInfoEnabled() {
    return isEnabled(LogLevel.INFO);
  }

  @Override
  public boolean isWarnEnabled() {
    return isEnabled(LogLevel.WARN);
  }

  @Override
  public boolean isErrorEnabled() {
    return isEnabled(LogLevel.ERROR);
  }

  @Override
  protected @Nullable String getFullyQualifiedCallerName() {
    return null;
  }

  @Override
  protected void handleNormalizedLoggingCall(
      Level level,
      @Nullable Marker marker,
      String pattern,
      Object @Nullable [] arguments,
      @Nullable Throwable failure) {
    ServerLog log = ServerLog.current();
    if (log != null) {
      log.write(levelOf(level), MessageFormatter.basicArrayFormat(pattern, arguments), failure);
    }
  }

  private static LogLevel levelOf(Level level) {
    return switch (level) {
      case TRACE -> LogLevel.TRACE;
      case DEBUG -> LogLevel.DEBUG;
      case INFO -> LogLevel.INFO;
      case WARN -> LogLevel.WARN;
      case ERROR -> LogLevel.ERROR;
    };
  }
}
