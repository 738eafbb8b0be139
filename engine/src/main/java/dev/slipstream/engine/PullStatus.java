// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import dev.slipstream.protocol.wire.Status;

/**
 * The statuses that a pull request may be answered with, and those that receivers of a push
 * consumer get. Source: ADR-13, ADR-37.
 */
final class PullStatus {
  private static final String PENDING_MESSAGES = "Nats-Pending-Messages";
  private static final String PENDING_BYTES = "Nats-Pending-Bytes";

  /** The last delivery's number, in heartbeats and in answers to flow control. */
  static final String LAST_CONSUMER = "Nats-Last-Consumer";

  /** The sequence in the stream of the last delivery. */
  static final String LAST_STREAM = "Nats-Last-Stream";

  /** The request of flow control that is not answered. */
  static final String CONSUMER_STALLED = "Nats-Consumer-Stalled";

  private PullStatus() {}

  static byte[] badRequest(String reason) {
    return new Status(400, "Bad Request - " + reason).headerBlock();
  }

  static byte[] noMessages() {
    return new Status(404, "No Messages").headerBlock();
  }

  static byte[] timeout(WaitingPull pull) {
    return withPending(408, "Request Timeout", pull);
  }

  static byte[] requestsPending() {
    return new Status(408, "Requests Pending").headerBlock();
  }

  static byte[] conflict(String what) {
    return new Status(409, what).headerBlock();
  }

  static byte[] tooBig(WaitingPull pull) {
    return withPending(409, "Message Size Exceeds MaxBytes", pull);
  }

  static byte[] batchCompleted(WaitingPull pull) {
    return withPending(409, "Batch Completed", pull);
  }

  static byte[] serverShutdown(WaitingPull pull) {
    return withPending(409, "Server Shutdown", pull);
  }

  static byte[] wrongPin(WaitingPull pull) {
    return withPending(423, "Nats-Wrong-Pin-Id", pull);
  }

  static byte[] pinMismatch() {
    return new Status(423, "Nats-Pin-Id mismatch").headerBlock();
  }

  static byte[] requiredApiLevel() {
    return new Status(412, "Required Api Level").headerBlock();
  }

  /**
   * An idle heartbeat.
   *
   * @param stalledSubject where the receiver must answer before it gets more; empty for none
   */
  static byte[] idleHeartbeat(long lastConsumerSeq, long lastStreamSeq, String stalledSubject) {
    String consumer = Long.toString(lastConsumerSeq);
    String stream = Long.toString(lastStreamSeq);
    Status status = new Status(100, "Idle Heartbeat");
    return stalledSubject.isEmpty()
        ? status.headerBlock(LAST_CONSUMER, consumer, LAST_STREAM, stream)
        : status.headerBlock(
            LAST_CONSUMER, consumer, LAST_STREAM, stream, CONSUMER_STALLED, stalledSubject);
  }

  static byte[] flowControlRequest() {
    return new Status(100, "FlowControl Request").headerBlock();
  }

  private static byte[] withPending(int code, String description, WaitingPull pull) {
    return new Status(code, description)
        .headerBlock(
            PENDING_MESSAGES, Integer.toString(pull.remaining),
            PENDING_BYTES, Long.toString(pull.remainingBytes));
  }
}
