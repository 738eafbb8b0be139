// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.protocol.subject;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SubjectMappingTest {

  private static String map(String source, String destination, String subject)
      throws MappingException {
    return SubjectMapping.of(source, destination).map(subject, new SplittableRandom(1));
  }

  @ParameterizedTest
  @CsvSource(
      delimiterString = " | ",
      value = {
        "a.*.c | x.$1 | a.b.c | x.b",
        "a.*.* | {{wildcard(2)}}.{{wildcard(1)}} | a.1.2 | 2.1",
        "a.*.* | {{ Wildcard ( 2 ) }}.x | a.1.2 | 2.x",
        "a.> | b.> | a.1.2 | b.1.2",
        "a.*.> | b.$1.> | a.1.2.3 | b.1.2.3",
        "> | p.> | a.b | p.a.b",
        "> | > | a.b | a.b",
        "a | b | a | b",
        "a.* | a.$x.$1 | a.1 | a.$x.1",
        "* | {{splitFromLeft(1,3)}} | 12345 | 123.45",
        "* | {{splitFromRight(1,3)}} | 12345 | 12.345",
        "* | {{splitFromLeft(1,9)}} | 12345 | 12345",
        "* | {{SliceFromLeft(1,2)}} | 12345 | 12.34.5",
        "* | {{sliceFromRight(1,2)}} | 12345 | 1.23.45",
        "* | {{sliceFromLeft(1,5)}} | 12345 | 12345",
        "* | {{left(1,2)}} | 12345 | 12",
        "* | {{right(1,2)}} | 12345 | 45",
        "* | {{right(1,9)}} | 12345 | 12345",
        "* | x.{{split(1,-)}} | -ab-cd--ef- | x.ab.cd.ef",
      })
  void mapsByPlacesOfWildcards(String source, String destination, String subject, String expected)
      throws MappingException {
    assertThat(map(source, destination, subject)).isEqualTo(expected);
  }

  @Test
  void partitionsAreThoseOfEveryOtherImplementation() throws MappingException {
    int[] ofThree = {0, 2, 1, 2, 1, 0};
    for (int i = 0; i < ofThree.length; i++) {
      assertThat(map("*", "{{partition(3,1)}}", "customerid" + (i + 1)))
          .isEqualTo(Integer.toString(ofThree[i]));
    }
    assertThat(map("foo.*.*", "{{partition(10,1,2)}}", "foo.1.a")).isEqualTo("1");
    assertThat(map("foo.*.*", "{{partition(10,1,2)}}", "foo.1.b")).isEqualTo("0");
    assertThat(map("foo.*.*", "{{partition(10,1,2)}}", "foo.2.b")).isEqualTo("9");
    assertThat(map("*", "{{partition(0,1)}}", "foo")).isEqualTo("0");
    assertThat(map(">", "{{partition(7)}}.>", "a.b"))
        .isEqualTo(SubjectMapping.partition("a.b", 7) + ".a.b");
  }

  @Test
  void randomPartitionsAreInRange() throws MappingException {
    SubjectMapping mapping = SubjectMapping.of("*", "{{random(3)}}");
    for (int i = 0; i < 100; i++) {
      assertThat(mapping.map("x", new SplittableRandom(i))).isIn("0", "1", "2");
    }
  }

  @Test
  void subjectsThatDoNotMatchAreLeftAlone() throws MappingException {
    assertThat(map("a.*", "b.$1", "a.b.c")).isNull();
  }

  @ParameterizedTest
  @CsvSource(
      delimiterString = " | ",
      value = {
        "a.* | b.* | invalid subject",
        "a.> | b.$1 | invalid subject",
        "a..b | b | invalid subject",
        "a.* | {{wildcard(2)}} | invalid mapping destination: wildcard index out of range in {{wildcard(2)}}: [2]",
        "a | {{wildcard(1)}} | invalid mapping destination: wildcard index out of range in {{wildcard(1)}}",
        "a.* | {{wildcard()}} | invalid mapping destination: not enough arguments passed to the function in {{wildcard()}}",
        "a.* | {{wildcard(1,2)}} | invalid mapping destination: too many arguments passed to the function in {{wildcard(1,2)}}",
        "a.* | {{wildcard(x)}} | invalid mapping destination: function argument is invalid or in the wrong format in {{wildcard(x)}}",
        "a.* | {{split(1)}} | invalid mapping destination: not enough arguments passed to the function in {{split(1)}}",
        "a.* | {{left(1,x)}} | invalid mapping destination: function argument is invalid or in the wrong format in {{left(1,x)}}",
        "a.* | {{none(1)}} | invalid mapping destination: unknown function in {{none(1)}}",
        "a.* | b..c | invalid mapping destination: invalid transform",
        "a.> | b.>.c | invalid mapping destination: invalid transform in c",
        "a.* | b c | invalid mapping destination: invalid transform",
      })
  void whatIsNoMappingIsRefusedInTheWordsOfThePublicServer(
      String source, String destination, String message) {
    assertThatThrownBy(() -> SubjectMapping.validate(source, destination))
        .isInstanceOf(MappingException.class)
        .hasMessage(message);
  }
}
