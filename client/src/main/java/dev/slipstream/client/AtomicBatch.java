// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import dev.slipstream.protocol.wire.Headers;
import dev.slipstream.protocol.wire.OutputBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Messages of one stream that are stored all together or not at all.
 *
 * <p>The stream has to allow it ({@code allow_atomic}). The first message waits for the server's
 * word, so that a refusal is known at once; those behind it are sent without waiting, and what is
 * wrong with them is told by {@link #commit}. Until then the server keeps them apart: at most
 * {@value #MOST_MESSAGES} a batch, and it gives up a batch that brings nothing new for some time
 * (10 s, if its configuration says nothing else).
 *
 * <p>For one thread at a time. A refusal throws {@link BatchRefusedException}, and the expectation
 * of a message that does not hold {@link WrongLastSequenceException} or another {@link
 * ApiException}; then nothing of the batch is stored. Behind an exception of {@code commit} that is
 * none of these, such as {@link RequestTimeoutException}, the batch may be stored or not. Source:
 * ADR-50.
 */
public final class AtomicBatch {
  /** How many messages a batch has at most. */
  public static final int MOST_MESSAGES = 1000;

  private static final String ID = "Nats-Batch-Id";
  private static final String SEQUENCE = "Nats-Batch-Sequence";
  private static final String COMMIT = "Nats-Batch-Commit";

  /** Commits what was sent before; the message itself is not stored. */
  private static final String END_OF_BATCH = "eob";

  private final Connection connection;
  private final Api api;
  private final Publisher publisher;
  private final String id = Tokens.next();
  private String lastSubject = "";
  private int size;
  private boolean over;

  AtomicBatch(Connection connection, Api api, Publisher publisher) {
    this.connection = connection;
    this.api = api;
    this.publisher = publisher;
  }

  /** The name of the batch, which no other has. */
  public String id() {
    return id;
  }

  /** Messages that were added, the committing one included. */
  public int size() {
    return size;
  }

  /** Whether it was committed, discarded, or refused. */
  public boolean isOver() {
    return over;
  }

  /** Adds a message; the first one waits for the server's word. A null payload is an empty one. */
  public void add(String subject, byte @Nullable [] payload) {
    add(Outgoing.to(subject).payload(payload), PublishOptions.none());
  }

  /** As {@link #add(String, byte[])}, with headers. */
  public void add(Outgoing message) {
    add(message, PublishOptions.none());
  }

  /**
   * As {@link #add(String, byte[])}, with headers and checks. The checks are made when the batch is
   * committed; the last sequence of the stream may be expected by the first message only.
   *
   * @throws BatchRefusedException when the stream does not take the first message
   * @throws NoRespondersException when no stream listens
   * @throws IllegalStateException when the batch is over, or has {@value #MOST_MESSAGES} messages
   */
  public void add(Outgoing message, PublishOptions options) {
    Headers headers = JetStream.headers(message, options, next(message));
    Observers observers = connection.observers();
    if (observers == null) {
      add(message, headers.toBytes());
      return;
    }
    SendWatch watch =
        observers.publishing(
            Publication.Kind.STREAM, message.subject(), null, headers, message.payload());
    watch.during(() -> add(message, watch.headers()));
    watch.sent();
  }

  private void add(Outgoing message, byte[] headers) {
    connection.checkSize((long) headers.length + message.payload().length);
    if (size == 0) {
      begin(message, headers);
    } else {
      connection.send(
          new Frame(
              connection, Frame.publish(message.subject(), null, headers, message.payload())));
    }
    lastSubject = message.subject();
    size++;
  }

  private void begin(Outgoing message, byte[] headers) {
    FutureCall call = new FutureCall(message.subject(), api.timeout(), null);
    over = true; // unless the server says otherwise
    connection.send(connection.requests().frame(call, headers, message.payload()));
    Message answer = Await.value(call.future(), "the first message of a batch");
    if (answer.payload().length > 0) {
      ApiException refusal = Api.refusal(Api.parse(answer));
      throw refusal == null
          ? new JetStreamException("the server knows no atomic batches: " + answer.text())
          : refusal;
    }
    over = false;
  }

  /** Adds the last message and stores all; waits until they are stored. */
  public PublishAck commit(String subject, byte @Nullable [] payload) {
    return commit(Outgoing.to(subject).payload(payload), PublishOptions.none());
  }

  /** As {@link #commit(String, byte[])}, with headers. */
  public PublishAck commit(Outgoing message) {
    return commit(message, PublishOptions.none());
  }

  /**
   * As {@link #commit(String, byte[])}, with headers and checks.
   *
   * @return the sequence of the last message, the id of the batch and the number of its messages
   */
  public PublishAck commit(Outgoing message, PublishOptions options) {
    Headers headers = JetStream.headers(message, options, next(message)).with(COMMIT, "1");
    over = true;
    size++;
    try {
      return publisher.publish(message.subject(), headers, message.payload());
    } catch (PayloadTooLargeException notSent) {
      over = false;
      size--;
      throw notSent;
    }
  }

  /**
   * Stores all that was added, without another message. For servers of 2.14 and newer.
   *
   * @throws IllegalStateException when nothing was added
   */
  public PublishAck commit() {
    checkOpen();
    if (size == 0) {
      throw new IllegalStateException("the batch is empty");
    }
    over = true;
    Headers headers = part(size + 1).with(COMMIT, END_OF_BATCH);
    return publisher.publish(lastSubject, headers, OutputBuffer.NO_BYTES);
  }

  /**
   * Adds nothing more and stores nothing. The server is not told: it gives up the batch when its
   * time is over, and counts it among those that are open until then.
   */
  public void discard() {
    over = true;
  }

  /** The headers of one more message. */
  private Headers next(Outgoing message) {
    checkOpen();
    Subjects.checkPublish(message.subject());
    if (size == MOST_MESSAGES) {
      throw new IllegalStateException("a batch has at most " + MOST_MESSAGES + " messages");
    }
    return part(size + 1);
  }

  private Headers part(int sequence) {
    return Headers.of(ID, id, SEQUENCE, Integer.toString(sequence));
  }

  private void checkOpen() {
    if (over) {
      throw new IllegalStateException("the batch is over");
    }
  }

  @Override
  public String toString() {
    return "batch " + id + " of " + size;
  }
}
