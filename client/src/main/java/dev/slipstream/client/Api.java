// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import dev.slipstream.protocol.api.ApiReply;
import dev.slipstream.protocol.api.ApiSubjects;
import dev.slipstream.protocol.json.JsonException;
import dev.slipstream.protocol.json.JsonWriter;
import dev.slipstream.protocol.wire.OutputBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Requests of the JetStream API: JSON out, an answer or an exception back. Any thread. */
final class Api {
  private final Connection connection;
  private final ApiSubjects subjects;
  private final Duration timeout;

  Api(Connection connection, JetStreamOptions options) {
    this.connection = connection;
    this.subjects = ApiSubjects.of(options.prefix());
    this.timeout = options.timeout();
  }

  Connection connection() {
    return connection;
  }

  ApiSubjects subjects() {
    return subjects;
  }

  Duration timeout() {
    return timeout;
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
      throw new JetStreamException("JetStream does not answer on " + subject, nobody);
    }
  }

  /**
   * Asks whether a consumer exists; on the loop, as is the answer: why it is gone, or null when it
   * exists or nobody knows.
   */
  void lookUp(String stream, String consumer, Consumer<@Nullable Closed> answer) {
    Requests.Call call =
        new Requests.Call(subjects.consumerInfo(stream, consumer), timeout) {
          @Override
          void onReply(Message reply) {
            answer.accept(gone(reply));
          }

          @Override
          void onFailure(NatsException failure) {
            answer.accept(null);
          }
        };
    connection.requests().frame(call, OutputBuffer.NO_BYTES, OutputBuffer.NO_BYTES).run();
  }

  private static @Nullable Closed gone(Message reply) {
    try {
      ApiException refusal = refusal(parse(reply));
      if (refusal instanceof ConsumerNotFoundException) {
        return new Closed.ConsumerDeleted();
      }
      return refusal instanceof StreamNotFoundException ? new Closed.StreamDeleted() : null;
    } catch (JetStreamException unreadable) {
      return null;
    }
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

  static @Nullable ApiException refusal(ApiReply reply) {
    return reply.error() == null ? null : ApiException.of(reply.error());
  }
}
