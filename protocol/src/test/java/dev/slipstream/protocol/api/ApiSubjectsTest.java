// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.protocol.api;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ApiSubjectsTest {
  private static final ApiSubjects API = ApiSubjects.DEFAULT;

  @Test
  void prefixesComeFromDomainsAndImports() {
    assertThat(API.info()).isEqualTo("$JS.API.INFO");
    assertThat(ApiSubjects.ofDomain("hub").streamInfo("S")).isEqualTo("$JS.hub.API.STREAM.INFO.S");
    assertThat(ApiSubjects.ofDomain("")).isSameAs(API);
    assertThat(ApiSubjects.of("my.js.").streamNames()).isEqualTo("my.js.STREAM.NAMES");
    assertThat(ApiSubjects.of("my.js").prefix()).isEqualTo("my.js");
    assertThat(ApiSubjects.of("$JS.API")).isSameAs(API);
    assertThat(ApiSubjects.of("")).isSameAs(API);
  }

  @Test
  void subjectsHoldTheNamesBehindTheirWords() {
    assertThat(API.info()).isEqualTo("$JS.API.INFO");
    assertThat(API.streamNames()).isEqualTo("$JS.API.STREAM.NAMES");
    assertThat(API.streamCreate("S")).isEqualTo("$JS.API.STREAM.CREATE.S");
    assertThat(API.msgGet("S")).isEqualTo("$JS.API.STREAM.MSG.GET.S");
    assertThat(API.consumerInfo("S", "C")).isEqualTo("$JS.API.CONSUMER.INFO.S.C");
    assertThat(API.msgNext("S", "C")).isEqualTo("$JS.API.CONSUMER.MSG.NEXT.S.C");
    assertThat(ApiSubjects.ofDomain("hub").streamInfo("S")).isEqualTo("$JS.hub.API.STREAM.INFO.S");
  }

  @Test
  void consumerCreateHasThreeForms() {
    assertThat(API.consumerCreate("S")).isEqualTo("$JS.API.CONSUMER.CREATE.S");
    assertThat(API.consumerCreate("S", "C")).isEqualTo("$JS.API.CONSUMER.CREATE.S.C");
    assertThat(API.consumerCreate("S", "C", "a.*.>"))
        .isEqualTo("$JS.API.CONSUMER.CREATE.S.C.a.*.>");
    assertThat(API.consumerCreate("S", "C", "")).isEqualTo(API.consumerCreate("S", "C"));
  }

  @Test
  void directGetTakesTheSubjectAsItIs() {
    assertThat(API.directGet("S")).isEqualTo("$JS.API.DIRECT.GET.S");
    assertThat(API.directGetLast("S", "a.b.c")).isEqualTo("$JS.API.DIRECT.GET.S.a.b.c");
  }
}
