// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import dev.slipstream.base.Backoff;
import dev.slipstream.protocol.api.ApiReply;
import dev.slipstream.protocol.api.ApiSubjects;
import dev.slipstream.protocol.api.ConsumerInfo;
import dev.slipstream.protocol.json.JsonException;
import dev.slipstream.protocol.json.JsonWriter;
import dev.slipstream.protocol.wire.OutputBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Requests of the JetStream API: JSON out, an answer or an exception back. Any thread. */
final class Api {
  private static final long FIRST_RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(250);
  private static final long LAST_RETRY_NANOS = TimeUnit.SECONDS.toNanos(5);

  private final Connection connection;
  private final ApiSubjects subjects;
  private final Duration timeout;

  Api(Connection connection, JetStreamOptions options) {
    this.connection = connection;
    this.subjects = ApiSubjects.of(options.prefix());
    this.timeout = options.timeout();
  }

  ApiSubjects subjects() {
    return subjects;
  }

  Duration timeout() {
    return timeout;
  }

  /** Delays between attempts of what has to succeed in the end; owned by the client's loop. */
  Backoff backoff() {
    return new Backoff(FIRST_RETRY_NANOS, LAST_RETRY_NANOS, connection.random());
  }

  /** Asks without a body. */
  ApiReply call(String subject) {
    return call(subject, OutputBuffer.NO_BYTES);
  }

  /** Asks with what {@code body} writes. */
  ApiReply call(String subject, Consumer<JsonWriter> body) {
    JsonWriter json = new JsonWriter();
    body.accept(json);
    return call(subject, json.toBytes());
  }

  /**
   * Asks with what {@code body} writes, on the loop, where nothing may wait for room to send.
   *
   * @param answer gets, on the loop, what the server says, which may be an error, or why nobody
   *     knows
   */
  void ask(
      String subject,
      Consumer<JsonWriter> body,
      BiConsumer<@Nullable ApiReply, @Nullable NatsException> answer) {
    Requests.Call call =
        new Requests.Call(subject, timeout) {
          @Override
          void onReply(Message reply) {
            ApiReply readable;
            try {
              readable = parse(reply);
            } catch (JetStreamException broken) {
              answer.accept(null, broken);
              return;
            }
            answer.accept(readable, null);
          }

          @Override
          void onFailure(NatsException failure) {
            answer.accept(null, failure);
          }
        };
    JsonWriter json = new JsonWriter();
    body.accept(json);
    connection.requests().frame(call, OutputBuffer.NO_BYTES, json.toBytes()).run();
  }

  /** What the server says of a consumer. */
  ConsumerInfo consumerInfo(String stream, String consumer) {
    return call(subjects.consumerInfo(stream, consumer)).consumerInfo();
  }

  /** As {@link #consumerInfo}, without waiting. */
  CompletableFuture<ConsumerInfo> consumerInfoAsync(String stream, String consumer) {
    return callAsync(subjects.consumerInfo(stream, consumer)).thenApply(ApiReply::consumerInfo);
  }

  /** Deletes a consumer; false when there was none. */
  boolean deleteConsumer(String stream, String consumer) {
    try {
      return call(subjects.consumerDelete(stream, consumer)).success();
    } catch (ConsumerNotFoundException absent) {
      return false;
    }
  }

  /** Asks for all pages of a list; {@code body} writes the request for an offset. */
  <T> List<T> pages(
      String subject,
      Function<Integer, Consumer<JsonWriter>> body,
      Function<ApiReply, List<T>> list) {
    List<T> all = new ArrayList<>();
    while (true) {
      ApiReply reply = call(subject, body.apply(all.size()));
      List<T> page = list.apply(reply);
      all.addAll(page);
      if (page.isEmpty() || all.size() >= reply.total()) {
        return all;
      }
    }
  }

  /** Sends a request and waits for the message that answers it. */
  Message request(String subject, byte[] body) {
    FutureCall call = new FutureCall(subject, timeout, null);
    connection.checkSize(body.length);
    connection.send(connection.requests().frame(call, OutputBuffer.NO_BYTES, body));
    return Await.value(call.future(), "a request to " + subject);
  }

  private ApiReply call(String subject, byte[] body) {
    Subjects.checkPublish(subject);
    try {
      return checked(parse(request(subject, body)));
    } catch (NoRespondersException nobody) {
      throw silent(subject, nobody);
    }
  }

  /** Asks without a body; all that goes wrong is in the future, which is completed off the loop. */
  private CompletableFuture<ApiReply> callAsync(String subject) {
    Subjects.checkPublish(subject);
    FutureCall call =
        new FutureCall(subject, timeout, connection.callbacks()) {
          @Override
          void onFailure(NatsException failure) {
            super.onFailure(
                failure instanceof NoRespondersException nobody
                    ? silent(subject, nobody)
                    : failure);
          }
        };
    try {
      connection.send(
          connection.requests().frame(call, OutputBuffer.NO_BYTES, OutputBuffer.NO_BYTES));
    } catch (NatsException notSent) {
      return CompletableFuture.failedFuture(notSent);
    }
    return call.future().thenApply(reply -> checked(parse(reply)));
  }

  private static JetStreamException silent(String subject, NoRespondersException nobody) {
    return new JetStreamException("JetStream does not answer on " + subject, nobody);
  }

  /** Reads an answer. */
  static ApiReply parse(Message reply) {
    try {
      return ApiReply.parse(reply.payload());
    } catch (JsonException broken) {
      throw new JetStreamException("the answer is not readable: " + reply.text(), broken);
    }
  }

  private static ApiReply checked(ApiReply reply) {
    ApiException refusal = refusal(reply);
    if (refusal != null) {
      throw refusal;
    }
    return reply;
  }

  /** What an answer refuses with, or null. */
  static @Nullable ApiException refusal(ApiReply reply) {
    return reply.error() == null ? null : ApiException.of(reply.error());
  }
}
