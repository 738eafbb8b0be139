// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.worker.groups;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who has which partition, and which partition a subject is in, without a server. */
class PartitionsTest {

  /** {@code partitions.txt} is what {@code foreign groups vectors} printed. */
  @Test
  void everybodyGetsWhatThePublicClientGivesThem() throws IOException {
    List<String> computed = new ArrayList<>();
    List<String> vectors = vectors();
    for (String line : vectors) {
      String[] columns = line.split("\\|", -1);
      ElasticGroupConfig config =
          ElasticGroupConfig.of(
                  Integer.parseInt(columns[1]),
                  list(columns[3]).map(PartitioningFilter::of).toArray(PartitioningFilter[]::new))
              .members(list(columns[0]).toList());
      if (!columns[2].isEmpty()) {
        config = config.mappings(Stream.of(columns[2].split(";")).map(this::mapping).toList());
      }
      String filters = String.join(",", Partitions.filters(config, columns[4]));
      computed.add(line.substring(0, line.lastIndexOf('|') + 1) + filters);
    }
    assertThat(computed).isEqualTo(vectors).hasSizeGreaterThan(200);
  }

  private static List<String> vectors() throws IOException {
    try (InputStream in =
        Objects.requireNonNull(PartitionsTest.class.getResourceAsStream("partitions.txt"))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    }
  }

  private static Stream<String> list(String text) {
    return text.isEmpty() ? Stream.of() : Stream.of(text.split(","));
  }

  private MemberMapping mapping(String text) {
    String[] parts = text.split(":", -1);
    return new MemberMapping(parts[0], list(parts[1]).map(Integer::valueOf).toList());
  }

  @Test
  void eachPartitionHasOneOwnerHoweverManyMembersThereAre() {
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < 200; i++) {
      int partitions = 1 + random.nextInt(40);
      List<String> members =
          random.ints(1 + random.nextInt(60), 0, 50).mapToObj(each -> "m" + each).toList();
      StaticGroupConfig config = new StaticGroupConfig(partitions, List.of(), members, List.of());
      assertThat(config.memberNames().stream().flatMap(each -> config.partitions(each).stream()))
          .as("%s", config)
          .containsExactlyInAnyOrderElementsOf(IntStream.range(0, partitions).boxed().toList());
    }
  }

  @Test
  void filtersThatMappingsWouldRepeatStandOnce() {
    ElasticGroupConfig config =
        ElasticGroupConfig.of(2, PartitioningFilter.of("a.*", 1), PartitioningFilter.of("b.*", 1))
            .mappings(List.of(MemberMapping.of("m", 1, 0)));
    assertThat(Partitions.filters(config, "m")).containsExactly("1.>", "0.>");
  }

  @ParameterizedTest
  @CsvSource({
    "neworders.customerid1, 0",
    "neworders.customerid2, 2",
    "neworders.customerid3, 1",
    "neworders.customerid4, 2",
    "neworders.customerid5, 1",
    "neworders.customerid6, 0"
  })
  void aSubjectIsInThePartitionThatTheDocumentationNames(String subject, int partition) {
    assertThat(PartitioningFilter.of("neworders.*", 1).partition(subject, 3)).hasValue(partition);
  }

  @ParameterizedTest
  @CsvSource({"foo.1.a, 1", "foo.1.b, 0", "foo.2.b, 9"})
  void severalTokensAreOneKey(String subject, int partition) {
    ElasticGroupConfig config =
        ElasticGroupConfig.of(
            10, PartitioningFilter.of("bar.>"), PartitioningFilter.of("foo.*.*", 1, 2));
    assertThat(config.partition(subject)).hasValue(partition);
  }

  @Test
  void whatNoFilterTakesHasNoPartition() {
    ElasticGroupConfig config = ElasticGroupConfig.of(4, PartitioningFilter.of("foo.*", 1));
    assertThat(config.partition("bar.a")).isEqualTo(OptionalInt.empty());
    assertThat(ElasticGroupConfig.of(1).partition("bar.a")).hasValue(0);
  }

  @Test
  void theDestinationIsWrittenAsThePublicClientWritesIt() {
    assertThat(PartitioningFilter.of("foo.*.*.>", 1, 2).destination(4))
        .isEqualTo("{{Partition(4,1,2)}}.foo.{{Wildcard(1)}}.{{Wildcard(2)}}.>");
    assertThat(PartitioningFilter.ALL.destination(7)).isEqualTo("{{Partition(7)}}.>");
  }
}
