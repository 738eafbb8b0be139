// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.DynamicContainer.dynamicContainer;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.slipstream.conformance.ForeignProgram.Case;
import dev.slipstream.conformance.ForeignProgram.Outcome;
import dev.slipstream.testkit.ForeignPrograms;
import dev.slipstream.testkit.ServerProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;

/**
 * Each case of each foreign program prints the same lines against the public server and against
 * ours.
 *
 * <p>The cases of a language share one server of each kind; a case that needs restarts has its own.
 * Both servers run the case at the same time, one case after the other. {@code
 * -Dslipstream.command="path and arguments"} puts another server in the place of ours; {@code
 * -Dforeign.cases=REGEX} picks cases by {@code language/name}.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class ForeignClientsTest {
  private static final String PICKED = System.getProperty("foreign.cases", ".*");

  private final Tools tools = Tools.find();
  private @Nullable ServerPair shared;
  private String sharedBy = "";

  @TestFactory
  Stream<DynamicNode> sameLinesFromBothServers() {
    Optional<String> missing = tools.missing();
    if (missing.isPresent()) {
      return Stream.of(dynamicTest("servers", () -> ForeignPrograms.absent(missing.get())));
    }
    return ForeignProgram.all(tools.foreign()).stream().map(this::nodeOf);
  }

  @AfterAll
  void closeShared() throws IOException {
    if (shared != null) {
      shared.close();
      shared = null;
    }
  }

  private DynamicNode nodeOf(ForeignProgram program) {
    String language = program.language();
    if (!program.isBuilt()) {
      String reason =
          program.binary() + " is missing: run conformance/foreign/install.sh to build it";
      return dynamicTest(language, () -> ForeignPrograms.absent(reason));
    }
    try {
      return dynamicContainer(language, testsOf(program));
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  private List<DynamicNode> testsOf(ForeignProgram program) throws IOException {
    List<DynamicNode> tests = new ArrayList<>();
    List<Case> before = new ArrayList<>();
    for (Case one : program.cases()) {
      switch (one.kind()) {
        case "before" -> before.add(one);
        case "after" -> {
          List<Case> pair = List.of(before.remove(before.size() - 1), one);
          add(tests, program, one, () -> compareAroundRestart(program, pair));
        }
        case "own" -> add(tests, program, one, () -> compareOnOwnServers(program, one));
        case "" -> add(tests, program, one, () -> compareOnSharedServers(program, one));
        default -> {
          String text = tools.configuration(one.configuration());
          add(tests, program, one, () -> compareWithConfiguration(program, one, text));
        }
      }
    }
    assertThat(before).as("cases without their second half").isEmpty();
    return tests;
  }

  private static void add(
      List<DynamicNode> tests, ForeignProgram program, Case one, Comparison comparison) {
    String name = program.language() + "/" + one.name();
    if (name.matches(PICKED)) {
      tests.add(dynamicTest(name, comparison::run));
    }
  }

  private interface Comparison {
    void run() throws IOException;
  }

  private void compareOnSharedServers(ForeignProgram program, Case one) throws IOException {
    ServerPair servers = sharedServers(program.language());
    Both<Outcome> outcomes = servers.both(server -> program.run(one, server.url()));
    if (isNoReference(program, one, outcomes.ofPublicServer())) {
      outcomes = new Both<>(program.run(one, servers.publicServer().url()), outcomes.ofOurServer());
    }
    compare(program, one, outcomes);
  }

  /**
   * Whether the public server's client has given up, on a disk that is busy for seconds, or tells
   * another story than that of the walk, which is known.
   */
  private static boolean isNoReference(ForeignProgram program, Case one, Outcome outcome)
      throws IOException {
    return outcome.exitCode() != 0
        || one.name().equals("walk")
            && !outcome.lines().equals(Files.readAllLines(program.expectedWalk()));
  }

  private void compareOnOwnServers(ForeignProgram program, Case one) throws IOException {
    try (ServerPair servers = ServerPair.start(tools)) {
      compare(program, one, servers.both(server -> program.run(one, server)));
    }
  }

  private void compareWithConfiguration(ForeignProgram program, Case one, String text)
      throws IOException {
    try (ServerPair servers = ServerPair.start(tools, text)) {
      compare(program, one, servers.both(server -> program.run(one, server)));
    }
  }

  private void compareAroundRestart(ForeignProgram program, List<Case> pair) throws IOException {
    try (ServerPair servers = ServerPair.start(tools)) {
      compare(program, pair.get(0), servers.both(server -> program.run(pair.get(0), server)));
      servers.both(
          server -> {
            server.restart();
            return server;
          });
      compare(program, pair.get(1), servers.both(server -> program.run(pair.get(1), server)));
    }
  }

  private void compare(ForeignProgram program, Case one, Both<Outcome> outcomes)
      throws IOException {
    String name = program.language() + " " + one.name();
    Outcome expected = outcomes.ofPublicServer();
    Outcome actual = outcomes.ofOurServer();
    assertThat(expected.exitCode())
        .as("%s against the public server: %s", name, expected.errors())
        .isZero();
    String difference = LineDifference.of(expected.lines(), actual.lines());
    String id = program.language() + "/" + one.name();
    KnownDifferences known = KnownDifferences.read(tools.foreign());
    if (known.possible().contains(id)) {
      return;
    }
    if (known.certain().contains(id)) {
      assertThat(difference).as("%s is the same now: take it off different.txt", id).isNotEmpty();
      return;
    }
    if (actual.exitCode() != 0 || !difference.isEmpty()) {
      fail(
          "%s: exit code %d, %s%n- public server, + our server:%n%s"
              .formatted(name, actual.exitCode(), actual.errors(), difference));
    }
    assertThat(actual.lines()).as("%s prints something", name).isNotEmpty();
    if (one.name().equals("walk")) {
      assertThat(actual.lines()).isEqualTo(Files.readAllLines(program.expectedWalk()));
    }
  }

  private ServerPair sharedServers(String language) throws IOException {
    if (shared == null || !sharedBy.equals(language)) {
      closeShared();
      shared = ServerPair.start(tools);
      sharedBy = language;
    }
    return shared;
  }

  /** The same thing done with each of two servers. */
  private record Both<T>(T ofPublicServer, T ofOurServer) {}

  /** The public server and ours, side by side. */
  private record ServerPair(ServerProcess publicServer, ServerProcess ourServer)
      implements AutoCloseable {
    static ServerPair start(Tools tools) throws IOException {
      return start(tools, "");
    }

    /** Both servers with a configuration; an empty one is none. */
    static ServerPair start(Tools tools, String configuration) throws IOException {
      ServerProcess publicServer = tools.startPublic(configuration);
      try {
        return new ServerPair(publicServer, tools.startOurs(configuration));
      } catch (RuntimeException failed) {
        publicServer.close();
        throw failed;
      }
    }

    interface Action<T> {
      T with(ServerProcess server) throws IOException;
    }

    <T> Both<T> both(Action<T> action) throws IOException {
      CompletableFuture<T> beside =
          CompletableFuture.supplyAsync(() -> unchecked(action, publicServer));
      T ofOurServer = action.with(ourServer);
      return new Both<>(beside.join(), ofOurServer);
    }

    private static <T> T unchecked(Action<T> action, ServerProcess server) {
      try {
        return action.with(server);
      } catch (IOException failed) {
        throw new UncheckedIOException(failed);
      }
    }

    @Override
    public void close() throws IOException {
      try (publicServer) {
        ourServer.close();
      }
    }
  }
}
