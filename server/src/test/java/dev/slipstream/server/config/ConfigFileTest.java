// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@NullUnmarked
class ConfigFileTest {

  private static String json(String text) {
    return json(text, Map.of());
  }

  private static String json(String text, Map<String, String> environment) {
    return ConfigDigest.json(ConfigFile.parse(text, "f", environment).root());
  }

  private static Arguments row(String text, String json) {
    return Arguments.of(text, json);
  }

  static Stream<Arguments> grammar() {
    return Stream.of(
        // separators and terminators
        row("a = 1", "{'a':1}"),
        row("a: 1", "{'a':1}"),
        row("a 1", "{'a':1}"),
        row("a\n\nb\n", "{'a':'b'}"),
        row("a: 10; b: 2, c: 3\n", "{'a':10,'b':2,'c':3}"),
        row("a: 1\r\nb: 2\r\n", "{'a':1,'b':2}"),
        row("a: http://x:1\n", "{'a':'http://x:1'}"),
        row("a = b=c\n", "{'a':'b=c'}"),
        row("", "{}"),
        row("\n # only a comment\n", "{}"),
        // the whole file in braces, and a brace too many at the end
        row("{a: 1}", "{'a':1}"),
        row("{ \"a\": 1, \"b\": [true, \"x\"] }", "{'a':1,'b':[true,'x']}"),
        row("{\n a: 1\n b: 2\n}\n", "{'a':1,'b':2}"),
        row("a: 1\n}\n", "{'a':1}"),
        row("a {b: 1}}", "{'a':{'b':1}}"),
        // comments
        row("a: 1 # c\n// d\nb: 2 // e\n", "{'a':1,'b':2}"),
        row("a: b#c\n", "{'a':'b#c'}"),
        row("a: [1, # one\n 2 // two\n]", "{'a':[1,2]}"),
        row("a {\n# c\nb: 1 # d\n// e\n}", "{'a':{'b':1}}"),
        // keys
        row("\"a b\": 1", "{'a b':1}"),
        row("'a b' 1", "{'a b':1}"),
        row("A: 1\na: 2", "{'A':1,'a':2}"),
        row("a: 1\na: 2", "{'a':2}"),
        row("a.b-c_d: 1", "{'a.b-c_d':1}"),
        // strings
        row("a: \"x\\x41\\xc3\\xa9\\t\\\"\\\\\"", "{'a':'xAé\\t\\\"\\\\'}"),
        row("a: 'x\\n \"y\"'", "{'a':'x\\\\n \\\"y\\\"'}"),
        row("a: \"x\ny\"", "{'a':'x\\ny'}"),
        row("a: x\\ty", "{'a':'x\\ty'}"),
        row("a: foo.*.>", "{'a':'foo.*.>'}"),
        row("a: /tmp/x", "{'a':'/tmp/x'}"),
        row("a: \"\"", "{'a':''}"),
        row("a (\n one\n two)\n)\nb: 1", "{'a':'\\n one\\n two)\\n','b':1}"),
        row("a (one\n)", "{'a':'one\\n'}"),
        // booleans
        row(
            "a: true, b: YES, c: On, d: false, e: no, f: OFF",
            "{'a':true,'b':true,'c':true,'d':false,'e':false,'f':false}"),
        row("a: \"true\"", "{'a':'true'}"),
        // numbers
        row("a: -1", "{'a':-1}"),
        row("a: 1k, b: 1kb, c: 1ki, d: 1KiB", "{'a':1000,'b':1024,'c':1024,'d':1024}"),
        row(
            "a: 2m, b: 2MB, c: 3g, d: 1GiB",
            "{'a':2000000,'b':2097152,'c':3000000000,'d':1073741824}"),
        row(
            "a: 1t, b: 1tb, c: 1p, d: 1e",
            "{'a':1000000000000,'b':1099511627776,"
                + "'c':1000000000000000,'d':1000000000000000000}"),
        row("a: 1.5, b: -0.25, c: 1.50", "{'a':1.5,'b':-0.25,'c':1.5}"),
        row(
            "a: 10s, b: 1h30m, c: 0K1abc, d: 1_000",
            "{'a':'10s','b':'1h30m','c':'0K1abc','d':'1_000'}"),
        row(
            "a: 127.0.0.1, b: 127.0.0.1:4222, c: 127.0.0.1:-1",
            "{'a':'127.0.0.1','b':'127.0.0.1:4222','c':'127.0.0.1:-1'}"),
        row("a: 2016-05-04T18:53:41Z", "{'a':'2016-05-04T18:53:41Z'}"),
        // arrays
        row("a: []", "{'a':[]}"),
        row("a: [1, 2 ]", "{'a':[1,2]}"),
        row("a: [1]", "{'a':[1]}"),
        row("a: [1k]", "{'a':[1000]}"),
        row("a [\n1\n2\n]", "{'a':[1,2]}"),
        row("a: [[1, 2], [x], {b: 1}, \"s\"]", "{'a':[[1,2],['x'],{'b':1},'s']}"),
        // maps
        row("a {}", "{'a':{}}"),
        row("a {b {c {d: 1}}}", "{'a':{'b':{'c':{'d':1}}}}"),
        row("a = {b: 1, c: 2; d: 3\n e: 4}", "{'a':{'b':1,'c':2,'d':3,'e':4}}"),
        row("a: {b:\n 1}", "{'a':{'b':1}}"),
        // variables and hashes
        row("X: 1\na: $X", "{'X':1,'a':1}"),
        row("X: {y: 1}\na {b: $X}", "{'X':{'y':1},'a':{'b':{'y':1}}}"),
        row("X: 1\na {X: 2, b: $X}\nc: $X", "{'X':1,'a':{'X':2,'b':2},'c':1}"),
        row(
            "a: $2a$11$UP3xizk94sWF9SHF/wkklOfBT9jphTGNrhZqz2OHoBdk9yO1kvErG",
            "{'a':'$2a$11$UP3xizk94sWF9SHF/wkklOfBT9jphTGNrhZqz2OHoBdk9yO1kvErG'}"),
        row("a: \"$X\"", "{'a':'$X'}"));
  }

  @ParameterizedTest
  @MethodSource("grammar")
  void textGivesTheseValues(String text, String json) {
    assertThat(json(text).replace("\\u003e", ">")).isEqualTo(json.replace('\'', '"'));
  }

  @ParameterizedTest
  @MethodSource("broken")
  void brokenTextIsRefusedWithItsPlace(String text, String message) {
    assertThatThrownBy(() -> json(text)).isInstanceOf(ConfigException.class).hasMessage(message);
  }

  static Stream<Arguments> broken() {
    return Stream.of(
        row("a", "f:1:0: config is invalid: key \"a\" has no value"),
        row("a = ", "f:1:4: Expected value for key \"a\" but found the end of the file"),
        row("a:\nb", "f:1:2: Expected value but found new line"),
        row("= 1", "f:1:0: Unexpected key separator '='"),
        row(
            "x: 1\na: 1 b: 2",
            "f:2:6: Expected a top-level value to end with a new line, comment or EOF,"
                + " but got 'b' instead."),
        row("a: [1,,2]", "f:1:6: Unexpected array value terminator ','."),
        row(
            "a: [1 2]",
            "f:1:6: Expected an array value terminator \",\" or an array terminator \"]\","
                + " but got '2' instead."),
        row(
            "\n\na: [",
            "f:3:5: Expected an array value terminator \",\" or an array terminator \"]\","
                + " but got the end of the file instead."),
        row("a {\n b: 1\n", "f:3:1: Unexpected EOF processing map."),
        row("a {\n b ]\n", "f:2:4: Expected value for key \"b\" but found ']'"),
        row("a {\n ]\n", "f:2:2: Unexpected array end ']' processing map."),
        row("a {\n b }\n", "f:2:4: Expected value for key \"b\" but found '}'"),
        row("{\n a: 1\n", "f:3:1: Unexpected EOF, a '}' is missing"),
        row("} a: 1", "f:1:0: Unexpected '}'"),
        row("a: \"x", "f:1:5: Unexpected EOF in a quoted string that began at line 1, column 0"),
        row("a: 'x", "f:1:5: Unexpected EOF in a quoted string that began at line 1, column 0"),
        row("a (\n x", "f:2:3: Unexpected EOF processing block that began at line 1, column 0"),
        row("a: it's", "f:1:5: Unexpected quote in an unquoted string, quote the whole value"),
        row(
            "a: \"\\q\"",
            "f:1:5: Invalid escape character 'q'. Only the following escape characters are"
                + " allowed: \\xXX, \\t, \\n, \\r, \\\", \\\\."),
        row("a: \"\\xZ1\"", "f:1:5: Expected two hexadecimal digits after '\\x'"),
        row("a: .5", "f:1:3: Floats must start with a digit"),
        row("a: -.5", "f:1:4: Floats must start with a digit, not '.'."),
        row("a: -x", "f:1:4: Expected a digit but got 'x'."),
        row(
            "a: 5.",
            "f:1:5: Floats must have a digit after the '.', but got the end of the file instead."),
        row("a: 1-2", "f:1:4: All ISO8601 dates must be in full Zulu form."),
        row(
            "a: 2016-13-04T18:53:41Z",
            "f:1:23: expected Zulu formatted DateTime, but got '2016-13-04T18:53:41Z'"),
        row("a: 99999999999999999999", "f:1:0: integer '99999999999999999999' is out of the range"),
        row("a: 9223372036854775807k", "f:1:0: integer '9223372036854775807k' is out of the range"),
        row("a: 1kbb", "f:1:7: unknown size suffix in '1kbb'"),
        row("\na: $X\nX: 1", "f:2:1: variable reference for 'X' can not be found"));
  }

  @Test
  void variableComesFromTheEnvironmentAndIsParsedAsAValue() {
    Map<String, String> environment =
        Map.of("N", "5k", "S", "some", "L", "[1, 2 ]", "E", "", "R", "$N", "C", "$C", "B", "[1");
    assertThat(json("a: $N, b: $S, c: $L, d: $E, e: $R", environment))
        .isEqualTo("{\"a\":5000,\"b\":\"some\",\"c\":[1,2],\"d\":\"\",\"e\":5000}");
    assertThatThrownBy(() -> json("a: $C", environment))
        .hasMessageContaining("variable reference cycle for 'C'");
    assertThatThrownBy(() -> json("a: $B", environment))
        .hasMessageContaining("variable reference for 'B' could not be parsed");
  }

  @Test
  void keyThatIsReferredToIsMarkedAsVariable() {
    ConfigValue.Block root = ConfigFile.parse("X: 1\nY: 2\na: $X", "f", Map.of()).root();
    assertThat(root.fields().get("X").usedAsVariable()).isTrue();
    assertThat(root.fields().get("Y").usedAsVariable()).isFalse();
  }

  @Test
  void referenceStandsWhereItsOwnKeyStands() {
    ConfigValue.Block root = ConfigFile.parse("X: 1\nb {\n  a: $X\n}", "f", Map.of()).root();
    ConfigValue.Block b = (ConfigValue.Block) root.get("b");
    assertThat(b.get("a").position()).hasToString("f:3:3");
  }

  @Test
  void includeMergesKeysAtAnyLevelAndKeepsTheirPlaces(@TempDir Path dir) throws IOException {
    Files.createDirectory(dir.resolve("sub"));
    Files.writeString(
        dir.resolve("main.conf"), "a: 1\ninclude sub/one.conf\nb { include 'sub/two.conf' }\n");
    Files.writeString(dir.resolve("sub/one.conf"), "c: 3\ninclude \"two.conf\"\n");
    Files.writeString(dir.resolve("sub/two.conf"), "\n d: 4\n");
    ConfigFile file = ConfigFile.load(dir.resolve("main.conf").toString());
    assertThat(ConfigDigest.json(file.root()))
        .isEqualTo("{\"a\":1,\"b\":{\"d\":4},\"c\":3,\"d\":4}");
    assertThat(file.root().fields().get("d").position())
        .hasToString(dir.resolve("sub/two.conf") + ":2:2");
  }

  @Test
  void fileThatIncludesItselfIsRefused(@TempDir Path dir) throws IOException {
    Files.writeString(dir.resolve("a.conf"), "include b.conf");
    Files.writeString(dir.resolve("b.conf"), "include ./a.conf");
    assertThatThrownBy(() -> ConfigFile.load(dir.resolve("a.conf").toString()))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("the file includes itself");
  }

  @Test
  void missingFilesAreNamed(@TempDir Path dir) throws IOException {
    assertThatThrownBy(() -> ConfigFile.load("no-such-file.conf"))
        .hasMessage("open no-such-file.conf: no such file or directory");
    Path main = dir.resolve("main.conf");
    Files.writeString(main, "\ninclude x.conf\n");
    assertThatThrownBy(() -> ConfigFile.load(main.toString()))
        .hasMessage(
            main
                + ":2:1: error parsing include file 'x.conf', open "
                + dir.resolve("x.conf")
                + ": no such file or directory");
    assertThatThrownBy(() -> ConfigFile.load(dir.toString()))
        .hasMessageContaining("is a directory");
  }

  @Test
  void bytesThatAreNotTextAreRefused(@TempDir Path dir) throws IOException {
    Path file = dir.resolve("a.conf");
    Files.write(file, new byte[] {'a', ':', ' ', (byte) 0xff, (byte) 0xfe});
    assertThatThrownBy(() -> ConfigFile.load(file.toString()))
        .hasMessage("open " + file + ": the file is not UTF-8 text");
  }

  @Test
  void nestingIsBounded() {
    String deep = "a " + "[".repeat(ConfigFile.MAX_DEPTH) + "]".repeat(ConfigFile.MAX_DEPTH);
    assertThat(json(deep)).startsWith("{\"a\":[[");
    String tooDeep = "a " + "[".repeat(100_000);
    assertThatThrownBy(() -> json(tooDeep)).hasMessageContaining("levels of nesting");
    String tooDeepMaps = "a {".repeat(100_000);
    assertThatThrownBy(() -> json(tooDeepMaps)).hasMessageContaining("levels of nesting");
  }

  @Test
  void sizeOfAllFilesTogetherIsBounded(@TempDir Path dir) throws IOException {
    Path large = dir.resolve("large.conf");
    Files.writeString(large, "#" + "x".repeat(ConfigFile.MAX_CHARS / 2));
    Path main = dir.resolve("main.conf");
    Files.writeString(main, "include large.conf\ninclude large.conf\n");
    assertThatThrownBy(() -> ConfigFile.load(main.toString()))
        .hasMessageContaining("a configuration has at most");
    Files.writeString(large, "#" + "x".repeat(ConfigFile.MAX_CHARS));
    assertThatThrownBy(() -> ConfigFile.load(large.toString()))
        .hasMessageContaining("a configuration file has at most");
  }

  @Test
  void chainOfIncludesIsBounded(@TempDir Path dir) throws IOException {
    for (int i = 0; i <= ConfigFile.MAX_INCLUDE_DEPTH; i++) {
      Files.writeString(dir.resolve(i + ".conf"), "include './" + (i + 1) + ".conf'\n");
    }
    assertThatThrownBy(() -> ConfigFile.load(dir.resolve("0.conf").toString()))
        .hasMessageContaining("nested includes");
  }

  @Test
  void digestDependsOnValuesOnly() {
    String one = ConfigFile.parse("b: 2 # x\na: 1k", "f", Map.of()).digest();
    String same = ConfigFile.parse("{\"a\": 1000, \"b\": 2}", "g", Map.of()).digest();
    String other = ConfigFile.parse("a: 1k, b: 3", "f", Map.of()).digest();
    assertThat(one).isEqualTo(same).isNotEqualTo(other).startsWith("sha256:").hasSize(71);
  }
}
