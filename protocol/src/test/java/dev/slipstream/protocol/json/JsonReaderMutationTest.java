// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.protocol.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Damaged documents: the parser and the wording of its faults have to agree on each of them. */
class JsonReaderMutationTest {
  private static final List<String> SEEDS =
      List.of(
          "{\"name\":\"T\",\"subjects\":[\"a.>\",\"b\\u00e9\\n\"],\"max_age\":5000000000,"
              + "\"x\":-1.5e+10,\"sealed\":true,\"deny\":false,\"n\":null,\"e\":{},"
              + "\"p\":{\"tags\":[\"a\",[]]},\"esc\":\"\\\"\\\\\\/\\b\\ud83d\\ude00\"}",
          "[1,0,-0,0.5,10e5,\"é€😀\",[[]],{}]",
          " {\"a\" : 1 } ",
          "{\"a\":1}{\"b\":2}",
          "123",
          "true");
  private static final byte[] BYTES =
      "{}[]\",:\\ \t\n0123456789-+.eEtrufalsn'xbu/\u0000\u0001é€\ufeff".getBytes(UTF_8);

  @Test
  void damagedDocumentsOnlyEverRaiseJsonExceptions() {
    SplittableRandom random = new SplittableRandom(42);
    for (int i = 0; i < 50_000; i++) {
      byte[] bytes = mutated(random);
      for (boolean strict : new boolean[] {false, true}) {
        String fault = readingFault(bytes, strict);
        String inValue = syntaxError(bytes, strict, 1);
        String round = "round " + i + ", strict " + strict + ", " + new String(bytes, UTF_8);
        if (inValue != null || fault == null || !strict) {
          assertThat(fault).as(round).isEqualTo(inValue);
        } else {
          // Of what follows in a strict document only the beginning is read. Go takes a number that
          // touches the next value, which no document of this protocol has.
          assertThat(fault).as(round).isIn(allAfter(bytes));
        }
      }
    }
  }

  private static List<String> allAfter(byte[] bytes) {
    List<String> faults = new ArrayList<>(List.of("invalid document"));
    for (int values = 2; values < 10; values++) {
      String fault = syntaxError(bytes, true, values);
      if (fault != null) {
        faults.add(fault);
      }
    }
    return faults;
  }

  private static @Nullable String syntaxError(byte[] bytes, boolean strict, int values) {
    boolean blank = new String(bytes, UTF_8).chars().allMatch(c -> " \t\n\r".indexOf(c) >= 0);
    return blank
        ? null
        : JsonSyntax.error(bytes, 0, bytes.length, strict, values, JsonReader.MAX_DEPTH);
  }

  private static @Nullable String readingFault(byte[] bytes, boolean strict) {
    try {
      String raw = JsonReader.of(bytes).strict(strict).raw();
      walk(JsonReader.of(raw.getBytes(UTF_8)), raw);
      return null;
    } catch (JsonException fault) {
      return fault.text();
    }
  }

  private static void walk(JsonReader in, String raw) {
    List<String> parts = new ArrayList<>();
    if (raw.startsWith("{")) {
      in.object((name, value) -> parts.add(value.raw()));
    } else if (raw.startsWith("[")) {
      in.array(value -> parts.add(value.raw()));
    }
    for (String part : parts) {
      walk(JsonReader.of(part.getBytes(UTF_8)), part);
    }
  }

  private static byte[] mutated(SplittableRandom random) {
    byte[] bytes = SEEDS.get(random.nextInt(SEEDS.size())).getBytes(UTF_8);
    for (int k = random.nextInt(4); k > 0 && bytes.length > 0; k--) {
      int at = random.nextInt(bytes.length);
      byte other =
          random.nextInt(8) == 0 ? (byte) random.nextInt(256) : BYTES[random.nextInt(BYTES.length)];
      bytes =
          switch (random.nextInt(7)) {
            case 0, 1 -> spliced(bytes, at, at + 1);
            case 2, 3 -> spliced(bytes, at, at + 1, other);
            case 4, 5 -> spliced(bytes, at, at, other);
            default -> spliced(bytes, at, bytes.length);
          };
    }
    return bytes;
  }

  private static byte[] spliced(byte[] bytes, int from, int to, byte... middle) {
    byte[] out = new byte[bytes.length - (to - from) + middle.length];
    System.arraycopy(bytes, 0, out, 0, from);
    System.arraycopy(middle, 0, out, from, middle.length);
    System.arraycopy(bytes, to, out, from + middle.length, bytes.length - to);
    return out;
  }
}
