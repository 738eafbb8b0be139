// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.protocol.json;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JsonReaderTest {

  /** One field of every kind; stands for the public server's type "Probe" in error texts. */
  private static final class Probe {
    String name = "";
    long span;
    long count = 7;
    int small;
    int narrow;
    long seq;
    boolean flag = true;
    byte[] data = {};
    Instant at = Rfc3339.ZERO;
    @Nullable Instant maybe = Instant.EPOCH;
    List<String> words = List.of();
    List<Long> spans = List.of();
    Map<String, String> map = Map.of();
    String mode = "off";
    @Nullable Probe inner;
    final List<Probe> many = new ArrayList<>();

    static Probe read(JsonReader in) {
      Probe probe = new Probe();
      in.object("Probe", probe::field);
      return probe;
    }

    private boolean field(String field, JsonReader in) {
      switch (field) {
        case "name" -> name = in.string();
        case "span" -> span = in.nanos();
        case "count" -> count = in.longValue();
        case "small" -> small = in.intValue();
        case "narrow" -> narrow = in.int32Value();
        case "seq" -> seq = in.unsignedLong();
        case "flag" -> flag = in.bool();
        case "data" -> data = in.base64();
        case "at" -> at = in.time();
        case "maybe" -> maybe = in.optionalTime();
        case "words" -> words = in.strings();
        case "spans" -> spans = in.nanosList();
        case "map" -> map = in.stringMap();
        case "mode" -> mode = in.word(w -> w.equals("on") ? "on" : null, "can not unmarshal %q");
        case "inner" -> inner = in.isNull() ? null : read(in);
        case "many" -> in.array("[]server.Probe", e -> many.add(read(e)));
        case "embedded" -> {
          return in.embedded("Part", field, (name, r) -> r.string() != null);
        }
        default -> {
          return false;
        }
      }
      return true;
    }
  }

  private static Probe lenient(String json) {
    return Probe.read(JsonReader.of(json.getBytes(UTF_8)));
  }

  private static Probe strict(String json) {
    return Probe.read(JsonReader.of(json.getBytes(UTF_8)).strict(true));
  }

  @Test
  void everyKindOfValueIsRead() {
    Probe probe =
        strict(
            """
            {"name":"a\\u00e9\\n\\ud83d\\ude00","span":5000000000,"count":-9223372036854775808,
             "small":-5,"narrow":2147483647,"seq":18446744073709551615,"flag":false,"data":"AAH/",
             "at":"2020-02-29T23:59:59.5+02:00","maybe":null,"words":["x","y"],"spans":[1,2],
             "map":{"k":"v","":""},"mode":"on","inner":{"name":"in"},"many":[{"small":1},{}]}\
            """);
    assertThat(probe.name).isEqualTo("aé\n😀");
    assertThat(probe.span).isEqualTo(5_000_000_000L);
    assertThat(probe.count).isEqualTo(Long.MIN_VALUE);
    assertThat(probe.small).isEqualTo(-5);
    assertThat(probe.narrow).isEqualTo(Integer.MAX_VALUE);
    assertThat(probe.seq).isEqualTo(-1L);
    assertThat(probe.flag).isFalse();
    assertThat(probe.data).containsExactly(0, 1, -1);
    assertThat(probe.at).isEqualTo(Instant.parse("2020-02-29T21:59:59.5Z"));
    assertThat(probe.maybe).isNull();
    assertThat(probe.words).containsExactly("x", "y");
    assertThat(probe.spans).containsExactly(1L, 2L);
    assertThat(probe.map).containsOnly(Map.entry("k", "v"), Map.entry("", ""));
    assertThat(probe.mode).isEqualTo("on");
    assertThat(requireNonNull(probe.inner).name).isEqualTo("in");
    assertThat(probe.many).extracting(p -> p.small).containsExactly(1, 0);
  }

  @Test
  void partOfAnArrayIsReadWithoutItsSurroundings() {
    byte[] bytes = "xx{\"mode\":\"on\",\"name\":\"n\"}}}".getBytes(UTF_8);
    assertThat(Probe.read(JsonReader.of(bytes, 2, bytes.length - 4)).name).isEqualTo("n");
    byte[] wrong = "xx{\"mode\": {\"a\" :1} }}".getBytes(UTF_8);
    assertThatThrownBy(() -> Probe.read(JsonReader.of(wrong, 2, wrong.length - 3)))
        .hasMessage("can not unmarshal \"{\\\"a\\\" :1}\"");
  }

  @Test
  void lenientSkipsUnknownFieldsWhateverTheyHold() {
    assertThat(lenient("{\"a\":{\"b\":[1,{}]},\"c\":[[]],\"d\":1e9,\"name\":\"n\"}").name)
        .isEqualTo("n");
  }

  @Test
  void namesMatchWithoutRegardToCase() {
    assertThat(strict("{\"NAME\":\"n\",\"Small\":3}").small).isEqualTo(3);
  }

  @Test
  void lastOfEqualNamesCounts() {
    assertThat(strict("{\"small\":1,\"small\":2,\"words\":[\"a\"],\"words\":[\"b\"]}").words)
        .containsExactly("b");
  }

  @Test
  void emptyDocumentAndNullReadAsDefaults() {
    for (String json : List.of("", " \n", "null", "{}", "{\"small\":null,\"name\":null}")) {
      Probe probe = strict(json);
      assertThat(probe.small).as(json).isZero();
      assertThat(probe.name).as(json).isEmpty();
      assertThat(probe.words).as(json).isEmpty();
    }
    assertThat(strict("{\"inner\":null,\"many\":null,\"map\":null,\"at\":null}").many).isEmpty();
  }

  @Test
  void numbersBeyondAnIntAreDrawnToItsEnds() {
    assertThat(strict("{\"small\":5000000000}").small).isEqualTo(Integer.MAX_VALUE);
    assertThat(strict("{\"small\":-5000000000}").small).isEqualTo(Integer.MIN_VALUE);
  }

  @Test
  void strictTakesSeveralValuesAndLenientOnlyOne() {
    Probe both = strict("{\"name\":\"n\"} {\"small\":2}");
    assertThat(both.name).isEqualTo("n");
    assertThat(both.small).isEqualTo(2);
    assertThatThrownBy(() -> lenient("{\"name\":\"n\"}{}"))
        .hasMessage("invalid character '{' after top-level value");
  }

  // The expected texts are what the public server answered for the same fault in its own records.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          5                                  | json: cannot unmarshal number into Go value of type server.Probe
          []                                 | json: cannot unmarshal array into Go value of type server.Probe
          "x"                                | json: cannot unmarshal string into Go value of type server.Probe
          true                               | json: cannot unmarshal bool into Go value of type server.Probe
          {"xyz":1}                          | json: unknown field "xyz"
          {"x\\u00e9\\"<>y":1}               | json: unknown field "xé\\"<>y"
          {"span":"5s"}                      | json: cannot unmarshal string into Go struct field Probe.span of type time.Duration
          {"count":1.5}                      | json: cannot unmarshal number 1.5 into Go struct field Probe.count of type int64
          {"count":99999999999999999999}     | json: cannot unmarshal number 99999999999999999999 into Go struct field Probe.count of type int64
          {"narrow":99999999999}             | json: cannot unmarshal number 99999999999 into Go struct field Probe.narrow of type int32
          {"small":"x"}                      | json: cannot unmarshal string into Go struct field Probe.small of type int
          {"seq":-1}                         | json: cannot unmarshal number -1 into Go struct field Probe.seq of type uint64
          {"seq":-0}                         | json: cannot unmarshal number -0 into Go struct field Probe.seq of type uint64
          {"name":5}                         | json: cannot unmarshal number into Go struct field Probe.name of type string
          {"name":{}}                        | json: cannot unmarshal object into Go struct field Probe.name of type string
          {"name":[1]}                       | json: cannot unmarshal array into Go struct field Probe.name of type string
          {"flag":"x"}                       | json: cannot unmarshal string into Go struct field Probe.flag of type bool
          {"words":"x"}                      | json: cannot unmarshal string into Go struct field Probe.words of type []string
          {"words":[1]}                      | json: cannot unmarshal number into Go struct field Probe.words of type string
          {"spans":5}                        | json: cannot unmarshal number into Go struct field Probe.spans of type []time.Duration
          {"map":[]}                         | json: cannot unmarshal array into Go struct field Probe.map of type map[string]string
          {"map":{"a":1}}                    | json: cannot unmarshal number into Go struct field Probe.map of type string
          {"inner":5}                        | json: cannot unmarshal number into Go struct field Probe.inner of type server.Probe
          {"inner":{"inner":{"small":"x"}}}  | json: cannot unmarshal string into Go struct field Probe.inner.inner.small of type int
          {"many":[{"name":5}]}              | json: cannot unmarshal number into Go struct field Probe.many.name of type string
          {"embedded":5}                     | json: cannot unmarshal number into Go struct field Probe.Part.embedded of type string
          {"data":5}                         | json: cannot unmarshal number into Go struct field Probe.data of type []uint8
          {"data":"?"}                       | illegal base64 data
          {"mode":"x"}                       | can not unmarshal "\\"x\\""
          {"mode":null}                      | can not unmarshal "null"
          {"mode":5}                         | can not unmarshal "5"
          {"at":5}                           | Time.UnmarshalJSON: input is not a JSON string
          {"at":"x"}                         | parsing time "x" as "2006-01-02T15:04:05Z07:00": cannot parse "x" as "2006"
          {"name":"T"                        | unexpected EOF
          {"a":{"b":1                        | unexpected EOF
          {"name":"T",}                      | invalid character '}' looking for beginning of object key string at offset 13
          {"name":"T"}}                      | invalid character '}' looking for beginning of value at offset 13
          {"name":"T"}x                      | invalid character 'x' looking for beginning of value at offset 13
          {name:1}                           | invalid character 'n' looking for beginning of object key string at offset 2
          {"name":"\\q"}                     | invalid character 'q' in string escape code at offset 11
          {"name":"\\u12"}                   | invalid character '"' in \\u hexadecimal character escape at offset 14
          {"name":tru}                       | invalid character '}' in literal true (expecting 'e') at offset 12
          {"name":01}                        | invalid character '1' after object key:value pair at offset 10
          {"name":-}                         | invalid character '}' in numeric literal at offset 10
          {"name":1.}                        | invalid character '}' after decimal point in numeric literal at offset 11
          {"name":1e}                        | invalid character '}' in exponent of numeric literal at offset 11
          {'a':1}                            | invalid character '\\'' looking for beginning of object key string at offset 2
          """)
  void faultsAreToldInThePublicServersWords(String json, String text) {
    assertThatThrownBy(() -> strict(unescaped(json)))
        .isInstanceOf(JsonException.class)
        .hasMessage(unescaped(text));
  }

  private static String unescaped(String csv) {
    return csv.replace("\\\\", "\\");
  }

  @Test
  void firstFaultWinsButAnUnknownWordGoesBeforeItAndASyntaxErrorBeforeBoth() {
    assertThatThrownBy(() -> strict("{\"xyz\":1,\"span\":\"x\"}"))
        .hasMessage("json: unknown field \"xyz\"");
    assertThatThrownBy(() -> strict("{\"span\":\"x\",\"xyz\":1}"))
        .hasMessageStartingWith("json: cannot unmarshal string");
    assertThatThrownBy(() -> strict("{\"xyz\":1,\"mode\":\"x\"}"))
        .hasMessage("can not unmarshal \"\\\"x\\\"\"");
    assertThatThrownBy(() -> strict("{\"xyz\":1,\"mode\":\"x\",]"))
        .hasMessage(
            "invalid character ']' looking for beginning of object key string at offset 21");
    assertThatThrownBy(() -> strict("{\"xyz\":1} x")).hasMessage("json: unknown field \"xyz\"");
  }

  @Test
  void brokenUtf8AndLoneSurrogatesBecomeReplacementCharacters() {
    Probe probe =
        Probe.read(JsonReader.of("{\"name\":\"a\u00ff\u00c3b\\ud800c\"}".getBytes(ISO_8859_1)));
    assertThat(probe.name).isEqualTo("a\ufffd\ufffdb\ufffdc");
  }

  @Test
  void otherEncodingsAreNotGuessed() {
    for (byte[] bytes :
        List.of(
            "\ufeff{}".getBytes(UTF_8),
            "{}".getBytes(java.nio.charset.StandardCharsets.UTF_16),
            "{}".getBytes(java.nio.charset.StandardCharsets.UTF_16LE))) {
      assertThatThrownBy(() -> Probe.read(JsonReader.of(bytes)))
          .isInstanceOf(JsonException.class)
          .hasMessageStartingWith("invalid character");
    }
  }

  @Test
  void nestingIsBounded() {
    String deepest = "{\"a\":" + "[".repeat(63) + "]".repeat(63) + "}";
    assertThat(lenient(deepest).name).isEmpty();
    String deeper = "{\"a\":" + "[".repeat(64) + "]".repeat(64) + "}";
    assertThatThrownBy(() -> lenient(deeper))
        .hasMessage("invalid character '[' exceeded max depth");
    assertThatThrownBy(() -> strict("[".repeat(100_000)))
        .hasMessage("invalid character '[' exceeded max depth at offset 65");
  }

  @Test
  void numbersAndNamesAreBounded() {
    String digits = "9".repeat(JsonReader.MAX_NUMBER_LENGTH + 1);
    for (String json : List.of("{\"count\":" + digits + "}", "{\"a\":1." + digits + "}")) {
      assertThatThrownBy(() -> strict(json)).isInstanceOf(JsonException.class);
    }
    String name = "n".repeat(JsonReader.MAX_NAME_LENGTH * 2);
    assertThatThrownBy(() -> strict("{\"" + name + "\":1}")).isInstanceOf(JsonException.class);
  }

  @Test
  void longStringsAreTaken() {
    String text = "é".repeat(1_000_000);
    assertThat(lenient("{\"name\":\"" + text + "\"}").name).isEqualTo(text);
  }
}
