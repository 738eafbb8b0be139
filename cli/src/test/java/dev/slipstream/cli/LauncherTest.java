// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * The launcher script, in a tree of its own with a {@code java} and a {@code mvn} that only say how
 * they were called.
 */
class LauncherTest {

  /** Says how it was called, and makes the archive it is asked for. */
  private static final String FAKE_JAVA =
      """
      #!/bin/sh
      printf '%s\\n' "$@"
      echo pid $$
      for arg; do
        case $arg in
          -XX:ArchiveClassesAtExit=*) echo "$@" > "${arg#*=}" ;;
        esac
      done
      """;

  @TempDir private Path dir;
  private Path root;
  private Path script;

  @BeforeEach
  void plantTree() throws IOException {
    root = Files.createDirectory(dir.resolve("work copy"));
    script = root.resolve("slipstream");
    Files.copy(Path.of("..", "slipstream"), script);
    executable(script);
    javaHome("17.0.15");
  }

  private void javaHome(String version) throws IOException {
    Path bin = Files.createDirectories(dir.resolve("jdk-" + version + "/bin"));
    executable(Files.writeString(bin.resolve("java"), FAKE_JAVA));
    Files.writeString(
        bin.resolveSibling("release"), "IMPLEMENTOR=\"x\"\nJAVA_VERSION=\"" + version + "\"\n");
  }

  private static void executable(Path path) throws IOException {
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private Path jar() throws IOException {
    Path program = Files.createDirectories(root.resolve("cli/target/slipstream"));
    return Files.writeString(program.resolve("slipstream.jar"), "jar");
  }

  private record Result(int code, List<String> out, String err, long pid) {}

  private Result run(Path program, String javaVersion, String... args) throws Exception {
    return run(program, Map.of("JAVA_HOME", dir.resolve("jdk-" + javaVersion).toString()), args);
  }

  /** With Java 17 and one variable more. */
  private Map<String, String> with(String name, String value) {
    return Map.of("JAVA_HOME", dir.resolve("jdk-17.0.15").toString(), name, value);
  }

  /** With Java 17 and a {@code mvn} that is this script. */
  private Map<String, String> withMaven(String mvn) throws IOException {
    Path tools = Files.createDirectory(dir.resolve("tools"));
    executable(Files.writeString(tools.resolve("mvn"), mvn));
    return with("PATH", tools + ":" + System.getenv("PATH"));
  }

  private Result run(Path program, Map<String, String> environment, String... args)
      throws Exception {
    List<String> command = new ArrayList<>(List.of(program.toString()));
    command.addAll(List.of(args));
    ProcessBuilder builder = new ProcessBuilder(command);
    Path err = dir.resolve("err");
    builder.redirectError(err.toFile());
    builder.environment().keySet().removeIf(name -> name.startsWith("SLIPSTREAM"));
    builder.environment().remove("JAVA_HOME");
    builder.environment().putAll(environment);
    Process process = builder.start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
    return new Result(
        process.exitValue(), out.lines().toList(), Files.readString(err), process.pid());
  }

  @Test
  void launcherBecomesJava() throws Exception {
    Path jar = jar();
    Result result = run(script, "17.0.15", "server", "-js", "-n", "a b", "");
    assertThat(result.err()).isEmpty();
    assertThat(result.out())
        .containsExactly(
            "@" + root + "/cli/src/main/dist/jvm.options",
            "-Dslipstream.name=slipstream",
            "-cp",
            jar.toString(),
            "dev.slipstream.cli.Main",
            "server",
            "-js",
            "-n",
            "a b",
            "",
            "pid " + result.pid());
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void javaHeedsAnInterruptAlsoInTheBackground() throws Exception {
    jar();
    Path java = dir.resolve("jdk-17.0.15/bin/java");
    executable(Files.writeString(java, "#!/bin/sh\nexec grep SigIgn /proc/self/status\n"));
    Path background = dir.resolve("background");
    String call = "#!/bin/sh\ntrap '' INT\nexec \"" + script + "\" server\n";
    executable(Files.writeString(background, call));
    String ignored = run(background, "17.0.15").out().get(0).split("\\s+")[1];
    assertThat(Long.parseUnsignedLong(ignored, 16) & 2).isZero();
  }

  @Test
  void linkGivesTheProgramItsName() throws Exception {
    jar();
    Path bin = Files.createDirectory(dir.resolve("bin"));
    Path first = Files.createSymbolicLink(bin.resolve("slip"), Path.of("../work copy/slipstream"));
    Path link = Files.createSymbolicLink(bin.resolve("nats-server"), Path.of("slip"));
    assertThat(run(first, "17.0.15").out()).contains("-Dslipstream.name=slip");
    Result result = run(link, "17.0.15", "-v");
    assertThat(result.out())
        .contains("-Dslipstream.name=nats-server", "-v", "pid " + result.pid())
        .contains(root + "/cli/target/slipstream/slipstream.jar");
  }

  @Test
  void newerJavaGetsTheFlagsItNeeds() throws Exception {
    jar();
    javaHome("25.0.3");
    javaHome("23-ea");
    javaHome("22");
    String flags = "@" + root + "/cli/src/main/dist/jvm-23.options";
    assertThat(run(script, "25.0.3").out()).contains(flags);
    assertThat(run(script, "23-ea").out()).contains(flags);
    assertThat(run(script, "22").out()).doesNotContain(flags);
  }

  @Test
  void archiveIsUsedIfItFitsJavaAndProgram() throws Exception {
    Path jar = jar();
    javaHome("25.0.3");
    Path archive = jar.resolveSibling("classes-17.0.15.jsa");
    Files.writeString(archive, "archive");
    String flag = "-XX:SharedArchiveFile=" + archive;
    Files.setLastModifiedTime(jar, FileTime.from(Instant.now().minusSeconds(100)));
    assertThat(run(script, "17.0.15").out()).contains(flag);
    assertThat(run(script, "25.0.3").out()).noneMatch(arg -> arg.startsWith("-XX:SharedArchive"));
    Files.setLastModifiedTime(archive, FileTime.from(Instant.now().minusSeconds(200)));
    assertThat(run(script, "17.0.15").out()).noneMatch(arg -> arg.startsWith("-XX:SharedArchive"));
  }

  @Test
  void furtherFlagsComeFromTheEnvironment() throws Exception {
    jar();
    Result result = run(script, with("SLIPSTREAM_JAVA_OPTS", "-Xmx4g -Dx=y"));
    assertThat(result.out().subList(1, 3)).containsExactly("-Xmx4g", "-Dx=y");
  }

  @Test
  void javaOfThePathIsTakenWithoutJavaHome() throws Exception {
    jar();
    String path = dir.resolve("jdk-17.0.15/bin") + ":" + System.getenv("PATH");
    assertThat(run(script, Map.of("PATH", path), "-v").out()).contains("-v");
  }

  @Test
  void whatIsMissingIsNamed() throws Exception {
    jar();
    javaHome("11.0.2");
    Result old = run(script, "11.0.2");
    assertThat(old.code()).isEqualTo(1);
    assertThat(old.err())
        .startsWith("slipstream: needs Java 17 or newer, and ")
        .endsWith("is Java 11.0.2\n");
    Result none = run(script, Map.of("JAVA_HOME", dir + "/nowhere"));
    assertThat(none.code()).isEqualTo(1);
    assertThat(none.err())
        .isEqualTo(
            "slipstream: JAVA_HOME is " + dir + "/nowhere, and there is no bin/java in it\n");
  }

  @Test
  void programIsBuiltOnFirstUse() throws Exception {
    Map<String, String> environment =
        withMaven(
            "#!/bin/sh\necho mvn \"$@\" in \"$PWD\"\n"
                + "mkdir -p cli/target/slipstream && echo jar > cli/target/slipstream/slipstream.jar\n");
    Result first = run(script, environment, "-v");
    assertThat(first.err().lines().toList())
        .containsExactly(
            "slipstream: building, which takes a minute or two the first time",
            "mvn -q -Dmaven.test.skip=true -Dspotless.check.skip=true -pl cli -am package in "
                + root);
    Path archive = root.resolve("cli/target/slipstream/classes-17.0.15.jsa");
    assertThat(archive).content().contains("dev.slipstream.cli.Main archive-run /");
    assertThat(first.out())
        .contains("-XX:SharedArchiveFile=" + archive, "dev.slipstream.cli.Main", "-v")
        .doesNotContain("archive-run");
    assertThat(run(script, environment, "-v").err()).isEmpty();
  }

  @Test
  void buildCanAskForTheArchiveAlone() throws Exception {
    Path jar = jar();
    Result result = run(script, with("SLIPSTREAM_ARCHIVE_ONLY", "1"));
    assertThat(result.code()).isZero();
    assertThat(result.out()).isEmpty();
    assertThat(result.err()).isEmpty();
    assertThat(jar.resolveSibling("classes-17.0.15.jsa")).exists();
  }

  @Test
  void programStartsWithoutAnArchiveThatCannotBeMade() throws Exception {
    jar();
    executable(
        Files.writeString(
            dir.resolve("jdk-17.0.15/bin/java"),
            "#!/bin/sh\ncase \"$*\" in *ArchiveClasses*) exit 1 ;; esac\necho started\n"));
    Result result = run(script, with("SLIPSTREAM_ARCHIVE_ONLY", "1"));
    assertThat(result.code()).isZero();
    assertThat(result.err()).contains("the class archive was not made");
    assertThat(run(script, "17.0.15").out()).containsExactly("started");
  }

  @Test
  void buildThatFailsEndsTheLauncher() throws Exception {
    Result result = run(script, withMaven("#!/bin/sh\necho broken\nexit 1\n"));
    assertThat(result.code()).isEqualTo(1);
    assertThat(result.out()).isEmpty();
    assertThat(result.err()).endsWith("broken\nslipstream: the build failed\n");
  }
}
