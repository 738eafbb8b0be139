// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.protocol.api;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.slipstream.protocol.json.JsonReader;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ConfigTest {

  private static JsonReader in(String json) {
    return JsonReader.of(json.getBytes(UTF_8)).strict(true);
  }

  @Test
  void streamConfigWithoutAnythingShowsTheFieldsThatAreAlwaysThere() {
    assertThat(Golden.written(StreamConfig.builder("S").build()::write))
        .isEqualTo(
            "{\"name\":\"S\",\"retention\":\"limits\",\"max_consumers\":0,\"max_msgs\":0,"
                + "\"max_bytes\":0,\"max_age\":0,\"max_msgs_per_subject\":0,\"discard\":\"old\","
                + "\"storage\":\"file\",\"num_replicas\":0,\"compression\":\"none\","
                + "\"allow_direct\":false,\"mirror_direct\":false,\"sealed\":false,"
                + "\"deny_delete\":false,\"deny_purge\":false,\"allow_rollup_hdrs\":false,"
                + "\"consumer_limits\":{},\"allow_msg_ttl\":false}");
  }

  @Test
  void consumerConfigWithoutAnythingShowsTheFieldsThatAreAlwaysThere() {
    assertThat(Golden.written(ConsumerConfig.builder().build()::write))
        .isEqualTo(
            "{\"deliver_policy\":\"all\",\"ack_policy\":\"none\",\"replay_policy\":\"instant\","
                + "\"num_replicas\":0}");
  }

  @Test
  void emptyStreamConfigIsDistinguishedFromAFilledOne() {
    StreamConfig empty = StreamConfig.read(in("{}"));
    assertThat(empty).isEqualTo(StreamConfig.builder("").build());
    assertThat(empty.maxMsgs()).isZero();
    assertThat(empty.placement()).isNull();
    assertThat(StreamConfig.read(in("{\"placement\":{}}")).placement()).isNotNull();
    assertThat(StreamConfig.read(in("{\"mirror\":null,\"sources\":null}")).sources()).isEmpty();
  }

  @Test
  void everyFieldOfAStreamConfigSurvives() {
    StreamConfig config =
        StreamConfig.builder("S")
            .description("d")
            .subjects("a", "b.>")
            .retention(RetentionPolicy.WORKQUEUE)
            .maxConsumers(1)
            .maxMsgs(2)
            .maxBytes(3)
            .maxAgeNanos(4)
            .maxMsgsPerSubject(5)
            .maxMsgSize(6)
            .discard(DiscardPolicy.NEW)
            .storage(StorageType.MEMORY)
            .numReplicas(3)
            .noAck(true)
            .duplicateWindowNanos(7)
            .placement(new Placement("c", List.of("t"), ""))
            .mirror(StreamSource.of("M"))
            .sources(
                List.of(
                    new StreamSource(
                        "O",
                        8,
                        Instant.EPOCH,
                        "f",
                        List.of(new SubjectTransform("x", "y")),
                        new ExternalStream("api", "del"),
                        new SourceConsumer("n", "ds"))))
            .compression(Compression.S2)
            .firstSeq(-9)
            .subjectTransform(new SubjectTransform("p", "q"))
            .republish(new Republish("r", "s", true))
            .allowDirect(true)
            .mirrorDirect(true)
            .discardNewPerSubject(true)
            .sealed(true)
            .denyDelete(true)
            .denyPurge(true)
            .allowRollupHdrs(true)
            .consumerLimits(new ConsumerLimits(10, 11))
            .allowMsgTtl(true)
            .subjectDeleteMarkerTtlNanos(12)
            .allowMsgCounter(true)
            .allowAtomic(true)
            .allowMsgSchedules(true)
            .persistMode(PersistMode.ASYNC)
            .allowBatched(true)
            .metadata(Map.of("k", "v", "a", ""))
            .build();
    String json = Golden.written(config::write);
    assertThat(StreamConfig.read(in(json))).isEqualTo(config);
    assertThat(config.toBuilder().build()).isEqualTo(config);
    assertThat(StreamConfigRequest.read(in(json)).config()).isEqualTo(config);
    StreamConfigRequest pedantic = new StreamConfigRequest(config, true);
    assertThat(StreamConfigRequest.read(in(Golden.written(pedantic::write)))).isEqualTo(pedantic);
  }

  @Test
  void everyFieldOfAConsumerConfigSurvives() {
    ConsumerConfig config =
        ConsumerConfig.builder()
            .durableName("D")
            .name("D")
            .description("d")
            .deliverPolicy(DeliverPolicy.BY_START_TIME)
            .optStartSeq(-1)
            .optStartTime(Instant.parse("2024-01-02T03:04:05.000000006Z"))
            .ackPolicy(AckPolicy.FLOW_CONTROL)
            .ackWaitNanos(1)
            .maxDeliver(-1)
            .backoffNanos(List.of(2L, 3L))
            .filterSubject("f")
            .filterSubjects("g", "h")
            .replayPolicy(ReplayPolicy.ORIGINAL)
            .rateLimitBps(-4)
            .sampleFreq("30%")
            .maxWaiting(5)
            .maxAckPending(6)
            .flowControl(true)
            .headersOnly(true)
            .maxBatch(7)
            .maxExpiresNanos(8)
            .maxBytes(9)
            .deliverSubject("ds")
            .deliverGroup("dg")
            .idleHeartbeatNanos(10)
            .inactiveThresholdNanos(11)
            .numReplicas(3)
            .memStorage(true)
            .direct(true)
            .sourcing(true)
            .metadata(Map.of("k", "v"))
            .pauseUntil(Instant.EPOCH)
            .priorityGroups("g")
            .priorityPolicy(PriorityPolicy.PRIORITIZED)
            .priorityTimeoutNanos(12)
            .build();
    assertThat(ConsumerConfig.read(in(Golden.written(config::write)))).isEqualTo(config);
    assertThat(config.toBuilder().build()).isEqualTo(config);
    for (ConsumerCreateRequest.Action action : ConsumerCreateRequest.Action.values()) {
      ConsumerCreateRequest request = new ConsumerCreateRequest("S", config, action, true);
      assertThat(ConsumerCreateRequest.read(in(Golden.written(request::write)))).isEqualTo(request);
    }
  }

  @Test
  void filtersAreTheUnionOfBothFields() {
    assertThat(ConsumerConfig.builder().build().filters()).isEmpty();
    assertThat(ConsumerConfig.builder().filterSubject("a").build().filters()).containsExactly("a");
    ConsumerConfig both =
        ConsumerConfig.builder().filterSubject("a").filterSubjects("b", "a").build();
    assertThat(both.filters()).containsExactly("a", "b");
    assertThat(both.isPush()).isFalse();
    assertThat(both.isDurable()).isFalse();
  }

  @Test
  void wordsOfEnumsAreTakenAsThePublicServerTakesThem() {
    assertThat(StreamConfig.read(in("{\"discard\":\"NEW\"}")).discard())
        .isEqualTo(DiscardPolicy.NEW);
    assertThat(StreamConfig.read(in("{\"persist_mode\":\"\"}")).persistMode())
        .isEqualTo(PersistMode.DEFAULT);
    assertThat(ConsumerConfig.read(in("{\"deliver_policy\":\"undefined\"}")).deliverPolicy())
        .isEqualTo(DeliverPolicy.ALL);
  }

  @Test
  void startTimesWithAnOffsetAreReadAsTheInstantTheyAre() {
    assertThat(ConsumerConfig.read(in("{\"opt_start_time\":\"2020-01-01T01:00:00+01:00\"}")))
        .isEqualTo(
            ConsumerConfig.builder().optStartTime(Instant.parse("2020-01-01T00:00:00Z")).build());
  }
}
