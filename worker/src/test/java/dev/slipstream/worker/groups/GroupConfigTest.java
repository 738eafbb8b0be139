// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.worker.groups;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipstream.protocol.json.JsonException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The format of configurations, and what is wrong with them. */
class GroupConfigTest {
  private static final ElasticGroupConfig RICH =
      ElasticGroupConfig.of(
              4, PartitioningFilter.of("foo.*", 1), PartitioningFilter.of("bar.<&>.>"))
          .maxBuffered(1000, 1_000_000)
          .members(List.of("ä", "b"));

  private static String text(byte[] json) {
    return new String(json, UTF_8);
  }

  @Test
  void configurationsAreWrittenAsGoWritesThem() {
    assertThat(text(GroupConfigJson.write(RICH)))
        .isEqualTo(
            "{\"max_members\":4,\"partitioning_filters\":["
                + "{\"filter\":\"foo.*\",\"partitioning_wildcards\":[1]},"
                + "{\"filter\":\"bar.\\u003c\\u0026\\u003e.\\u003e\",\"partitioning_wildcards\":null}],"
                + "\"max_buffered_msg\":1000,\"max_buffered_bytes\":1000000,"
                + "\"members\":[\"ä\",\"b\"]}");
    assertThat(text(GroupConfigJson.write(ElasticGroupConfig.of(1))))
        .isEqualTo("{\"max_members\":1,\"partitioning_filters\":null}");
    assertThat(text(GroupConfigJson.write(StaticGroupConfig.balanced(2, "a").filters("x.>"))))
        .isEqualTo("{\"max_members\":2,\"filters\":[\"x.\\u003e\"],\"members\":[\"a\"]}");
    assertThat(
            text(GroupConfigJson.write(StaticGroupConfig.mapped(2, MemberMapping.of("a", 1, 0)))))
        .isEqualTo(
            "{\"max_members\":2,\"member_mappings\":[{\"member\":\"a\",\"partitions\":[1,0]}]}");
  }

  @Test
  void whatIsWrittenIsReadAgain() {
    assertThat(GroupConfigJson.readElastic(GroupConfigJson.write(RICH))).isEqualTo(RICH);
    StaticGroupConfig mapped =
        StaticGroupConfig.mapped(3, MemberMapping.of("a", 1, 0), MemberMapping.of("b", 2));
    assertThat(GroupConfigJson.readStatic(GroupConfigJson.write(mapped))).isEqualTo(mapped);
  }

  @Test
  void unknownFieldsAndNullsArePassedOver() {
    String json =
        "{\"new\":[{}],\"Max_Members\":2,\"filters\":null,\"members\":[\"a\"],"
            + "\"member_mappings\":[]}";
    assertThat(GroupConfigJson.readStatic(json.getBytes(UTF_8)))
        .isEqualTo(StaticGroupConfig.balanced(2, "a"));
  }

  @Test
  void otherMembersLeaveTheRestOfTheDocumentAsItIs() {
    byte[] before =
        ("{\"max_members\":2,\"partitioning_filters\":[],\"new\":{\"a\": 1},"
                + "\"max_buffered_msg\":7,\"members\":[\"a\"]}")
            .getBytes(UTF_8);
    ElasticGroupConfig config = GroupConfigJson.readElastic(before);
    assertThat(text(GroupConfigJson.withMembers(before, config.members(List.of("b", "a")))))
        .isEqualTo(
            "{\"max_members\":2,\"partitioning_filters\":[],\"max_buffered_msg\":7,"
                + "\"members\":[\"b\",\"a\"],\"new\":{\"a\": 1}}");
    assertThat(text(GroupConfigJson.withMembers(before, config.members(List.of()))))
        .isEqualTo(
            "{\"max_members\":2,\"partitioning_filters\":[],\"max_buffered_msg\":7,"
                + "\"new\":{\"a\": 1}}");
  }

  @Test
  void whatIsNoConfigurationIsNotRead() {
    for (String json : List.of("", "[", "{\"max_members\":\"2\"}", "{\"members\":\"a\"}")) {
      assertThatThrownBy(() -> GroupConfigJson.readStatic(json.getBytes(UTF_8)))
          .as(json)
          .isInstanceOf(JsonException.class);
    }
  }

  @Test
  void everyWrongFieldIsNamed() {
    ElasticGroupConfig wrong =
        new ElasticGroupConfig(
            0,
            List.of(
                PartitioningFilter.of(""),
                PartitioningFilter.of("a.*", 2, 1, 1),
                PartitioningFilter.of("a b.>")),
            -1,
            -1,
            List.of("a.b"),
            List.of(MemberMapping.of("m", 0)));
    assertThatThrownBy(() -> GroupCheck.check(wrong))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll(
            "max_members: 0 is not 1 to",
            "partitioning_filters[0].filter: '' has no *",
            "partitioning_filters[1].partitioning_wildcards: there is no * number 2",
            "partitioning_filters[1].partitioning_wildcards: 1 is there twice",
            "partitioning_filters[2].filter: not a subject: 'a b.>'",
            "members, member_mappings: a group has one of them",
            "member: 'a.b' is not",
            "max_buffered_msg: negative",
            "max_buffered_bytes: negative");
  }

  @Test
  void everyWrongMappingIsNamed() {
    StaticGroupConfig wrong =
        StaticGroupConfig.mapped(
                2, MemberMapping.of("a", 0, 0), MemberMapping.of("a", 2), MemberMapping.of("b"))
            .filters("x..y");
    assertThatThrownBy(() -> GroupCheck.check(wrong))
        .hasMessageContainingAll(
            "member_mappings: 3 members for 2 partitions",
            "member_mappings[0].partitions: 0 is taken twice",
            "member_mappings[1].member: 'a' is there twice",
            "member_mappings[1].partitions: 2 is not 0 to 1",
            "member_mappings: nobody has the partitions [1]",
            "filters[0]: not a subject: 'x..y'");
  }

  @Test
  void whatThePublicClientTakesIsNoFault() {
    assertThat(GroupCheck.faults(StaticGroupConfig.balanced(2, "", "a.b", "c", "c", "d")))
        .isEmpty();
    assertThat(GroupCheck.faults(StaticGroupConfig.balanced(2))).isEmpty();
    assertThat(
            GroupCheck.faults(
                StaticGroupConfig.mapped(2, MemberMapping.of("a", 0, 1), MemberMapping.of("b"))))
        .isEmpty();
    assertThat(GroupCheck.faults(ElasticGroupConfig.of(2, PartitioningFilter.of("a.>")))).isEmpty();
  }

  @Test
  void aFaultyGroupOfManyPartitionsHasAShortMessage() {
    List<String> faults =
        GroupCheck.faults(StaticGroupConfig.mapped(65_536, MemberMapping.of("a", 0)));
    assertThat(faults).singleElement().asString().hasSizeLessThan(200);
  }
}
