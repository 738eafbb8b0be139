// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.protocol.api;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipstream.protocol.json.JsonException;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class ApiRepliesTest {
  private static final Map<String, ApiEndpoint> ENDPOINTS =
      Arrays.stream(ApiEndpoint.values())
          .filter(e -> !e.responseType().isEmpty() && e != ApiEndpoint.CONSUMER_DURABLE_CREATE)
          .collect(Collectors.toMap(ApiEndpoint::responseType, Function.identity()));

  @Test
  void everyAnswerOfThePublicServerIsReadAndWrittenByteForByte() {
    Set<ApiEndpoint> succeeded = new HashSet<>();
    Set<ApiEndpoint> failed = new HashSet<>();
    for (String line : Golden.lines("answers.txt")) {
      if (!line.startsWith("{\"type\"")) {
        continue;
      }
      ApiReply reply = ApiReply.parse(line.getBytes(UTF_8));
      ApiEndpoint endpoint = Objects.requireNonNull(ENDPOINTS.get(reply.type()), line);
      (reply.error() == null ? succeeded : failed).add(endpoint);
      assertThat(new String(rewritten(endpoint, reply), UTF_8)).isEqualTo(line);
    }
    assertThat(succeeded).hasSizeGreaterThan(16);
    assertThat(failed).hasSizeGreaterThan(20);
  }

  private static byte[] rewritten(ApiEndpoint endpoint, ApiReply reply) {
    ApiError error = reply.error();
    if (error != null) {
      return ApiReplies.error(endpoint, error);
    }
    return switch (endpoint) {
      case INFO -> ApiReplies.accountInfo(reply.accountInfo());
      case STREAM_CREATE -> {
        assertThat(reply.didCreate()).isTrue();
        yield ApiReplies.streamCreated(reply.streamInfo());
      }
      case STREAM_UPDATE -> ApiReplies.streamUpdated(reply.streamInfo());
      case STREAM_INFO ->
          ApiReplies.streamInfo(reply.streamInfo(), reply.total(), reply.offset(), reply.limit());
      case STREAM_NAMES ->
          ApiReplies.streamNames(reply.streamNames(), reply.total(), reply.offset());
      case STREAM_LIST -> ApiReplies.streamList(reply.streams(), reply.total(), reply.offset());
      case STREAM_PURGE -> ApiReplies.purged(reply.purged());
      case STREAM_MSG_GET -> ApiReplies.message(Objects.requireNonNull(reply.message()));
      case STREAM_SNAPSHOT ->
          ApiReplies.snapshot(reply.streamInfo().config(), reply.streamInfo().state());
      case STREAM_RESTORE -> ApiReplies.restore(reply.deliverSubject());
      case CONSUMER_CREATE -> ApiReplies.consumerCreated(reply.consumerInfo());
      case CONSUMER_INFO -> ApiReplies.consumerInfo(reply.consumerInfo());
      case CONSUMER_RESET -> ApiReplies.consumerReset(reply.consumerInfo(), reply.resetSeq());
      case CONSUMER_NAMES ->
          ApiReplies.consumerNames(reply.consumerNames(), reply.total(), reply.offset());
      case CONSUMER_LIST ->
          ApiReplies.consumerList(reply.consumers(), reply.total(), reply.offset());
      case CONSUMER_PAUSE ->
          ApiReplies.consumerPause(reply.paused(), reply.pauseUntil(), reply.pauseRemainingNanos());
      default -> reply.success() ? ApiReplies.success(endpoint) : ApiReplies.plain(endpoint);
    };
  }

  @Test
  void recordsOfAnAnswerKeepWhatTheServerSaid() {
    String line =
        Golden.lines("answers.txt").stream()
            .filter(l -> l.contains("\"subjects\":{"))
            .findFirst()
            .orElseThrow();
    ApiReply reply = ApiReply.parse(line.getBytes(UTF_8));
    StreamInfo info = reply.streamInfo();
    assertThat(info.config().name()).isEqualTo("T");
    assertThat(info.config().duplicateWindowNanos()).isEqualTo(120_000_000_000L);
    assertThat(info.config().maxMsgSize()).isEqualTo(-1);
    assertThat(info.state().subjects()).containsOnly(Map.entry("t.a", 4L), Map.entry("t.b", 1L));
    assertThat(info.state().deleted()).containsExactly(3L);
    assertThat(info.state().lastSeq()).isEqualTo(6);
    assertThat(reply.total()).isEqualTo(2);
    assertThat(reply.limit()).isEqualTo(ApiReplies.SUBJECTS_LIMIT);
    assertThat(Objects.requireNonNull(info.cluster()).leader()).isEqualTo("golden");
  }

  @Test
  void unknownFieldsOfNewerServersAreSkipped() {
    byte[] body =
        """
        {"type":"t","new":{"a":[1]},"config":{"name":"S","new_option":5},"state":{"last_seq":7,"x":1}}\
        """
            .getBytes(UTF_8);
    StreamInfo info = ApiReply.parse(body).streamInfo();
    assertThat(info.config().name()).isEqualTo("S");
    assertThat(info.state().lastSeq()).isEqualTo(7);
  }

  @Test
  void missingEntriesOfAListAreGiven() {
    byte[] body = "{\"type\":\"t\",\"streams\":[],\"missing\":[\"a\",\"b\"]}".getBytes(UTF_8);
    assertThat(ApiReply.parse(body).missing()).isEqualTo(List.of("a", "b"));
    assertThat(ApiReply.parse(body).streams()).isEmpty();
  }

  @Test
  void emptyAndBrokenAnswersAreRefused() {
    assertThatThrownBy(() -> ApiReply.parse(new byte[0])).isInstanceOf(JsonException.class);
    assertThatThrownBy(() -> ApiReply.parse("{\"type\":".getBytes(UTF_8)))
        .isInstanceOf(JsonException.class);
    assertThatThrownBy(() -> ApiReply.parse("[]".getBytes(UTF_8)))
        .isInstanceOf(JsonException.class);
  }

  @Test
  void storedMessageKeepsItsBytes() {
    byte[] data = new byte[256];
    for (int i = 0; i < data.length; i++) {
      data[i] = (byte) i;
    }
    StoredMessage message =
        new StoredMessage("a.b", -1, "NATS/1.0\r\n\r\n".getBytes(UTF_8), data, Instant.EPOCH);
    StoredMessage back =
        Objects.requireNonNull(ApiReply.parse(ApiReplies.message(message)).message());
    assertThat(back.subject()).isEqualTo("a.b");
    assertThat(back.seq()).isEqualTo(-1);
    assertThat(back.headers()).isEqualTo(message.headers());
    assertThat(back.data()).isEqualTo(data);
    assertThat(back.time()).isEqualTo(Instant.EPOCH);
  }

  @Test
  void systemErrorNamesNoEndpoint() {
    assertThat(new String(ApiReplies.systemError(ApiErrors.BAD_REQUEST.of()), UTF_8))
        .isEqualTo(
            "{\"type\":\"io.nats.jetstream.api.v1.system_response\","
                + "\"error\":{\"code\":400,\"err_code\":10003,\"description\":\"bad request\"}}");
  }
}
