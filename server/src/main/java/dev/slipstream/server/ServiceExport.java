// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.server;

import dev.slipstream.server.config.ExportConfig;

/**
 * A service that an account offers to others, as its imports need it; told apart by identity.
 * Immutable.
 */
final class ServiceExport {
  /** How long a response may take, or be away from the one before it, unless the file says. */
  static final long DEFAULT_THRESHOLD_NANOS = 120_000_000_000L;

  private final ExportConfig.ResponseType responses;
  private final long thresholdNanos;

  ServiceExport(ExportConfig config) {
    this.responses = config.responseType();
    long threshold = config.responseThresholdNanos();
    this.thresholdNanos = threshold == 0 ? DEFAULT_THRESHOLD_NANOS : threshold;
  }

  /** Whether a request has one response, and not a stream of them. */
  boolean hasOneResponse() {
    return responses == ExportConfig.ResponseType.SINGLETON;
  }

  /** How long a response is waited for. */
  long thresholdNanos() {
    return thresholdNanos;
  }
}
