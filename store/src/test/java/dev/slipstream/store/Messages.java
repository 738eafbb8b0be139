// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.store;

import dev.slipstream.protocol.subject.Subject;
import dev.slipstream.protocol.wire.OutputBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Makes messages for tests. */
final class Messages {

  private Messages() {}

  static PlainStream.Message message(
      long seq, long epochNanos, String subject, String headers, String payload) {
    return new PlainStream.Message(
        seq,
        epochNanos,
        subject,
        headers.getBytes(StandardCharsets.UTF_8),
        payload.getBytes(StandardCharsets.UTF_8));
  }

  static PlainStream.Message random(
      long seq, long epochNanos, String[] subjects, RandomGenerator random) {
    byte[] headers = new byte[random.nextInt(4) == 0 ? 1 + random.nextInt(20) : 0];
    byte[] payload = new byte[random.nextInt(20) == 0 ? random.nextInt(600) : random.nextInt(40)];
    random.nextBytes(headers);
    random.nextBytes(payload);
    if (payload.length > 0 && random.nextBoolean()) {
      Arrays.fill(payload, payload[0]); // becomes small when it is compressed
    }
    return new PlainStream.Message(
        seq, epochNanos, subjects[random.nextInt(subjects.length)], headers, payload);
  }

  static NewMessage parts(PlainStream.Message message) {
    byte[] subject = Subject.bytes(message.subject());
    OutputBuffer content = new OutputBuffer(64).put(message.headers()).put(message.payload());
    return new NewMessage()
        .ttlSeconds(ttlSeconds(message))
        .subject(subject, 0, subject.length)
        .content(content.array(), 0, message.headers().length, content.length());
  }

  /** Appends a message that is applied with {@code attachment}. */
  static void append(
      LogAppender to,
      long asset,
      PlainStream.Message message,
      @Nullable Object attachment,
      boolean urgent) {
    to.message(asset, message.seq(), message.epochNanos(), parts(message), attachment, urgent);
  }

  /** A message as it is before it has a place. */
  static StoredMessage stored(PlainStream.Message message) {
    StoredMessage stored = new StoredMessage();
    stored.set(message.seq(), message.epochNanos(), parts(message), new OutputBuffer(64));
    stored.crc = new MessageCrc().of(stored);
    return stored;
  }

  /** What a message of the tests has for a limit, by its headers: mostly none. */
  static int ttlSeconds(PlainStream.Message message) {
    int first = message.headers().length == 0 ? 255 : message.headers()[0] & 0xff;
    return first < 64 ? first % 8 - 1 : MessageCodec.NO_TTL;
  }

  /** Shows a message so that it may be looked at when the loop has gone on. */
  static StreamStore.Read readCopy(StreamStore stream, long seq, StoredMessage into) {
    StreamStore.Read found = stream.read(seq, into);
    if (found == StreamStore.Read.FOUND) {
      into.bytes = into.bytes.clone();
    }
    return found;
  }

  static PlainStream.Message of(StoredMessage view) {
    return new PlainStream.Message(
        view.seq,
        view.epochNanos,
        new String(
            view.bytes,
            view.subjectFrom,
            view.subjectTo - view.subjectFrom,
            StandardCharsets.UTF_8),
        view.copyHeaders(),
        view.copyPayload());
  }
}
