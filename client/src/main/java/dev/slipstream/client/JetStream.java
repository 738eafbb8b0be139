// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import dev.slipstream.protocol.api.AccountInfo;
import dev.slipstream.protocol.api.PagedRequest;
import dev.slipstream.protocol.api.StreamConfig;
import dev.slipstream.protocol.api.StreamConfigRequest;
import dev.slipstream.protocol.api.StreamInfo;
import dev.slipstream.protocol.wire.Headers;
import dev.slipstream.protocol.wire.OutputBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Streams: their management, and publishing into them.
 *
 * <p>Thread-safe; keeps no threads and nothing to be closed. What the server refuses throws {@link
 * ApiException} or one of its subtypes; what it does not answer throws {@link
 * RequestTimeoutException}.
 */
public final class JetStream {
  private final JetStreamOptions options;
  private final Connection connection;
  private final Api api;
  private final Publisher publisher;

  JetStream(Connection connection, JetStreamOptions options) {
    this.options = options;
    this.connection = connection;
    this.api = new Api(connection, options);
    this.publisher = new Publisher(connection, options);
  }

  /** How it was made. */
  public JetStreamOptions options() {
    return options;
  }

  /**
   * Creates a stream; one that is there with the same configuration will do.
   *
   * @throws StreamNameInUseException when it is there with another one
   * @throws IllegalArgumentException when no server would take the configuration; every wrong field
   *     is named
   */
  public JsStream createStream(StreamConfig config) {
    return configured(config, api.subjects().streamCreate(config.name()));
  }

  /**
   * Changes a stream's configuration.
   *
   * @throws StreamNotFoundException when there is none of that name
   */
  public JsStream updateStream(StreamConfig config) {
    return configured(config, api.subjects().streamUpdate(config.name()));
  }

  private JsStream configured(StreamConfig config, String subject) {
    ConfigCheck.check(config);
    return stream(api.call(subject, new StreamConfigRequest(config, false)::write).streamInfo());
  }

  /** Changes a stream's configuration, or creates it. */
  public JsStream createOrUpdateStream(StreamConfig config) {
    try {
      return updateStream(config);
    } catch (StreamNotFoundException absent) {
      return createStream(config);
    }
  }

  /**
   * A stream that is there.
   *
   * @throws StreamNotFoundException when it is not
   */
  public JsStream stream(String name) {
    Subjects.checkName(name, "stream");
    return stream(api.call(api.subjects().streamInfo(name)).streamInfo());
  }

  /** A stream of that name, without asking the server whether it is there. */
  public JsStream bindStream(String name) {
    return new JsStream(connection, api, Subjects.checkName(name, "stream"), null);
  }

  private JsStream stream(StreamInfo info) {
    return new JsStream(connection, api, info.config().name(), info);
  }

  /** Deletes a stream with all its messages and consumers; false when there was none. */
  public boolean deleteStream(String name) {
    Subjects.checkName(name, "stream");
    try {
      return api.call(api.subjects().streamDelete(name)).success();
    } catch (StreamNotFoundException absent) {
      return false;
    }
  }

  /** The names of all streams. */
  public List<String> streamNames() {
    return streamNames("");
  }

  /** The names of the streams that store {@code subject}, which may hold wildcards. */
  public List<String> streamNames(String subject) {
    return api.pages(
        api.subjects().streamNames(),
        offset -> new PagedRequest(offset, subject)::write,
        reply -> reply.streamNames());
  }

  /** The stream that stores {@code subject}. */
  public Optional<String> streamNameFor(String subject) {
    Subjects.checkFilter(subject);
    return streamNames(subject).stream().findFirst();
  }

  /** All streams. */
  public List<StreamInfo> streams() {
    return streams("");
  }

  /** The streams that store {@code subject}, which may hold wildcards. */
  public List<StreamInfo> streams(String subject) {
    return api.pages(
        api.subjects().streamList(),
        offset -> new PagedRequest(offset, subject)::write,
        reply -> reply.streams());
  }

  /**
   * A consumer that is there.
   *
   * @throws ConsumerNotFoundException when it is not
   */
  public PullConsumer consumer(String stream, String name) {
    return bindStream(stream).consumer(name);
  }

  /** As {@link #consumer(String, String)}, without waiting; see {@link JsStream#consumerAsync}. */
  public CompletableFuture<PullConsumer> consumerAsync(String stream, String name) {
    return bindStream(stream).consumerAsync(name);
  }

  /** A consumer of that name, without asking the server whether it is there. */
  public PullConsumer bindConsumer(String stream, String name) {
    return bindStream(stream).bindConsumer(name);
  }

  /** What the account uses, and what it may use. */
  public AccountInfo account() {
    return api.call(api.subjects().info()).accountInfo();
  }

  /**
   * Publishes and waits until the message is stored. A null payload is an empty one.
   *
   * @throws NoRespondersException when no stream listens, after the retries of the options
   */
  public PublishAck publish(String subject, byte @Nullable [] payload) {
    return publisher.publish(
        subject, Headers.empty(), payload == null ? OutputBuffer.NO_BYTES : payload);
  }

  /** As {@link #publish(String, byte[])}, with checks. */
  public PublishAck publish(String subject, byte @Nullable [] payload, PublishOptions options) {
    return publish(Outgoing.to(subject).payload(payload), options);
  }

  /** As {@link #publish(String, byte[])}, with headers and checks. */
  public PublishAck publish(Outgoing message, PublishOptions options) {
    return publisher.publish(message.subject(), headers(message, options), message.payload());
  }

  /**
   * Publishes; the future is done when the message is stored or refused, off the client's loop.
   * Waits when the window of unanswered publishes is full.
   */
  public CompletableFuture<PublishAck> publishAsync(String subject, byte @Nullable [] payload) {
    return publisher.publishAsync(
        subject, Headers.empty(), payload == null ? OutputBuffer.NO_BYTES : payload);
  }

  /** As {@link #publishAsync(String, byte[])}, with headers and checks. */
  public CompletableFuture<PublishAck> publishAsync(Outgoing message, PublishOptions options) {
    return publisher.publishAsync(message.subject(), headers(message, options), message.payload());
  }

  private static Headers headers(Outgoing message, PublishOptions options) {
    return headers(message, options, Headers.empty());
  }

  /** The headers of a message, those that ask for the checks, and {@code more} behind them. */
  static Headers headers(Outgoing message, PublishOptions options, Headers more) {
    if (message.reply() != null) {
      throw new IllegalArgumentException("a publish into a stream has a reply subject of its own");
    }
    Headers all = options.addTo(message.headers());
    for (Headers.Entry entry : more.entries()) {
      all = all.with(entry.key(), entry.value());
    }
    return all;
  }

  /**
   * A batch of messages that a stream stores all together or not at all; the stream has to allow
   * it. Nothing is sent before the first message is added.
   */
  public AtomicBatch batch() {
    return new AtomicBatch(connection, api, publisher);
  }

  /**
   * Waits until every asynchronous publish made before is stored or refused; their futures tell
   * which.
   *
   * @throws RequestTimeoutException when that takes longer than {@code limit}
   */
  public void awaitPublished(Duration limit) {
    publisher.awaitAnswers(limit);
  }

  /** Asynchronous publishes that are neither stored nor refused yet. */
  public int publishesInFlight() {
    return publisher.inFlight();
  }
}
