// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.cli;

import dev.slipstream.base.Clock;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Writes log lines on a thread of its own, so that a slow disk or a terminal that is held does not
 * hold an event loop.
 *
 * <p>At most {@value #MAX_LINES} lines or {@value #MAX_CHARS} characters wait; what comes on top is
 * dropped and counted, and the log says how many lines are missing. {@link #close} writes what
 * waits.
 */
final class LogWriter implements AutoCloseable {

  static final int MAX_LINES = 16 * 1024;
  static final int MAX_CHARS = 8 * 1024 * 1024;

  private static final int WRITE_CHARS = 64 * 1024;
  private static final long CLOSE_SECONDS = 5;

  private static final String REOPEN = new String("reopen");
  private static final String STOP = new String("stop");

  private final LogOutput output;
  private final LogLine form;
  private final Clock clock;
  private final ZoneId zone;
  private final BlockingQueue<String> lines = new ArrayBlockingQueue<>(MAX_LINES);
  private final AtomicLong waitingChars = new AtomicLong();
  private final AtomicLong dropped = new AtomicLong();
  private final Thread thread;

  LogWriter(LogOutput output, LogLine form, Clock clock, ZoneId zone) {
    this.output = output;
    this.form = form;
    this.clock = clock;
    this.zone = zone;
    this.thread = new Thread(this::run, "log");
    thread.setDaemon(true);
    thread.start();
  }

  /** Hands over a line; never waits. */
  void write(LogLevel level, String message) {
    String line = form.format(Clock.instant(clock.epochNanos()), level, message);
    if (waitingChars.get() > MAX_CHARS || !lines.offer(line)) {
      dropped.incrementAndGet();
    } else {
      waitingChars.addAndGet(line.length());
    }
  }

  /** Opens the file by its name again, after the lines that wait now. */
  void reopen() {
    lines.offer(REOPEN);
  }

  private void run() {
    StringBuilder batch = new StringBuilder();
    boolean open = true;
    while (open) {
      try {
        String line = lines.take();
        while (line != null && !isCommand(line)) {
          batch.append(line);
          waitingChars.addAndGet(-line.length());
          line = batch.length() < WRITE_CHARS ? lines.poll() : null;
        }
        flush(batch);
        if (isSame(line, REOPEN)) {
          output.reopen();
        }
        open = !isSame(line, STOP);
      } catch (IOException lost) {
        // There is nowhere left to say it; the next line tries again.
        batch.setLength(0);
      } catch (InterruptedException stop) {
        open = false;
      }
    }
  }

  private void flush(StringBuilder batch) throws IOException {
    long missing = dropped.getAndSet(0);
    if (missing > 0) {
      batch.append(
          form.format(
              Clock.instant(clock.epochNanos()),
              LogLevel.WARN,
              missing + " log lines were dropped: the log is written too slowly"));
    }
    if (batch.length() > 0) {
      byte[] bytes = batch.toString().getBytes(StandardCharsets.UTF_8);
      batch.setLength(0);
      output.write(bytes, LocalDateTime.ofInstant(Clock.instant(clock.epochNanos()), zone));
    }
  }

  @SuppressWarnings("ReferenceEquality")
  private static boolean isSame(@Nullable String line, String command) {
    return line == command;
  }

  private static boolean isCommand(String line) {
    return isSame(line, REOPEN) || isSame(line, STOP);
  }

  /** Writes what waits, then lets go of the output. Waits at most {@value #CLOSE_SECONDS} s. */
  @Override
  public void close() {
    try {
      if (lines.offer(STOP, CLOSE_SECONDS, TimeUnit.SECONDS)) {
        thread.join(TimeUnit.SECONDS.toMillis(CLOSE_SECONDS));
      }
      output.close();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    } catch (IOException lost) {
      // The lines are written; only giving back the file failed.
    }
  }
}
