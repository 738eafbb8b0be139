// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipstream.client.Consumption;
import dev.slipstream.client.JetStream;
import dev.slipstream.client.NatsClient;
import dev.slipstream.client.bucket.ObjectInfo;
import dev.slipstream.client.bucket.ObjectMeta;
import dev.slipstream.client.bucket.ObjectStore;
import dev.slipstream.client.bucket.ObjectStoreConfig;
import dev.slipstream.testkit.ForeignPrograms;
import dev.slipstream.testkit.ServerProcess;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What the public clients and ours write into buckets, each reads from the others': values,
 * deletions, histories, keys that end with time, objects of all sizes, their descriptions and
 * links; on the public server and on ours.
 */
class BucketContentsTest {
  private static final String OURS = "java";

  private final Tools tools = Tools.find();

  @BeforeEach
  void serversAreThere() {
    tools.missing().ifPresent(ForeignPrograms::absent);
  }

  private ForeignProgram program(String language) {
    ForeignProgram program =
        ForeignProgram.all(tools.foreign()).stream()
            .filter(each -> each.language().equals(language))
            .findFirst()
            .orElseThrow();
    if (!program.isBuilt()) {
      ForeignPrograms.absent("the " + language + " program is not built");
    }
    return program;
  }

  private ServerProcess start(String server) {
    return server.equals("ours") ? tools.startOurs() : tools.startPublic();
  }

  @SafeVarargs
  private static List<String> lines(List<String>... parts) {
    List<String> all = new ArrayList<>();
    for (List<String> part : parts) {
      all.addAll(part);
    }
    return all;
  }

  @ParameterizedTest
  @CsvSource({"go,public", "go,ours", "python,public", "python,ours"})
  void eachReadsWhatTheOtherWrote(String language, String where) throws IOException {
    ForeignProgram theirs = program(language);
    try (ServerProcess server = start(where);
        NatsClient client = NatsClient.connect(server.url())) {
      BucketContents contents = new BucketContents(client.jetStream());
      assertThat(theirs.buckets(server.url(), "fill", language)).isEmpty();
      contents.fill(OURS);
      List<String> all = lines(BucketContents.OBJECTS, BucketContents.RENAMED_AND_LINKS);
      assertThat(contents.keys(language)).isEqualTo(BucketContents.KEYS);
      assertThat(contents.objects(language))
          .isEqualTo(language.equals("go") ? all : BucketContents.OBJECTS);
      assertThat(theirs.buckets(server.url(), "show", OURS))
          .isEqualTo(lines(BucketContents.KEYS, all));
      assertThat(contents.keys(OURS)).isEqualTo(BucketContents.KEYS);
      assertThat(contents.objects(OURS)).isEqualTo(all);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"public", "ours"})
  void eachSeesWhatTheOtherDoesToObjects(String where) throws Exception {
    ForeignProgram go = program("go");
    try (ServerProcess server = start(where);
        NatsClient client = NatsClient.connect(server.url())) {
      JetStream js = client.jetStream();
      ObjectStore watched = ObjectStore.create(js, ObjectStoreConfig.of("watched"));
      List<String> seen = go.buckets(server.url(), () -> change(watched), "watch", "watched");
      assertThat(withoutDigests(seen))
          .containsExactly(
              "@ready",
              "object a/ä: 200000 in 2, deleted false, [] []",
              "object b: 200000 in 2, deleted false, [new] []",
              "object b: 0 in 0, deleted true, [new] []",
              "object end: 1 in 1, deleted false, [] []");

      LinkedBlockingQueue<String> heard = new LinkedBlockingQueue<>();
      ObjectStore theirs = ObjectStore.create(js, ObjectStoreConfig.of("go"));
      try (Consumption watch = theirs.watch(info -> heard.add(BucketContents.line(info)))) {
        go.buckets(server.url(), "fill", "go");
        List<String> last = new ArrayList<>();
        for (ObjectInfo info : theirs.listWithDeleted()) {
          last.add(BucketContents.line(info));
        }
        List<String> all = new ArrayList<>();
        while (!all.containsAll(last)) {
          String line = heard.poll(20, TimeUnit.SECONDS);
          assertThat(line).as("behind %s", all).isNotNull();
          all.add(line);
        }
        assertThat(withoutDigests(all))
            .containsSubsequence(
                "object dead: 10 in 1, deleted false, [] []",
                "object dead: 0 in 0, deleted true, [] []",
                "object again: 20 in 1, deleted false, [] []",
                "object again: 30 in 1, deleted false, [] []");
      }
    }
  }

  private static void change(ObjectStore store) {
    store.put("a/ä", BucketContents.pattern(200_000));
    store.updateMeta("a/ä", ObjectMeta.of("b").description("new"));
    store.delete("b");
    store.put("end", "x");
  }

  private static List<String> withoutDigests(List<String> lines) {
    return lines.stream().map(line -> line.replaceFirst("\\] (SHA-256=\\S+)?$", "]")).toList();
  }
}
