// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import dev.slipstream.protocol.wire.Status;

/** Something that a consumption noticed and dealt with; see {@link ConsumeOptions#onEvent}. */
public sealed interface PullEvent {

  /** A pull was sent. */
  record Pulled(int messages, long bytes) implements PullEvent {}

  /** Neither a message nor a heartbeat came for too long; it pulls again. */
  record MissedHeartbeats(int inARow) implements PullEvent {}

  /** The server ended or refused a pull for another reason than the end of its time. */
  record PullEnded(int code, String description) implements PullEvent {}

  /** The server said something of a pull: a heartbeat (100), its end, or a refusal. */
  record StatusReceived(Status status) implements PullEvent {}

  /** The connection is back; it pulls again. */
  record Reconnected() implements PullEvent {}

  /** The server has pinned this client: it gets all messages as long as it pulls. */
  record Pinned(String id) implements PullEvent {}

  /** An ordered consumption goes on with a new consumer, from a sequence of the stream on. */
  record Replaced(String consumer, long fromSequence) implements PullEvent {}

  /** The consumer was deleted; the consumption waits for it or creates it, as it was told to. */
  record ConsumerDeleted() implements PullEvent {}

  /** The consumer is there again; it pulls from it. */
  record ConsumerRenewed() implements PullEvent {}

  /**
   * A message waits or is handled for longer than {@link ConsumeOptions.Builder#keepAlive}: the
   * server delivers it again after the consumer's ack wait.
   */
  record HandledTooLong(JsMessage message) implements PullEvent {}

  /** A handler threw. */
  record HandlerFailed(JsMessage message, Throwable failure) implements PullEvent {}
}
