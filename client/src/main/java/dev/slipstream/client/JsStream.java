// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import dev.slipstream.protocol.api.ApiReply;
import dev.slipstream.protocol.api.ConsumerConfig;
import dev.slipstream.protocol.api.ConsumerCreateRequest;
import dev.slipstream.protocol.api.ConsumerInfo;
import dev.slipstream.protocol.api.DirectGetRequest;
import dev.slipstream.protocol.api.MsgDeleteRequest;
import dev.slipstream.protocol.api.MsgGetRequest;
import dev.slipstream.protocol.api.PagedRequest;
import dev.slipstream.protocol.api.PurgeRequest;
import dev.slipstream.protocol.api.StoredMessage;
import dev.slipstream.protocol.api.StreamInfo;
import dev.slipstream.protocol.api.StreamInfoRequest;
import dev.slipstream.protocol.json.JsonWriter;
import dev.slipstream.protocol.json.Rfc3339;
import dev.slipstream.protocol.wire.Headers;
import dev.slipstream.protocol.wire.Status;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One stream: its messages and its consumers.
 *
 * <p>A handle, thread-safe, with nothing to be closed; it knows the stream's name and what the
 * server last said of it.
 */
public final class JsStream {
  private static final int CONSUMER_NAME_LENGTH = 8;

  private final Connection connection;
  private final Api api;
  private final String name;
  private volatile @Nullable StreamInfo cached;

  JsStream(Connection connection, Api api, String name, @Nullable StreamInfo info) {
    this.connection = connection;
    this.api = api;
    this.name = name;
    this.cached = info;
  }

  /** The stream's name. */
  public String name() {
    return name;
  }

  /** What the server says of it now. */
  public StreamInfo info() {
    StreamInfo info = api.call(api.subjects().streamInfo(name)).streamInfo();
    cached = info;
    return info;
  }

  /** What the server says of it now, with the subjects under a filter, or the gaps. */
  public StreamInfo info(StreamInfoRequest request) {
    return api.call(api.subjects().streamInfo(name), request::write).streamInfo();
  }

  /** What the server said last; null for a handle that never asked. */
  public @Nullable StreamInfo cachedInfo() {
    return cached;
  }

  /** Drops all messages; answers how many. */
  public long purge() {
    return api.call(api.subjects().streamPurge(name)).purged();
  }

  /** Drops messages of a subject, below a sequence, or all but the newest; answers how many. */
  public long purge(PurgeRequest request) {
    return api.call(api.subjects().streamPurge(name), request::write).purged();
  }

  /** The message with a sequence. */
  public Optional<StreamMessage> message(long sequence) {
    return allowsDirect()
        ? direct(DirectGetRequest.ofSeq(sequence))
        : stored(MsgGetRequest.ofSeq(sequence));
  }

  /** The last message of a subject, which may hold wildcards. */
  public Optional<StreamMessage> lastMessage(String subject) {
    Subjects.checkFilter(subject);
    return allowsDirect()
        ? direct(DirectGetRequest.ofLast(subject))
        : stored(MsgGetRequest.ofLast(subject));
  }

  /** The first message of a subject, which may hold wildcards, from a sequence on. */
  public Optional<StreamMessage> nextMessage(long fromSequence, String subject) {
    Subjects.checkFilter(subject);
    return allowsDirect()
        ? direct(DirectGetRequest.ofNext(subject, fromSequence))
        : stored(MsgGetRequest.ofNext(subject, fromSequence));
  }

  /** Whether it is known that the stream answers gets on any of its servers. */
  private boolean allowsDirect() {
    StreamInfo known = cached;
    return known != null && known.config().allowDirect();
  }

  private Optional<StreamMessage> stored(MsgGetRequest request) {
    try {
      StoredMessage found = api.call(api.subjects().msgGet(name), request::write).message();
      return Optional.ofNullable(found)
          .map(
              message ->
                  new StreamMessage(
                      message.subject(),
                      message.seq(),
                      message.time(),
                      Headers.parse(message.headers(), 0, message.headers().length),
                      message.data()));
    } catch (MessageNotFoundException absent) {
      return Optional.empty();
    }
  }

  private Optional<StreamMessage> direct(DirectGetRequest request) {
    JsonWriter json = new JsonWriter();
    request.write(json);
    Message reply = api.request(api.subjects().directGet(name), json.toBytes());
    Status status = reply.status();
    if (status == null) {
      return Optional.of(
          new StreamMessage(
              header(reply, "Nats-Subject"),
              Long.parseLong(header(reply, "Nats-Sequence")),
              Rfc3339.parse(header(reply, "Nats-Time-Stamp")),
              reply.headers(),
              reply.payload()));
    }
    if (status.code() == 404) {
      return Optional.empty();
    }
    throw new JetStreamException(
        "the server refuses to get a message: " + status.code() + " " + status.description());
  }

  private static String header(Message reply, String key) {
    String value = reply.header(key);
    if (value == null) {
      throw new JetStreamException("an answer without " + key);
    }
    return value;
  }

  /** Deletes a message; false when there is none. */
  public boolean deleteMessage(long sequence) {
    return delete(new MsgDeleteRequest(sequence, true));
  }

  /** Deletes a message and overwrites what it was; false when there is none. */
  public boolean eraseMessage(long sequence) {
    return delete(new MsgDeleteRequest(sequence, false));
  }

  private boolean delete(MsgDeleteRequest request) {
    try {
      return api.call(api.subjects().msgDelete(name), request::write).success();
    } catch (MessageNotFoundException absent) {
      return false;
    }
  }

  /**
   * Creates a consumer; one that is there with the same configuration will do. Without a name it
   * gets one, and the server deletes it once nobody has pulled for a while (5 s unless said
   * otherwise).
   *
   * @throws ConsumerExistsException when it is there with another configuration
   * @throws IllegalArgumentException when no server would take the configuration; every wrong field
   *     is named
   */
  public PullConsumer createConsumer(ConsumerConfig config) {
    return consumer(config, ConsumerCreateRequest.Action.CREATE);
  }

  /**
   * Changes a consumer's configuration.
   *
   * @throws ApiException when there is none of that name
   */
  public PullConsumer updateConsumer(ConsumerConfig config) {
    return consumer(config, ConsumerCreateRequest.Action.UPDATE);
  }

  /** Creates a consumer or changes its configuration. */
  public PullConsumer createOrUpdateConsumer(ConsumerConfig config) {
    return consumer(config, ConsumerCreateRequest.Action.CREATE_OR_UPDATE);
  }

  private PullConsumer consumer(ConsumerConfig config, ConsumerCreateRequest.Action action) {
    String given = config.name().isEmpty() ? config.durableName() : config.name();
    String consumer = given.isEmpty() ? Tokens.next(CONSUMER_NAME_LENGTH) : given;
    ConfigCheck.check(consumer, config);
    ConsumerConfig named = config.toBuilder().name(consumer).build();
    String subject = api.subjects().consumerCreate(name, consumer, config.filterSubject());
    ApiReply reply =
        api.call(subject, new ConsumerCreateRequest(name, named, action, false)::write);
    return consumer(reply.consumerInfo(), given);
  }

  /**
   * A consumer that is there.
   *
   * @throws ConsumerNotFoundException when it is not
   */
  public PullConsumer consumer(String consumer) {
    Subjects.checkName(consumer, "consumer");
    return consumer(api.consumerInfo(name, consumer), consumer);
  }

  /**
   * As {@link #consumer(String)}, without waiting; the future is completed off the client's loop
   * and fails with what the other throws.
   */
  public CompletableFuture<PullConsumer> consumerAsync(String consumer) {
    Subjects.checkName(consumer, "consumer");
    return api.consumerInfoAsync(name, consumer).thenApply(info -> consumer(info, consumer));
  }

  /** A consumer of that name, without asking the server whether it is there. */
  public PullConsumer bindConsumer(String consumer) {
    return new PullConsumer(link(Subjects.checkName(consumer, "consumer")), null);
  }

  /** With the name that the application has given; empty when it has not. */
  private PullConsumer consumer(ConsumerInfo info, String given) {
    if (info.config().isPush()) {
      throw new JetStreamException("consumer " + info.name() + " is push based");
    }
    return new PullConsumer(link(info.name(), given), info);
  }

  /** All messages in the stream's order, each once, without acknowledgements. */
  public OrderedConsumer orderedConsumer() {
    return orderedConsumer(OrderedOptions.defaults());
  }

  /**
   * Messages in the stream's order, each once, without acknowledgements, as the options say.
   *
   * @throws ApiException when the server does not take them
   */
  public OrderedConsumer orderedConsumer(OrderedOptions options) {
    String consumer = Tokens.next(CONSUMER_NAME_LENGTH);
    ConsumerCreateRequest request = options.create(name, consumer, 0);
    String filter = request.config().filterSubject();
    String subject = api.subjects().consumerCreate(name, consumer, filter);
    ConsumerInfo info = api.call(subject, request::write).consumerInfo();
    return new OrderedConsumer(link(info.name(), ""), options, info);
  }

  ConsumerLink link(String consumer) {
    return link(consumer, consumer);
  }

  private ConsumerLink link(String consumer, String given) {
    return new ConsumerLink(
        connection, api, name, consumer, connection.watch(new Origin(name, given, "")));
  }

  /** Deletes a consumer; false when there was none. */
  public boolean deleteConsumer(String consumer) {
    Subjects.checkName(consumer, "consumer");
    return api.deleteConsumer(name, consumer);
  }

  /** The names of all consumers. */
  public List<String> consumerNames() {
    return api.pages(
        api.subjects().consumerNames(name),
        offset -> new PagedRequest(offset, "")::write,
        reply -> reply.consumerNames());
  }

  /** All consumers. */
  public List<ConsumerInfo> consumers() {
    return api.pages(
        api.subjects().consumerList(name),
        offset -> new PagedRequest(offset, "")::write,
        reply -> reply.consumers());
  }

  @Override
  public String toString() {
    return name;
  }
}
