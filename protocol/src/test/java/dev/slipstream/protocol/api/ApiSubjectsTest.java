// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.protocol.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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
  void everySubjectThatIsBuiltIsParsed() {
    for (ApiSubjects api : List.of(API, ApiSubjects.ofDomain("hub"), ApiSubjects.of("x"))) {
      for (ApiEndpoint endpoint : ApiEndpoint.values()) {
        ApiCall expected =
            switch (endpoint.form()) {
              case PLAIN -> new ApiCall(endpoint, "", "", "");
              case STREAM -> new ApiCall(endpoint, "S", "", "");
              case CONSUMER -> new ApiCall(endpoint, "S", "C", "");
              case STREAM_AND_REST -> new ApiCall(endpoint, "S", "", "");
            };
        String subject =
            switch (endpoint.form()) {
              case PLAIN -> api.subject(endpoint);
              case STREAM, STREAM_AND_REST -> api.subject(endpoint, "S");
              case CONSUMER -> api.subject(endpoint, "S", "C");
            };
        assertThat(api.parse(subject)).as(subject).isEqualTo(expected);
      }
    }
  }

  @Test
  void consumerCreateHasThreeForms() {
    assertThat(API.parse(API.consumerCreate("S")))
        .isEqualTo(new ApiCall(ApiEndpoint.CONSUMER_CREATE, "S", "", ""));
    assertThat(API.parse(API.consumerCreate("S", "C")))
        .isEqualTo(new ApiCall(ApiEndpoint.CONSUMER_CREATE, "S", "C", ""));
    assertThat(API.parse(API.consumerCreate("S", "C", "a.*.>")))
        .isEqualTo(new ApiCall(ApiEndpoint.CONSUMER_CREATE, "S", "C", "a.*.>"));
    assertThat(API.consumerCreate("S", "C", "")).isEqualTo(API.consumerCreate("S", "C"));
  }

  @Test
  void directGetTakesTheRestAsOneSubject() {
    assertThat(API.parse(API.directGetLast("S", "a.b.c")))
        .isEqualTo(new ApiCall(ApiEndpoint.DIRECT_GET, "S", "", "a.b.c"));
    assertThat(API.parse(API.directGet("S")))
        .isEqualTo(new ApiCall(ApiEndpoint.DIRECT_GET, "S", "", ""));
  }

  @Test
  void wordsOfAnEndpointMayBeNames() {
    assertThat(API.parse("$JS.API.STREAM.INFO.CREATE"))
        .isEqualTo(new ApiCall(ApiEndpoint.STREAM_INFO, "CREATE", "", ""));
    assertThat(API.parse("$JS.API.CONSUMER.CREATE.CREATE.INFO"))
        .isEqualTo(new ApiCall(ApiEndpoint.CONSUMER_CREATE, "CREATE", "INFO", ""));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "$JS.API",
        "$JS.API.",
        "$JS.API.FOO",
        "$JS.API.INFO.x",
        "$JS.API.INFO.",
        "$JS.API.STREAM",
        "$JS.API.STREAM.INFO",
        "$JS.API.STREAM.INFO.",
        "$JS.API.STREAM.INFO.S.x",
        "$JS.API.STREAM.MSG.GET",
        "$JS.API.STREAM.NAMES.x",
        "$JS.API.CONSUMER.CREATE",
        "$JS.API.CONSUMER.CREATE.S.",
        "$JS.API.CONSUMER.CREATE.S.C.",
        "$JS.API.CONSUMER.INFO.S",
        "$JS.API.CONSUMER.INFO.S.C.x",
        "$JS.API.CONSUMER.MSG.NEXT.S",
        "$JS.API.CONSUMER.DURABLE.CREATE.S",
        "$JS.API.DIRECT.GET",
        "$JS.API.DIRECT.GET.S.",
        "$JS.hub.API.INFO",
      })
  void subjectsOfAnotherFormAreNotParsed(String subject) {
    assertThat(API.parse(subject)).isNull();
  }

  @Test
  void patternsCoverTheirSubjects() {
    assertThat(API.pattern(ApiEndpoint.INFO)).isEqualTo("$JS.API.INFO");
    assertThat(API.pattern(ApiEndpoint.STREAM_CREATE)).isEqualTo("$JS.API.STREAM.CREATE.*");
    assertThat(API.pattern(ApiEndpoint.CONSUMER_INFO)).isEqualTo("$JS.API.CONSUMER.INFO.*.*");
    assertThat(API.pattern(ApiEndpoint.DIRECT_GET)).isEqualTo("$JS.API.DIRECT.GET.>");
  }

  @Test
  void answersAreNamedAfterTheEndpoint() {
    assertThat(ApiEndpoint.STREAM_PEER_REMOVE.responseType())
        .isEqualTo("io.nats.jetstream.api.v1.stream_remove_peer_response");
    assertThat(ApiEndpoint.CONSUMER_MSG_NEXT.responseType()).isEmpty();
  }
}
