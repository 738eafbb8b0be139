// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import dev.slipstream.base.Clock;
import dev.slipstream.protocol.api.ApiErrors;
import dev.slipstream.protocol.api.ConsumerConfig;
import dev.slipstream.protocol.api.PauseRequest;
import dev.slipstream.protocol.api.RequestBody;
import dev.slipstream.protocol.api.ResetRequest;
import dev.slipstream.protocol.api.UnpinRequest;
import dev.slipstream.protocol.json.JsonException;
import dev.slipstream.protocol.json.JsonReader;
import dev.slipstream.protocol.json.JsonWriter;
import dev.slipstream.protocol.json.Rfc3339;
import dev.slipstream.protocol.wire.HeaderBlock;
import java.nio.charset.StandardCharsets;
import java.time.Instant;

/**
 * The API calls that steer a consumer that is there: pause, reset, and the end of a pin. Handlers
 * that take a stream run on its loop. Source: the JetStream API, ADR-42 for pins.
 */
final class ConsumerControlApi {
  private final JetStreamAccount account;

  ConsumerControlApi(JetStreamAccount account) {
    this.account = account;
  }

  void pause(Stream stream, ApiRequest request, ApiAnswer answer) {
    Instant until = null;
    if (RequestBody.isJson(request.body(), 0, request.body().length)) {
      until = PauseRequest.read(request.json()).pauseUntil();
    }
    Consumer consumer = stream.consumers.find(request.tokens()[3]);
    if (consumer == null) {
      answer.error(ApiErrors.CONSUMER_NOT_FOUND.of(), ConsumerControlApi::notPaused);
      return;
    }
    ConsumerConfig paused =
        StampedMetadata.stamp(consumer.config().toBuilder().pauseUntil(until).build());
    stream.consumers.update(
        consumer,
        paused,
        error -> answer.error(error, ConsumerControlApi::notPaused),
        () -> answerPause(consumer, answer));
  }

  static void notPaused(JsonWriter json) {
    json.field("paused", false).timeField("pause_until", Rfc3339.ZERO);
  }

  private static void answerPause(Consumer consumer, ApiAnswer answer) {
    Instant until = consumer.config().pauseUntil();
    answer.ok(
        json -> {
          if (until == null) {
            notPaused(json);
            return;
          }
          json.field("paused", consumer.isPaused());
          json.timeField("pause_until", until);
          if (consumer.isPaused()) {
            json.field("pause_remaining", Clock.epochNanos(until) - consumer.clock().epochNanos());
          }
        });
  }

  void reset(Stream stream, ApiRequest request, ApiAnswer answer) {
    byte[] body = request.body();
    long seq = body.length == 0 ? 0 : ResetRequest.read(plain(body)).seq();
    Consumer consumer = stream.consumers.find(request.tokens()[3]);
    if (consumer == null) {
      answer.error(ApiErrors.CONSUMER_NOT_FOUND.of());
      return;
    }
    String refusal = seq == 0 ? "" : resetRefusal(consumer, seq);
    if (!refusal.isEmpty()) {
      answer.error(
          ApiErrors.CONSUMER_INVALID_RESET.of(refusal), ApiOperation.absent(request.tokens()));
      return;
    }
    byte[] headers = request.headers();
    if (HeaderBlock.has(headers, 0, headers.length, SourcingConsumers.IDENTITY_BYTES)) {
      answer.header(SourcingConsumers.IDENTITY, stream.identity());
    }
    long first = seq == 0 ? consumer.state.floorStreamSeq() + 1 : seq;
    consumer.reset(first);
    stream.log.whenDurable(
        consumer,
        () ->
            answer.ok(
                json -> {
                  ConsumerView.writeInfo(json, consumer);
                  json.field("reset_seq", first);
                }));
  }

  private static String resetRefusal(Consumer consumer, long seq) {
    ConsumerConfig config = consumer.config();
    Instant time = config.optStartTime();
    return switch (config.deliverPolicy()) {
      case ALL -> "";
      case BY_START_SEQUENCE -> seq < config.optStartSeq() ? "below start seq" : "";
      case BY_START_TIME ->
          time != null && seq < consumer.stream.store.seqFrom(Clock.epochNanos(time))
              ? "below start time"
              : "";
      default -> "not allowed";
    };
  }

  /** A body that has to be there, and of which unknown fields are ignored. */
  private static JsonReader plain(byte[] body) {
    if (new String(body, StandardCharsets.UTF_8).isBlank()) {
      throw new JsonException("unexpected end of JSON input");
    }
    return JsonReader.of(body, 0, body.length);
  }

  /** {@code CONSUMER.UNPIN.<stream>.<consumer>}. */
  void unpin(ApiRequest request, ApiAnswer answer, ApiDispatcher.ToStream toStream) {
    byte[] body = request.body();
    String group = UnpinRequest.read(plain(body)).group();
    if (group.isEmpty()) {
      answer.error(ApiErrors.INVALID_JSON.of("consumer group not specified"));
    } else if (!ConsumerRules.isGroupName(group)) {
      answer.error(ApiErrors.CONSUMER_INVALID_GROUP_NAME.of());
    } else if (!account.isEnabled()) {
      answer.error(ApiErrors.NOT_ENABLED_FOR_ACCOUNT.of());
    } else {
      toStream.run(2, request, answer, (s, r, a) -> unpin(s, r, group, a));
    }
  }

  private static void unpin(Stream stream, ApiRequest request, String group, ApiAnswer answer) {
    Consumer consumer = stream.consumers.find(request.tokens()[3]);
    if (consumer == null) {
      answer.error(ApiErrors.CONSUMER_NOT_FOUND.of());
      return;
    }
    if (!consumer.config().priorityGroups().contains(group)) {
      answer.error(ApiErrors.CONSUMER_INVALID_PRIORITY_GROUP.of());
      return;
    }
    if (consumer.target() instanceof PullRequests requests) {
      requests.pinned().unpin(group);
    }
    answer.ok(json -> {});
  }
}
