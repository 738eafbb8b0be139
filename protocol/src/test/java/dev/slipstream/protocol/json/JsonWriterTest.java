// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.protocol.json;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class JsonWriterTest {

  @Test
  void commasStandBetweenValuesOnly() {
    JsonWriter out = new JsonWriter(1);
    out.object().field("a", 1).name("b").array().value("x").value(2).object().end().endArray();
    out.name("c").object().end().field("d", true).name("e").nullValue().end();
    assertThat(out.toString())
        .isEqualTo("{\"a\":1,\"b\":[\"x\",2,{}],\"c\":{},\"d\":true,\"e\":null}");
    assertThat(out.length()).isEqualTo(out.toBytes().length);
  }

  @Test
  void textEndingInABracketDoesNotSwallowTheComma() {
    String json = new JsonWriter().array().value("{").value("[").value(":").endArray().toString();
    assertThat(json).isEqualTo("[\"{\",\"[\",\":\"]");
  }

  @Test
  void stringsAreEscapedLikeGo() {
    assertThat(written("a\"\\/\b\f\n\r\t\u0001\u007f<>&"))
        .isEqualTo("\"a\\\"\\\\/\\b\\f\\n\\r\\t\\u0001\u007f\\u003c\\u003e\\u0026\"");
    assertThat(written("é€😀\u2028\u2029\ufffd")).isEqualTo("\"é€😀\\u2028\\u2029\ufffd\"");
  }

  @Test
  void loneSurrogatesAreMarked() {
    assertThat(written("a\ud800b\udc00\ud83d\ude00\ud83d"))
        .isEqualTo("\"a\\ufffdb\\ufffd😀\\ufffd\"");
  }

  @Test
  void emptyFieldsAreLeftOutByTheConditionalForms() {
    JsonWriter out = new JsonWriter().object();
    out.fieldIf("a", "").fieldIf("b", 0).fieldIf("c", false).unsignedFieldIf("d", 0);
    out.stringsFieldIf("e", List.of()).stringMapFieldIf("f", Map.of()).end();
    assertThat(out.toString()).isEqualTo("{}");
    JsonWriter full = new JsonWriter().object();
    full.fieldIf("a", "x").fieldIf("b", -1).fieldIf("c", true).unsignedFieldIf("d", -1);
    full.stringsFieldIf("e", List.of("y")).stringMapFieldIf("f", Map.of("k", "v")).end();
    assertThat(full.toString())
        .isEqualTo(
            "{\"a\":\"x\",\"b\":-1,\"c\":true,\"d\":18446744073709551615,"
                + "\"e\":[\"y\"],\"f\":{\"k\":\"v\"}}");
  }

  @Test
  void mapsAreSortedByTheBytesOfTheirKeys() {
    Map<String, String> map = Map.of("b", "1", "a", "2", "ab", "3", "\uff00", "4", "😀", "5");
    assertThat(new JsonWriter().object().stringMapField("m", map).end().toString())
        .isEqualTo("{\"m\":{\"a\":\"2\",\"ab\":\"3\",\"b\":\"1\",\"\uff00\":\"4\",\"😀\":\"5\"}}");
  }

  @Test
  void bytesAndTimesHaveTheirForms() {
    JsonWriter out = new JsonWriter().object().base64Field("d", new byte[] {0, 1, -1, 2});
    out.timeField("z", Rfc3339.ZERO).timeField("t", Instant.parse("2024-05-06T07:08:09.120Z"));
    assertThat(out.end().toString())
        .isEqualTo(
            "{\"d\":\"AAH/Ag==\",\"z\":\"0001-01-01T00:00:00Z\",\"t\":\"2024-05-06T07:08:09.12Z\"}");
  }

  private static String written(String value) {
    return new String(new JsonWriter().value(value).toBytes(), StandardCharsets.UTF_8);
  }
}
