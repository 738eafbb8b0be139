// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.protocol.api;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.slipstream.protocol.json.JsonReader;
import dev.slipstream.protocol.json.JsonWriter;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RequestsTest {

  private static <T> void survives(
      T request, Consumer<JsonWriter> write, Function<JsonReader, T> read, String json) {
    assertThat(Golden.written(write)).isEqualTo(json);
    assertThat(read.apply(JsonReader.of(json.getBytes(UTF_8)).strict(true))).isEqualTo(request);
  }

  @Test
  void requestsSurviveWithEveryField() {
    PagedRequest paged = new PagedRequest(5, "a.>");
    survives(paged, paged::write, PagedRequest::read, "{\"offset\":5,\"subject\":\"a.\\u003e\"}");
    survives(
        paged,
        paged::write,
        PagedRequest::readStreamList,
        "{\"offset\":5,\"subject\":\"a.\\u003e\"}");
    PagedRequest next = new PagedRequest(1024, "");
    survives(next, next::write, PagedRequest::readConsumers, "{\"offset\":1024}");
    StreamInfoRequest info = new StreamInfoRequest(1, true, "x");
    survives(
        info,
        info::write,
        StreamInfoRequest::read,
        "{\"offset\":1,\"deleted_details\":true,\"subjects_filter\":\"x\"}");
    PurgeRequest purge = new PurgeRequest(-1, "f", 3);
    survives(
        purge,
        purge::write,
        PurgeRequest::read,
        "{\"seq\":18446744073709551615,\"filter\":\"f\",\"keep\":3}");
    MsgDeleteRequest delete = new MsgDeleteRequest(0, true);
    survives(delete, delete::write, MsgDeleteRequest::read, "{\"seq\":0,\"no_erase\":true}");
    PauseRequest pause = new PauseRequest(Instant.EPOCH);
    survives(pause, pause::write, PauseRequest::read, "{\"pause_until\":\"1970-01-01T00:00:00Z\"}");
    PauseRequest resume = new PauseRequest(null);
    survives(resume, resume::write, PauseRequest::read, "{}");
    UnpinRequest unpin = new UnpinRequest("g");
    survives(unpin, unpin::write, UnpinRequest::read, "{\"group\":\"g\"}");
    ResetRequest reset = new ResetRequest(4);
    survives(reset, reset::write, ResetRequest::read, "{\"seq\":4}");
    SnapshotRequest snapshot = new SnapshotRequest("d", true, 1, 2, true);
    survives(
        snapshot,
        snapshot::write,
        SnapshotRequest::read,
        "{\"deliver_subject\":\"d\",\"no_consumers\":true,\"chunk_size\":1,\"window_size\":2,"
            + "\"jsck\":true}");
  }

  @Test
  void getsSurviveWithEveryField() {
    DirectGetRequest all =
        new DirectGetRequest(
            1, "l", "n", 2, 3, Instant.EPOCH, List.of("m"), 4, Instant.EPOCH, true);
    survives(
        all,
        all::write,
        DirectGetRequest::read,
        "{\"seq\":1,\"last_by_subj\":\"l\",\"next_by_subj\":\"n\",\"batch\":2,\"max_bytes\":3,"
            + "\"start_time\":\"1970-01-01T00:00:00Z\",\"multi_last\":[\"m\"],\"up_to_seq\":4,"
            + "\"up_to_time\":\"1970-01-01T00:00:00Z\",\"no_hdr\":true}");
    MsgGetRequest last = MsgGetRequest.ofLast("s");
    survives(last, last::write, MsgGetRequest::read, "{\"last_by_subj\":\"s\"}");
    MsgGetRequest next = MsgGetRequest.ofNext("s", 7);
    survives(next, next::write, MsgGetRequest::read, "{\"seq\":7,\"next_by_subj\":\"s\"}");
  }

  @ParameterizedTest
  @CsvSource(
      value = {
        "''|true|false",
        "{}|true|true",
        "' { } '|true|true",
        "{\"a\":1}|false|true",
        "{\"a\":null}|false|true",
        "[]|false|true",
        "null|false|false",
        "{|false|true",
        "{}x|false|true",
        "x|false|false",
        "' '|false|false",
      },
      delimiter = '|')
  void bodiesAreToldApart(String body, boolean empty, boolean json) {
    byte[] bytes = body.getBytes(UTF_8);
    assertThat(RequestBody.isEmpty(bytes, 0, bytes.length)).isEqualTo(empty);
    assertThat(RequestBody.isJson(bytes, 0, bytes.length)).isEqualTo(json);
  }
}
