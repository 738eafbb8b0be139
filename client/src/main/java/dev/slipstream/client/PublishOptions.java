// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import dev.slipstream.protocol.wire.Headers;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What the server is to check before it stores a message. Immutable; begin with {@link #none()}.
 *
 * @param messageId an id of the application's own: a second message with it is answered as a
 *     duplicate and not stored; empty for none
 * @param expectedStream the stream that has to store it; empty for any
 * @param expectedLastSequence the stream's last sequence; negative for any
 * @param expectedLastSubjectSequence the last sequence of the message's subject; negative for any
 * @param expectedLastMessageId the id of the stream's last message; empty for any
 * @param timeToLive how long the message is kept, if the stream allows it; null for as long as the
 *     stream says
 */
public record PublishOptions(
    String messageId,
    String expectedStream,
    long expectedLastSequence,
    long expectedLastSubjectSequence,
    String expectedLastMessageId,
    @Nullable Duration timeToLive) {
  private static final PublishOptions NONE = new PublishOptions("", "", -1, -1, "", null);

  /** Nothing is checked. */
  public static PublishOptions none() {
    return NONE;
  }

  /** With an id that tells duplicates. */
  public PublishOptions messageId(String id) {
    return new PublishOptions(
        id,
        expectedStream,
        expectedLastSequence,
        expectedLastSubjectSequence,
        expectedLastMessageId,
        timeToLive);
  }

  /** To be stored in this stream only. */
  public PublishOptions expectedStream(String stream) {
    return new PublishOptions(
        messageId,
        stream,
        expectedLastSequence,
        expectedLastSubjectSequence,
        expectedLastMessageId,
        timeToLive);
  }

  /** To be stored only if the stream's last sequence is this one; 0 for an empty stream. */
  public PublishOptions expectedLastSequence(long sequence) {
    return new PublishOptions(
        messageId,
        expectedStream,
        sequence,
        expectedLastSubjectSequence,
        expectedLastMessageId,
        timeToLive);
  }

  /** To be stored only if the subject's last sequence is this one; 0 for a new subject. */
  public PublishOptions expectedLastSubjectSequence(long sequence) {
    return new PublishOptions(
        messageId,
        expectedStream,
        expectedLastSequence,
        sequence,
        expectedLastMessageId,
        timeToLive);
  }

  /** To be stored only if the stream's last message has this id. */
  public PublishOptions expectedLastMessageId(String id) {
    return new PublishOptions(
        messageId,
        expectedStream,
        expectedLastSequence,
        expectedLastSubjectSequence,
        id,
        timeToLive);
  }

  /** To be kept for so long, in whole seconds. */
  public PublishOptions timeToLive(Duration duration) {
    return new PublishOptions(
        messageId,
        expectedStream,
        expectedLastSequence,
        expectedLastSubjectSequence,
        expectedLastMessageId,
        duration);
  }

  /** The message's headers and those that ask for the checks. */
  Headers addTo(Headers headers) {
    Headers all = headers;
    if (!messageId.isEmpty()) {
      all = all.with("Nats-Msg-Id", messageId);
    }
    if (!expectedStream.isEmpty()) {
      all = all.with("Nats-Expected-Stream", expectedStream);
    }
    if (expectedLastSequence >= 0) {
      all = all.with("Nats-Expected-Last-Sequence", Long.toString(expectedLastSequence));
    }
    if (expectedLastSubjectSequence >= 0) {
      all =
          all.with(
              "Nats-Expected-Last-Subject-Sequence", Long.toString(expectedLastSubjectSequence));
    }
    if (!expectedLastMessageId.isEmpty()) {
      all = all.with("Nats-Expected-Last-Msg-Id", expectedLastMessageId);
    }
    return timeToLive == null ? all : all.with("Nats-TTL", timeToLive.toSeconds() + "s");
  }
}
