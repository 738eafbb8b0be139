// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.worker;

/**
 * Where a worker puts messages that are given up: those that its handler terms, and those that were
 * delivered as often as their consumer allows and were not acknowledged.
 *
 * <p>A copy is published to {@code subject}, which a stream has to listen to, and only when that
 * has stored it is the message termed. The copy has the payload and the headers of the message,
 * except those by which publishing is told what to do ({@code Nats-…}), and these:
 *
 * <table>
 * <caption>Headers</caption>
 * <tr><th>header</th><th>meaning</th></tr>
 * <tr><td>{@code Nats-Stream}</td><td>the stream it was in</td></tr>
 * <tr><td>{@code Nats-Subject}</td><td>its subject</td></tr>
 * <tr><td>{@code Nats-Sequence}</td><td>its sequence there</td></tr>
 * <tr><td>{@code Nats-Time-Stamp}</td><td>when it was stored there</td></tr>
 * <tr><td>{@code Nats-Msg-Id}</td><td>made of stream, sequence, time and consumer: a copy
 *     that is published twice within the duplicate window is stored once</td></tr>
 * <tr><td>{@code Dead-Letter-Consumer}</td><td>the consumer</td></tr>
 * <tr><td>{@code Dead-Letter-Deliveries}</td><td>how often it was delivered</td></tr>
 * <tr><td>{@code Dead-Letter-Reason}</td><td>why it was given up</td></tr>
 * </table>
 *
 * <p>A message whose last delivery brought down its worker is found by the server's advisory of
 * {@code MAX_DELIVERIES}, which one of the workers that run takes; the server keeps no advisory for
 * workers that do not.
 *
 * @param subject what copies are published to
 */
public record DeadLetters(String subject) {
  /** Refuses what is no subject to publish to. */
  public DeadLetters {
    if (subject.isBlank() || subject.contains("*") || subject.contains(">")) {
      throw new IllegalArgumentException("not a subject to publish to: '" + subject + "'");
    }
  }

  /** Dead letters to a subject. */
  public static DeadLetters to(String subject) {
    return new DeadLetters(subject);
  }
}
