// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.worker.groups;

import dev.slipstream.client.AckState;
import dev.slipstream.client.JsMessage;
import dev.slipstream.client.MessageInfo;
import dev.slipstream.protocol.wire.Headers;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A message of a group: what a consumer delivered, under the subject it has without its partition.
 *
 * <p>To be settled once, by any thread and at any time, as a {@link JsMessage} is.
 */
public final class GroupMessage {
  private final JsMessage message;
  private final String delivered;
  private final int dot;

  private GroupMessage(JsMessage message) {
    this.message = message;
    delivered = message.subject();
    dot = delivered.indexOf('.');
  }

  /** The message of a group that was delivered as {@code message}. */
  public static GroupMessage of(JsMessage message) {
    return new GroupMessage(message);
  }

  /** The message as it was delivered, with its partition as the first token of its subject. */
  public JsMessage message() {
    return message;
  }

  /** The subject without its partition. */
  public String subject() {
    return delivered.substring(dot + 1);
  }

  /** Its partition; -1 when the subject does not begin with a number. */
  public int partition() {
    try {
      return Integer.parseInt(delivered, 0, Math.max(0, dot), 10);
    } catch (NumberFormatException none) {
      return -1;
    }
  }

  /** The payload: the message's own array, not a copy. */
  public byte[] payload() {
    return message.payload();
  }

  /** The payload as UTF-8. */
  public String text() {
    return message.text();
  }

  /** The headers; empty when there are none. */
  public Headers headers() {
    return message.headers();
  }

  /** The first value of a header, or null. */
  public @Nullable String header(String key) {
    return message.header(key);
  }

  /** Where it comes from; the stream is the one the group consumes. */
  public MessageInfo info() {
    return message.info();
  }

  /** What was said about it. */
  public AckState ackState() {
    return message.ackState();
  }

  /** Says that it is done; see {@link JsMessage#ack}. */
  public boolean ack() {
    return message.ack();
  }

  /** Says that it is done and waits for the server's word; see {@link JsMessage#ackConfirmed}. */
  public void ackConfirmed(Duration timeout) {
    message.ackConfirmed(timeout);
  }

  /** Asks for it to be delivered again, at once; see {@link JsMessage#nak()}. */
  public boolean nak() {
    return message.nak();
  }

  /** Asks for it to be delivered again after {@code delay}; see {@link JsMessage#nak(Duration)}. */
  public boolean nak(Duration delay) {
    return message.nak(delay);
  }

  /** Asks for it never to be delivered again; see {@link JsMessage#term()}. */
  public boolean term() {
    return message.term();
  }

  /** The same, with a reason for the server's advisory; see {@link JsMessage#term(String)}. */
  public boolean term(String reason) {
    return message.term(reason);
  }

  /** Says that it is being worked on: the ack wait begins anew. */
  public boolean inProgress() {
    return message.inProgress();
  }

  @Override
  public String toString() {
    return subject() + " of partition " + partition();
  }
}
