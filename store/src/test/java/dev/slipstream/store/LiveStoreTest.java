// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipstream.testkit.JavaProgram;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The store on the real disk, with real threads, and under kill -9. */
class LiveStoreTest {
  private static final int PAYLOAD_BYTES = 100;
  private static final StoreOptions SMALL =
      StoreOptions.builder()
          .firstLogFileBytes(256 << 10)
          .logFileBytes(1 << 20)
          .logBytes(4 << 20)
          .checkpointBytes(1 << 20)
          .blockBytes(16 << 10)
          .segmentBytes(256 << 10)
          .cacheBytes(256 << 10)
          .openFiles(4)
          .build();

  @TempDir Path directory;
  @TempDir Path errorDirectory;

  @Test
  void everythingAppendedByManyLoopsIsAppliedAndThereAfterARestart() throws Exception {
    int loops = 3;
    int perLoop = 60_000;
    try (LiveServer server = new LiveServer(SMALL, directory, loops, PAYLOAD_BYTES)) {
      CountDownLatch done = new CountDownLatch(loops);
      for (LiveServer.Engine engine : server.engines) {
        engine.onAcknowledged =
            seq -> {
              if (seq == perLoop) {
                done.countDown();
              }
            };
        for (int i = 0; i < perLoop; i += 100) {
          engine.loop.execute(() -> engine.append(100));
        }
      }
      assertThat(done.await(2, TimeUnit.MINUTES)).isTrue();
      assertThat(server.store.stats().records()).isEqualTo((long) loops * perLoop);
      assertThat(server.store.stats().checkpoints()).isPositive();
      for (LiveServer.Engine engine : server.engines) {
        readAll(engine, perLoop);
      }
    }
    try (LiveServer again = new LiveServer(SMALL, directory, loops, PAYLOAD_BYTES)) {
      assertThat(again.store.stats().replayedRecords()).isZero();
      for (LiveServer.Engine engine : again.engines) {
        readAll(engine, perLoop);
      }
    }
  }

  /** Reads a stream from its first to its last message, much of it from disk. */
  static void readAll(LiveServer.Engine engine, long count) throws Exception {
    CompletableFuture<Long> done = new CompletableFuture<>();
    engine.loop.execute(() -> readFrom(engine, 1, new StoredMessage(), done));
    assertThat(done.get(1, TimeUnit.MINUTES)).isEqualTo(count);
  }

  private static void readFrom(
      LiveServer.Engine engine, long from, StoredMessage view, CompletableFuture<Long> done) {
    try {
      StreamStore stream = engine.stream();
      for (long seq = from; ; seq++) {
        long next = seq;
        switch (stream.read(seq, view)) {
          case FOUND -> check(view, seq);
          case LOADING -> {
            stream.load(seq, () -> readFrom(engine, next, view, done));
            return;
          }
          case ABSENT -> {
            done.complete(seq - 1);
            return;
          }
          case DAMAGED -> throw new AssertionError("damaged: " + seq);
        }
      }
    } catch (AssertionError | RuntimeException failure) {
      done.completeExceptionally(failure);
    }
  }

  private static void check(StoredMessage view, long seq) {
    byte[] payload = view.copyPayload();
    if (view.seq != seq || !Arrays.equals(payload, LiveServer.payload(seq, payload.length))) {
      throw new AssertionError("sequence " + seq + " is not what was written");
    }
  }

  @Test
  void killedProcessLosesNothingAcknowledged() throws Exception {
    killAgainAndAgain(4);
  }

  @Test
  @Tag("nightly")
  void oftenKilledProcessLosesNothingAcknowledged() throws Exception {
    killAgainAndAgain(200);
  }

  private void killAgainAndAgain(int times) throws Exception {
    SplittableRandom random = new SplittableRandom();
    long[] acknowledged = new long[2];
    for (int i = 0; i < times; i++) {
      runAndKill(acknowledged, random.nextInt(200, 900));
      try (LiveServer server = new LiveServer(SMALL, directory, 2, PAYLOAD_BYTES)) {
        for (int loop = 0; loop < 2; loop++) {
          long there = server.engines.get(loop).acknowledged.get();
          assertThat(there).isGreaterThanOrEqualTo(acknowledged[loop]);
          readAll(server.engines.get(loop), there);
          acknowledged[loop] = there;
        }
      }
    }
    assertThat(acknowledged[0]).isPositive();
    assertThat(acknowledged[1]).isPositive();
  }

  private void runAndKill(long[] acknowledged, long afterMillis) throws Exception {
    List<String> command =
        JavaProgram.command(List.of("-Xmx256m"), Child.class, directory.toString());
    // Two streams, as a warning of the JVM in the middle of a line would change what it says.
    Path errors = errorDirectory.resolve("errors.txt");
    Process process = new ProcessBuilder(command).redirectError(errors.toFile()).start();
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII))) {
      assertThat(lines.readLine()).isEqualTo("running");
      Thread killer =
          new Thread(
              () -> {
                try {
                  if (!process.waitFor(afterMillis, TimeUnit.MILLISECONDS)) {
                    process.toHandle().destroyForcibly(); // keeps its output readable
                  }
                } catch (InterruptedException ended) {
                  process.toHandle().destroyForcibly();
                }
              });
      killer.start();
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        String[] words = line.split(" ", -1);
        if (words.length == 3 && words[2].equals("ok")) { // the last line may be cut
          int loop = Integer.parseInt(words[0]);
          acknowledged[loop] = Math.max(acknowledged[loop], Long.parseLong(words[1]));
        }
      }
      killer.join();
    } finally {
      process.destroyForcibly(); // a test that failed leaves no process on its directory
    }
    assertThat(process.waitFor())
        .as("ended by the kill alone, not by %s", Files.readString(errors))
        .isEqualTo(137);
  }

  /** The process that is killed: appends and says what was acknowledged. */
  static final class Child {
    private Child() {}

    public static void main(String[] arguments) throws Exception {
      LiveServer server = new LiveServer(SMALL, Path.of(arguments[0]), 2, PAYLOAD_BYTES);
      System.out.println("running");
      for (int i = 0; i < 2; i++) {
        int loop = i;
        LiveServer.Engine engine = server.engines.get(i);
        engine.onAcknowledged =
            seq -> {
              System.out.println(loop + " " + seq + " ok");
              engine.loop.execute(() -> engine.append(1 + (int) (seq % 300)));
            };
        engine.loop.execute(() -> engine.append(10));
      }
      new CountDownLatch(1).await();
    }
  }
}
