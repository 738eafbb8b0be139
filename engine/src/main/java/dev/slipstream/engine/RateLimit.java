// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

/**
 * How fast a push consumer may be sent to: so many bits a second, and no more at once than the
 * largest message has. Owner: the stream's loop.
 */
final class RateLimit {
  private static final double NANOS_PER_SECOND = 1e9;

  private final double bytesPerNano;
  private final double mostBytes;
  private double freeBytes;
  private long atNanos;

  /**
   * A limit of which all is free.
   *
   * @param mostBytes what may be sent at once
   */
  RateLimit(long bitsPerSecond, long mostBytes, long nowNanos) {
    bytesPerNano = bitsPerSecond / 8.0 / NANOS_PER_SECOND;
    this.mostBytes = mostBytes;
    freeBytes = mostBytes;
    atNanos = nowNanos;
  }

  /** How long a message of so many bytes has to wait; 0 when it may be sent. */
  long waitNanos(int bytes, long nowNanos) {
    freeBytes = Math.min(mostBytes, freeBytes + (nowNanos - atNanos) * bytesPerNano);
    atNanos = nowNanos;
    double missing = Math.min(bytes, mostBytes) - freeBytes;
    return missing <= 0 ? 0 : (long) Math.ceil(missing / bytesPerNano);
  }

  /** A message of so many bytes was sent. */
  void sent(int bytes) {
    freeBytes -= bytes;
  }
}
