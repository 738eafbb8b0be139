// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.cli;

import static dev.slipstream.cli.GoFlags.Kind.BOOL;
import static dev.slipstream.cli.GoFlags.Kind.INT;
import static dev.slipstream.cli.GoFlags.Kind.STRING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GoFlagsTest {

  private static GoFlags parse(String... args) throws GoFlags.BadFlag {
    GoFlags flags =
        new GoFlags()
            .define(BOOL, "js", "jetstream")
            .define(BOOL, "D")
            .define(INT, "p", "port")
            .define(STRING, "sd", "store_dir");
    flags.parse(List.of(args));
    return flags;
  }

  @ParameterizedTest
  @CsvSource({
    "-p 17, 17",
    "--p 17, 17",
    "-p=17, 17",
    "--port=17, 17",
    "-p -1, -1",
    "--port=-1, -1",
    "-p 0x11, 17",
    "-p 1 -port 2, 2",
    "-D -p 5, 5",
    "-p 5 word -p 6, 5",
    "-p 5 -- -p 6, 5"
  })
  void numberIsTakenInAllForms(String line, long value) throws Exception {
    assertThat(parse(line.split(" ")).number("port")).isEqualTo(value);
  }

  @Test
  void booleanTakesAValueOnlyAfterEquals() throws Exception {
    assertThat(parse("-js").isTrue("jetstream")).isTrue();
    assertThat(parse("-jetstream=false").isTrue("jetstream")).isFalse();
    assertThat(parse("-js=0").isSet("jetstream")).isTrue();
    assertThat(parse("-js=T").isTrue("jetstream")).isTrue();
    GoFlags flags = parse("-js", "false");
    assertThat(flags.isTrue("jetstream")).isTrue();
    assertThat(flags.rest()).containsExactly("false");
    assertThat(parse().isSet("jetstream")).isFalse();
  }

  @Test
  void stringMayBeEmptyOrLookLikeAFlag() throws Exception {
    assertThat(parse("-sd", "").text("store_dir")).isEmpty();
    assertThat(parse("-sd=").text("store_dir")).isEmpty();
    assertThat(parse("-sd", "-D").text("store_dir")).isEqualTo("-D");
    assertThat(parse("--store_dir=a=b").text("store_dir")).isEqualTo("a=b");
  }

  @Test
  void parsingEndsAtTheFirstWord() throws Exception {
    assertThat(parse("-D", "x", "-js").rest()).containsExactly("x", "-js");
    assertThat(parse("-D", "--", "-js").rest()).containsExactly("-js");
    assertThat(parse("-").rest()).containsExactly("-");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "-zz|flag provided but not defined: -zz",
        "--zz=1|flag provided but not defined: -zz",
        "-p|flag needs an argument: -p",
        "-p abc|invalid value \"abc\" for flag -p: parse error",
        "-p 99999999999999999999|invalid value \"99999999999999999999\" for flag -p: value out of range",
        "-js=maybe|invalid boolean value \"maybe\" for -js: parse error",
        "---p|bad flag syntax: ---p",
        "-=x|bad flag syntax: -=x"
      })
  void mistakeIsNamedInGoWords(String line, String message) {
    assertThatThrownBy(() -> parse(line.split(" "))).hasMessage(message);
  }
}
