// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.protocol.subject;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ImportMappingTest {

  @ParameterizedTest
  @CsvSource({
    "a.*, b.$1, a.x, b.x",
    "a.*.*, b.$2.c.$1, a.x.y, b.y.c.x",
    "a.*.*, b.{{wildcard(2)}}.{{ Wildcard ( 1 ) }}, a.x.y, b.y.x",
    "a.>, b.>, a.x.y, b.x.y",
    "a.*.>, >, a.x.y, ",
    "a.*.>, $1.b.>, a.x.y.z, x.b.y.z",
    "a.*.*.*, b.$2.$3.$1, a.x.y.z, b.y.z.x",
    "$JS.API.>, their.api.>, $JS.API.STREAM.NAMES, their.api.STREAM.NAMES",
    "a.*, $KV.$1, a.b, $KV.b",
  })
  void subjectsGoThereAndBack(
      String source, String destination, String subject, @Nullable String to)
      throws MappingException {
    if (to == null) {
      assertThatThrownBy(() -> ImportMapping.of(source, destination))
          .isInstanceOf(MappingException.class);
      return;
    }
    ImportMapping mapping = ImportMapping.of(source, destination);
    assertThat(mapping.map(subject)).isEqualTo(to);
    assertThat(mapping.reversed().map(to)).isEqualTo(subject);
    assertThat(mapping.map(source)).isEqualTo(ImportMapping.asFilter(destination));
    assertThat(mapping.reversed().map(mapping.map(source))).isEqualTo(source);
  }

  @Test
  void filtersAreMappedAsFarAsTheyGo() throws MappingException {
    ImportMapping mapping = ImportMapping.of("a.*.*", "b.$2.$1");
    assertThat(mapping.map("a.x.*")).isEqualTo("b.*.x");
    assertThat(ImportMapping.of("a.>", "b.c.>").reversed().map("b.c.*.d.>")).isEqualTo("a.*.d.>");
    assertThat(ImportMapping.of("a.*", "b.$1.$1").reversed().map("b.x.y")).isEqualTo("a.x");
  }

  @ParameterizedTest
  @CsvSource({
    "a.*, b.*, invalid subject",
    "a.>, b, invalid subject",
    "a.*, b.>, invalid subject",
    "a..*, b.$1, invalid subject",
    "a.*, b..$1, invalid subject",
    "a.*.*, b.$1, invalid mapping destination: not using all of the token wildcard(s) in b.$1",
    "a.*, b.$2, invalid mapping destination: wildcard index out of range in $2: [2]",
  })
  void whatCannotBeTurnedAroundIsRefused(String source, String destination, String message) {
    assertThatThrownBy(() -> ImportMapping.of(source, destination)).hasMessage(message);
  }

  @Test
  void functionsCannotBeTurnedAround() {
    assertThatThrownBy(() -> ImportMapping.of("a.*", "b.{{partition(3,1)}}"))
        .hasMessage(
            "invalid mapping destination: the only mapping function allowed for import transforms"
                + " is {{Wildcard()}} in {{partition(3,1)}}");
  }

  @ParameterizedTest
  @CsvSource({
    "a.b, a.b, a.b",
    "a.b, a.c, ",
    "a.*, *.b, a.b",
    "a.>, a.b.*, a.b.*",
    ">, a.b, a.b",
    "a.b, >, a.b",
    "*.b.>, a.*.c, a.b.c",
    "a.>, a, ",
    "a.*, a, ",
    ">, >, >",
    "*, >, *",
  })
  void intersectionIsWhatBothStandFor(String one, String other, @Nullable String common) {
    assertThat(ImportMapping.intersection(one, other)).isEqualTo(common);
    assertThat(ImportMapping.intersection(other, one)).isEqualTo(common);
  }

  @Test
  void filtersAndDestinationsAreWrittenDifferently() {
    assertThat(ImportMapping.asDestination("a.*.b.*.>")).isEqualTo("a.$1.b.$2.>");
    assertThat(ImportMapping.asFilter("a.$2.{{wildcard(1)}}.$KV.>")).isEqualTo("a.*.*.$KV.>");
  }
}
