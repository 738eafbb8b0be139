// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import dev.slipstream.base.Clock;
import dev.slipstream.protocol.wire.AckSubject;
import java.time.Instant;

/**
 * Where a message of a consumer comes from.
 *
 * @param domain the JetStream domain; empty for none
 * @param stream the stream
 * @param consumer the consumer
 * @param streamSequence its place in the stream
 * @param consumerSequence the count of the consumer's deliveries, this one included
 * @param delivered how often this message was delivered, this time included
 * @param pending messages of the consumer behind this one
 * @param time when it was stored
 */
public record MessageInfo(
    String domain,
    String stream,
    String consumer,
    long streamSequence,
    long consumerSequence,
    long delivered,
    long pending,
    Instant time) {

  static MessageInfo of(AckSubject subject) {
    return new MessageInfo(
        subject.domain(),
        subject.stream(),
        subject.consumer(),
        subject.streamSeq(),
        subject.consumerSeq(),
        subject.delivered(),
        subject.pending(),
        Clock.instant(subject.epochNanos()));
  }
}
