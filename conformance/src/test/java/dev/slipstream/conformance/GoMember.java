// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.conformance;

import dev.slipstream.testkit.Eventually;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * An instance of a member of a group that the Go program is, as a process that can be stopped or
 * killed. What it handles goes to a {@link GroupRecord}.
 */
final class GoMember implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final Process process;
  private final CompletableFuture<Void> ready = new CompletableFuture<>();
  private final CompletableFuture<String> ended = new CompletableFuture<>();

  private GoMember(Process process) {
    this.process = process;
  }

  /** Joins, and returns when it has. */
  static GoMember join(
      ForeignProgram go,
      String url,
      GroupRecord record,
      String kind,
      String stream,
      String group,
      String member)
      throws Exception {
    GoMember joined =
        new GoMember(go.launchGroups(url, "consume", stream, group, kind, member, "2000"));
    Thread reader = new Thread(() -> joined.read(record, "go " + member), "go-member");
    reader.setDaemon(true);
    reader.start();
    try {
      joined.ready.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (Exception failed) {
      joined.close();
      throw failed;
    }
    return joined;
  }

  private void read(GroupRecord record, String who) {
    try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line = output.readLine(); line != null; line = output.readLine()) {
        if (line.equals("@ready")) {
          ready.complete(null);
        } else if (line.startsWith("@")) {
          ended.complete(line);
        } else {
          String[] words = line.split(" ");
          record.add(who, Long.parseLong(words[0]), words[1], Integer.parseInt(words[2]));
        }
      }
      String errors = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
      ready.completeExceptionally(new AssertionError(errors));
      ended.complete("");
    } catch (IOException killed) {
      ended.complete("");
    }
  }

  /** Has it stop in order; answers its last words. */
  String stop() {
    try {
      process.getOutputStream().close();
      return ended.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    } catch (Exception failed) {
      throw new AssertionError(failed);
    }
  }

  /** What it says last, by itself. */
  String lastWords() throws Exception {
    return ended.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
  }

  /** Ends it without warning. */
  void kill() {
    process.destroyForcibly();
    Eventually.holds(PATIENCE, () -> process, () -> !process.isAlive());
  }

  @Override
  public void close() {
    kill();
  }
}
