// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.server;

import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The way back of the responses to one request: the subject that the service answers, and what it
 * stands for in the account that asked.
 *
 * <p>Made on the loop of the request and read on any; whether it is over and when it was used last
 * may be said by any loop.
 */
final class PendingReply {
  private final byte[] subject;
  private final Account requester;
  private final byte[] reply;
  private final ServiceExport export;
  private final boolean shared;
  private final AtomicBoolean over = new AtomicBoolean();
  private volatile long usedNanos;

  /**
   * A way back.
   *
   * @param subject what the service answers
   * @param requester the account that asked, with the subject it awaits the answer on
   * @param shared whether the import shared who asks
   */
  PendingReply(
      byte[] subject,
      Account requester,
      byte[] reply,
      ServiceExport export,
      boolean shared,
      long nowNanos) {
    this.subject = subject;
    this.requester = requester;
    this.reply = reply;
    this.export = export;
    this.shared = shared;
    this.usedNanos = nowNanos;
  }

  byte[] subject() {
    return subject;
  }

  Account requester() {
    return requester;
  }

  byte[] reply() {
    return reply;
  }

  ServiceExport export() {
    return export;
  }

  boolean isShared() {
    return shared;
  }

  /** Whether no response is awaited any more. */
  boolean isOver(long nowNanos) {
    return over.get() || nowNanos - usedNanos > export.thresholdNanos();
  }

  /** Takes a response on; false when it has come too late. The only response ends this. */
  boolean take(long nowNanos) {
    if (export.hasOneResponse()) {
      return nowNanos - usedNanos <= export.thresholdNanos() && over.compareAndSet(false, true);
    }
    return !isOver(nowNanos);
  }

  /** When it was made or used last. */
  long usedNanos() {
    return usedNanos;
  }

  /** Notes a response, so that the wait for the next begins anew. */
  void used(long nowNanos) {
    usedNanos = nowNanos;
  }

  /** Says that no more is awaited. */
  void end() {
    over.set(true);
  }
}
