// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.server.config;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What the server logs and where to.
 *
 * @param debug whether DBG lines are written
 * @param trace whether TRC lines (the protocol itself) are written
 * @param traceVerbose whether the trace includes the system account
 * @param time whether lines carry the time
 * @param utc whether that time is UTC, otherwise local
 * @param file the file to append to, or null for standard error
 * @param sizeLimitBytes the size at which the file is set aside and begun anew; 0 for never
 * @param maxFiles how many files are kept, the current one included; 0 for all
 */
public record LogConfig(
    boolean debug,
    boolean trace,
    boolean traceVerbose,
    boolean time,
    boolean utc,
    @Nullable Path file,
    long sizeLimitBytes,
    int maxFiles) {

  /** INF and above, with local time, to standard error. */
  public static final LogConfig DEFAULT =
      new LogConfig(false, false, false, true, false, null, 0, 0);
}
