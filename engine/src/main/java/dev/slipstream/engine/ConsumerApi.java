// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import dev.slipstream.protocol.api.ApiError;
import dev.slipstream.protocol.api.ApiErrors;
import dev.slipstream.protocol.api.ConsumerConfig;
import dev.slipstream.protocol.api.ConsumerCreateRequest;
import dev.slipstream.protocol.api.ConsumerCreateRequest.Action;
import dev.slipstream.protocol.api.PagedRequest;
import dev.slipstream.protocol.api.RequestBody;
import dev.slipstream.protocol.api.RetentionPolicy;
import dev.slipstream.protocol.subject.Subject;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The API calls that make, show and end consumers. Handlers that take a stream run on its loop.
 * Source: the JetStream API, ADR-1, and ADR-9 for the forms of creation.
 */
final class ConsumerApi {
  private final JetStreamAccount account;

  ConsumerApi(JetStreamAccount account) {
    this.account = account;
  }

  /** {@code CONSUMER.CREATE.<stream>[.<consumer>[.<filter>]]}. */
  void create(ApiRequest request, ApiAnswer answer, ApiDispatcher.ToStream toStream) {
    ConsumerCreateRequest body = ConsumerCreateRequest.read(request.json());
    String stream = request.tokens()[2];
    if (!body.streamName().equals(stream)) {
      answer.error(ApiErrors.STREAM_MISMATCH.of());
      return;
    }
    ConsumerConfig config = body.config();
    if (request.tokens().length == 3) {
      if (!config.durableName().isEmpty()) {
        answer.error(ApiErrors.CONSUMER_EPHEMERAL_WITH_DURABLE_NAME.of());
        return;
      }
    } else {
      String name = request.tokens()[3];
      if (!config.durableName().isEmpty() && !config.durableName().equals(name)) {
        answer.error(ApiErrors.CONSUMER_DURABLE_NAME_NOT_MATCH_SUBJECT.of());
        return;
      }
      config = config.toBuilder().name(name).build();
      if (request.tokens().length > 4) {
        ApiError mismatch = checkFilterToken(config, request.rest(4));
        if (mismatch != null) {
          answer.error(mismatch);
          return;
        }
      }
    }
    ConsumerCreateRequest named = body.withConfig(config);
    toStream.run(2, request, answer, (s, r, a) -> createOn(s, r, named, a));
  }

  private static @Nullable ApiError checkFilterToken(ConsumerConfig config, String filter) {
    if (!config.filterSubjects().isEmpty()) {
      return ApiErrors.CONSUMER_MULTIPLE_FILTERS_NOT_ALLOWED.of();
    }
    return filter.equals(config.filterSubject())
        ? null
        : ApiErrors.CONSUMER_CREATE_FILTER_SUBJECT_MISMATCH.of();
  }

  /** {@code CONSUMER.DURABLE.CREATE.<stream>.<consumer>}. */
  void createDurable(ApiRequest request, ApiAnswer answer, ApiDispatcher.ToStream toStream) {
    ConsumerCreateRequest body = ConsumerCreateRequest.read(request.json());
    String stream = request.tokens()[3];
    ConsumerConfig config = body.config();
    if (!body.streamName().equals(stream)) {
      answer.error(ApiErrors.STREAM_MISMATCH.of());
    } else if (config.durableName().isEmpty()) {
      answer.error(ApiErrors.CONSUMER_DURABLE_NAME_NOT_SET.of());
    } else if (!config.durableName().equals(request.tokens()[4])) {
      answer.error(ApiErrors.CONSUMER_DURABLE_NAME_NOT_MATCH_SUBJECT.of());
    } else {
      toStream.run(3, request, answer, (s, r, a) -> createOn(s, r, body, a));
    }
  }

  private void createOn(
      Stream stream, ApiRequest request, ConsumerCreateRequest body, ApiAnswer answer) {
    ApiError refusal = SourcingConsumers.refusal(body.config(), stream, request.headers());
    if (refusal != null) {
      answer.error(refusal);
      return;
    }
    ConsumerConfig config = SourcingConsumers.adapted(body.config(), stream);
    createOn(stream, body.withConfig(config), null, answer);
  }

  /**
   * Makes a consumer, or changes the one that is there.
   *
   * @param list what it delivers first, once that was looked for
   */
  private void createOn(
      Stream stream,
      ConsumerCreateRequest request,
      @Nullable LastPerSubject list,
      ApiAnswer answer) {
    ConsumerConfig given = StampedMetadata.stamp(request.config());
    String name = given.durableName().isEmpty() ? given.name() : given.durableName();
    ConsumerConfig config =
        ConsumerDefaults.fillIn(
            given.toBuilder().name(name).build(),
            stream.config(),
            account.options(),
            account.limits(),
            request.pedantic());
    if (name.indexOf('/') >= 0 || name.indexOf('\\') >= 0) {
      answer.error(ApiErrors.CONSUMER_NAME_CONTAINS_PATH_SEPARATORS.of());
      return;
    }
    if (name.length() > Names.MAX_LENGTH) {
      answer.error(ApiErrors.CONSUMER_CREATE.of("error creating store for consumer"));
      return;
    }
    ApiError error =
        request.pedantic()
            ? PedanticRules.consumer(given, stream.config(), account.options())
            : null;
    if (error == null) {
      error = ConsumerRules.check(config, stream.config(), account.options(), account.limits());
    }
    if (error != null) {
      answer.error(error);
      return;
    }
    if (stream.consumers.isUnderWay(name)
        || isWorkQueue(stream) && stream.consumers.isAnyUnderWay()) {
      stream.log.whenDurable(() -> createOn(stream, request, list, answer));
      return;
    }
    Consumer existing = name.isEmpty() ? null : stream.consumers.find(name);
    if (existing != null) {
      // the default threshold of the one that is there counts as a difference from none
      if (request.action() == Action.CREATE
          && ConsumerDefaults.getsThreshold(given, stream.config())) {
        answer.error(ApiErrors.CONSUMER_ALREADY_EXISTS.of());
      } else {
        change(existing, config, request.action(), answer);
      }
      return;
    }
    if (request.action() == Action.UPDATE) {
      answer.error(ApiErrors.CONSUMER_DOES_NOT_EXIST.of());
      return;
    }
    ApiError refusal = refusalOfNew(stream, config);
    if (refusal != null) {
      answer.error(refusal);
      return;
    }
    if (list == null && stream.consumers.beginsWithList(config)) {
      new LastPerSubjectSearch(
              stream,
              config.filters(),
              found -> createOn(stream, request, found, answer),
              () -> answer.error(ApiErrors.STREAM_NOT_FOUND.of()))
          .run();
      return;
    }
    add(stream, config, name, list, answer);
  }

  private @Nullable ApiError refusalOfNew(Stream stream, ConsumerConfig config) {
    if (SourcingConsumers.serves(config)) {
      return null;
    }
    if (isFull(stream)) {
      return ApiErrors.MAXIMUM_CONSUMERS_LIMIT.of();
    }
    return isWorkQueue(stream) ? WorkQueueRules.refusal(stream, config) : null;
  }

  private static boolean isWorkQueue(Stream stream) {
    return stream.config().retention() == RetentionPolicy.WORKQUEUE;
  }

  private void add(
      Stream stream,
      ConsumerConfig config,
      String given,
      @Nullable LastPerSubject list,
      ApiAnswer answer) {
    String name = given.isEmpty() ? Names.consumer(stream.random()) : given;
    // a generated name is the consumer's, but its config goes on having none
    stream.consumers.create(
        name,
        config,
        list,
        answer::error,
        () -> {
          Consumer made = stream.consumers.find(name);
          if (made == null) {
            answer.error(ApiErrors.STREAM_NOT_FOUND.of());
            return;
          }
          stream.advisories().consumerCreated(made);
          answerInfo(made, answer);
        });
  }

  private boolean isFull(Stream stream) {
    int most = stream.config().maxConsumers();
    int ofAccount = account.limits().maxConsumers();
    if (most <= 0 || ofAccount > 0 && ofAccount < most) {
      most = ofAccount;
    }
    if (most <= 0) {
      most = account.options().defaultMaxConsumers();
    }
    return most > 0 && stream.consumers.size() >= most && stream.consumers.limitedSize() >= most;
  }

  private static void change(
      Consumer consumer, ConsumerConfig given, Action action, ApiAnswer answer) {
    ConsumerConfig before = consumer.config();
    // only the pause call changes the pause
    ConsumerConfig config = given.toBuilder().pauseUntil(before.pauseUntil()).build();
    config = config.toBuilder().metadata(keepLevel(before, config)).build();
    if (config.equals(before)) {
      answerChanged(consumer, answer);
      return;
    }
    if (action == Action.CREATE) {
      answer.error(ApiErrors.CONSUMER_ALREADY_EXISTS.of());
      return;
    }
    ApiError refusal = refusalOfChange(consumer, config);
    if (refusal != null) {
      answer.error(refusal);
      return;
    }
    consumer.stream.consumers.update(
        consumer,
        config,
        answer::error,
        () -> consumer.stream.interest.whenSettled(() -> answerChanged(consumer, answer)));
  }

  /** Answers a change; a consumer that serves another stream begins behind what it took. */
  private static void answerChanged(Consumer consumer, ApiAnswer answer) {
    if (!consumer.config().sourcing()) {
      answerInfo(consumer, answer);
      return;
    }
    consumer.reset(consumer.state.floorStreamSeq() + 1);
    consumer.stream.log.whenDurable(consumer, () -> answerInfo(consumer, answer));
  }

  /** Answers a creation; that the consumer is paused is told again, as by the public server. */
  private static void answerInfo(Consumer consumer, ApiAnswer answer) {
    if (SourcingConsumers.serves(consumer.config())) {
      answer.header(SourcingConsumers.IDENTITY, consumer.stream.identity());
    }
    answer.ok(json -> ConsumerView.writeInfo(json, consumer));
    if (consumer.isPaused()) {
      consumer.stream.advisories().paused(consumer);
    }
  }

  private static @Nullable ApiError refusalOfChange(Consumer consumer, ConsumerConfig config) {
    Stream stream = consumer.stream;
    ApiError shared = isWorkQueue(stream) ? WorkQueueRules.shared(stream, config, consumer) : null;
    if (shared != null) {
      return shared;
    }
    byte[] deliverSubject = Subject.bytes(consumer.config().deliverSubject());
    boolean heard =
        deliverSubject.length > 0
            && stream.bus().hasInterest(deliverSubject, 0, deliverSubject.length);
    return ConsumerRules.checkUpdate(consumer.config(), config, heard);
  }

  private static Map<String, String> keepLevel(ConsumerConfig before, ConsumerConfig after) {
    String key = "_nats.req.level";
    Map<String, String> kept = new TreeMap<>(after.metadata());
    String level = before.metadata().get(key);
    if (level != null) {
      kept.put(key, level);
    }
    return kept;
  }

  void names(Stream stream, ApiRequest request, ApiAnswer answer) {
    ApiPage<Consumer> page = page(stream, request, ApiPage.NAMES);
    answer.ok(
        json -> {
          page.write(json);
          json.name("consumers").array();
          page.shown().forEach(consumer -> json.value(consumer.name));
          json.endArray();
        });
  }

  void list(Stream stream, ApiRequest request, ApiAnswer answer) {
    ApiPage<Consumer> page = page(stream, request, ApiPage.DESCRIPTIONS);
    answer.ok(
        json -> {
          page.write(json);
          json.name("consumers").array();
          page.shown().forEach(consumer -> ConsumerView.info(consumer, false).write(json));
          json.endArray();
        });
  }

  private static ApiPage<Consumer> page(Stream stream, ApiRequest request, int limit) {
    PagedRequest asked =
        RequestBody.isJson(request.body(), 0, request.body().length)
            ? PagedRequest.readConsumers(request.json())
            : new PagedRequest(0, "");
    return ApiPage.of(stream.consumers.shown(), asked, limit);
  }

  void info(Stream stream, ApiRequest request, ApiAnswer answer) {
    if (!RequestBody.isEmpty(request.body(), 0, request.body().length)) {
      answer.error(ApiErrors.NOT_EMPTY_REQUEST.of());
      return;
    }
    Consumer consumer = stream.consumers.find(request.tokens()[3]);
    if (consumer == null) {
      answer.error(ApiErrors.CONSUMER_NOT_FOUND.of());
      return;
    }
    consumer.unseen.whenDone(() -> answer.ok(json -> ConsumerView.writeInfo(json, consumer)));
  }

  void delete(Stream stream, ApiRequest request, ApiAnswer answer) {
    if (!RequestBody.isEmpty(request.body(), 0, request.body().length)) {
      answer.error(ApiErrors.NOT_EMPTY_REQUEST.of());
      return;
    }
    String name = request.tokens()[3];
    if (stream.consumers.isUnderWay(name)) {
      stream.log.whenDurable(() -> delete(stream, request, answer));
      return;
    }
    Consumer consumer = stream.consumers.find(name);
    if (consumer == null) {
      answer.error(ApiErrors.CONSUMER_NOT_FOUND.of());
      return;
    }
    stream.consumers.delete(
        consumer,
        answer::error,
        () -> {
          stream.advisories().consumerDeleted(consumer);
          stream.interest.whenSettled(answer::success);
        });
  }
}
