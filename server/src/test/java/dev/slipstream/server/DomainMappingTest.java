// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipstream.protocol.subject.Subject;
import dev.slipstream.server.config.MappingConfig;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class DomainMappingTest {
  private final DomainMapping mapping = new DomainMapping("HUB");

  private @Nullable String mapped(String subject) {
    byte[] line = Subject.bytes("PUB " + subject + " 0");
    byte[] mapped = mapping.map(line, 4, line.length - 2);
    return mapped == null ? null : new String(mapped, StandardCharsets.UTF_8);
  }

  @Test
  void callsGoToTheApi() {
    assertThat(mapped("$JS.HUB.API.INFO")).isEqualTo("$JS.API.INFO");
    for (String call :
        new String[] {
          "STREAM.NAMES",
          "CONSUMER.CREATE.S.C.a.b",
          "DIRECT.GET.S",
          "META.LEADER.STEPDOWN",
          "SERVER.REMOVE",
          "ACCOUNT.PURGE.A"
        }) {
      assertThat(mapped("$JS.HUB.API." + call)).isEqualTo("$JS.API." + call);
    }
  }

  @Test
  void bucketsAreReachedUnderTheirOwnSubjects() {
    assertThat(mapped("$JS.HUB.API.$KV.B.key.part")).isEqualTo("$KV.B.key.part");
    assertThat(mapped("$JS.HUB.API.$OBJ.B")).isEqualTo("$OBJ.B");
  }

  @Test
  void everythingElseStaysWhereItIs() {
    for (String subject :
        new String[] {
          "$JS.API.INFO",
          "$JS.OTHER.API.INFO",
          "$JS.HUB.API",
          "$JS.HUB.API.",
          "$JS.HUB.API.INFO.x",
          "$JS.HUB.API.STREAM",
          "$JS.HUB.API.STREAM.",
          "$JS.HUB.API.$KV",
          "$JS.HUB.API.$O.B.C.x",
          "$JS.HUB.API.FOO.x",
          "a"
        }) {
      assertThat(mapped(subject)).as(subject).isNull();
    }
  }

  @Test
  void mappingOfTheFileGoesFirstAndIsTheOnlyOne() {
    List<MappingConfig> file =
        List.of(
            whole("a", "$JS.HUB.API.INFO"), whole("$JS.HUB.API.STREAM.NAMES", "elsewhere.names"));
    SubjectMappings mappings = Objects.requireNonNull(SubjectMappings.of(file, mapping));
    assertThat(mapped(mappings, "a")).isEqualTo("$JS.HUB.API.INFO");
    assertThat(mapped(mappings, "$JS.HUB.API.STREAM.NAMES")).isEqualTo("elsewhere.names");
    assertThat(mapped(mappings, "$JS.HUB.API.INFO")).isEqualTo("$JS.API.INFO");
    byte[] unmapped = Subject.bytes("b");
    assertThat(mappings.map(unmapped, 0, 1, new SplittableRandom(1))).isSameAs(unmapped);
    assertThat(SubjectMappings.of(List.of(), null)).isNull();
  }

  private static MappingConfig whole(String source, String destination) {
    return new MappingConfig(
        source, List.of(new MappingConfig.Destination(destination, MappingConfig.WHOLE)), false);
  }

  private static String mapped(SubjectMappings mappings, String subject) {
    byte[] bytes = Subject.bytes(subject);
    byte[] mapped = mappings.map(bytes, 0, bytes.length, new SplittableRandom(1));
    return new String(Objects.requireNonNull(mapped), StandardCharsets.UTF_8);
  }
}
