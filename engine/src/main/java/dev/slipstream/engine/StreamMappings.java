// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import dev.slipstream.protocol.api.Republish;
import dev.slipstream.protocol.api.StreamConfig;
import dev.slipstream.protocol.api.SubjectTransform;
import dev.slipstream.protocol.subject.MappingException;
import dev.slipstream.protocol.subject.Subject;
import dev.slipstream.protocol.subject.SubjectMapping;
import dev.slipstream.protocol.wire.HeaderBlock;
import dev.slipstream.protocol.wire.MessageFrame;
import dev.slipstream.protocol.wire.OutputBuffer;
import dev.slipstream.store.StoredMessage;
import org.jspecify.annotations.Nullable;

/**
 * The mappings of a stream: what is published is stored under the subject that its transform makes,
 * and what was stored is published again under the one that its republish makes. Owner: the
 * stream's loop. Source: ADR-28, ADR-36.
 */
final class StreamMappings {
  private final Stream stream;
  private @Nullable SubjectMapping input;
  private @Nullable SubjectMapping republish;
  private boolean headersOnly;

  StreamMappings(Stream stream) {
    this.stream = stream;
  }

  /** Takes over what a configuration says. */
  void configure(StreamConfig config) {
    SubjectTransform transform = config.subjectTransform();
    input = transform == null ? null : mapping(transform.source(), transform.destination());
    Republish again = config.republish();
    republish = again == null ? null : mapping(again.source(), again.destination());
    headersOnly = again != null && again.headersOnly();
  }

  /** The mapping of a configuration that was checked; null for an empty destination. */
  static @Nullable SubjectMapping mapping(String source, String destination) {
    try {
      return destination.isEmpty() ? null : SubjectMapping.of(source, destination);
    } catch (MappingException refused) {
      throw new IllegalStateException("a mapping that was checked: " + source, refused);
    }
  }

  /** The message under the subject that it is stored under. */
  MessageFrame mapped(MessageFrame message) {
    SubjectMapping mapping = input;
    String subject = mapping == null ? null : mapping.map(message.subject(), stream.random());
    return subject == null ? message : message.withSubject(Subject.bytes(subject));
  }

  boolean republishes() {
    return republish != null;
  }

  /**
   * Publishes a stored message again, if the republish is for it.
   *
   * @param previousSeq the sequence of the message before under the same subject, or 0
   */
  void republish(StoredMessage message, long previousSeq) {
    SubjectMapping mapping = republish;
    String subject =
        mapping == null ? null : mapping.map(MessageApi.subject(message), stream.random());
    if (subject == null || !Subject.isValidLiteral(subject)) {
      return;
    }
    byte[] headers =
        DirectApi.headers(stream, message, "Nats-Last-Sequence", Long.toString(previousSeq));
    byte[] payload = message.copyPayload();
    if (headersOnly) {
      String size = Integer.toString(payload.length);
      headers = HeaderBlock.with(headers, 0, headers.length, "Nats-Msg-Size", size);
      payload = OutputBuffer.NO_BYTES;
    }
    stream.send(Subject.bytes(subject), headers, payload);
  }
}
