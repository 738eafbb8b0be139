// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.conformance;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The arrows between the modules, and what only a few places may do. */
class LayeringTest {
  private static JavaClasses code;

  @BeforeAll
  static void readTheCode() {
    code =
        new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("dev.slipstream");
  }

  @Test
  void theArrowsBetweenTheModulesHold() {
    layeredArchitecture()
        .consideringOnlyDependenciesInLayers()
        .layer("base")
        .definedBy("dev.slipstream.base..")
        .layer("protocol")
        .definedBy("dev.slipstream.protocol..")
        .layer("store")
        .definedBy("dev.slipstream.store..")
        .layer("engine")
        .definedBy("dev.slipstream.engine..")
        .layer("server")
        .definedBy("dev.slipstream.server..")
        .layer("client")
        .definedBy(
            "dev.slipstream.client",
            "dev.slipstream.client.bucket..",
            "dev.slipstream.client.service..")
        .layer("adapters of the client")
        .definedBy("dev.slipstream.client.micrometer..", "dev.slipstream.client.opentelemetry..")
        .layer("worker")
        .definedBy("dev.slipstream.worker")
        .layer("adapter of the workers")
        .definedBy("dev.slipstream.worker.micrometer..")
        .layer("examples")
        .definedBy("dev.slipstream.examples..")
        .layer("cli")
        .definedBy("dev.slipstream.cli..")
        .whereLayer("protocol")
        .mayOnlyAccessLayers("base")
        .whereLayer("store")
        .mayOnlyAccessLayers("base", "protocol")
        .whereLayer("engine")
        .mayOnlyAccessLayers("base", "protocol", "store")
        .whereLayer("server")
        .mayOnlyAccessLayers("base", "protocol", "store", "engine")
        .whereLayer("client")
        .mayOnlyAccessLayers("base", "protocol")
        .whereLayer("adapters of the client")
        .mayOnlyAccessLayers("base", "protocol", "client")
        .whereLayer("worker")
        .mayOnlyAccessLayers("base", "protocol", "client")
        .whereLayer("adapter of the workers")
        .mayOnlyAccessLayers("base", "protocol", "client", "adapters of the client", "worker")
        .whereLayer("examples")
        .mayOnlyAccessLayers("base", "protocol", "client", "worker", "server")
        .check(code);
  }

  @Test
  void onlyTheSystemClockAsksForTheTime() {
    noClasses()
        .that()
        .resideInAnyPackage(
            "dev.slipstream.base..",
            "dev.slipstream.protocol..",
            "dev.slipstream.store..",
            "dev.slipstream.engine..")
        .and()
        .doNotHaveSimpleName("SystemClock")
        .should()
        .callMethod(System.class, "nanoTime")
        .orShould()
        .callMethod(System.class, "currentTimeMillis")
        .orShould()
        .callMethod(java.time.Instant.class, "now")
        .check(code);
  }

  @Test
  void nobodySleeps() {
    noClasses().should().callMethod(Thread.class, "sleep", long.class).check(code);
  }

  @Test
  void onlyTheSystemDiskOpensFilesOfTheStore() {
    noClasses()
        .that()
        .resideInAnyPackage("dev.slipstream.store..", "dev.slipstream.engine..")
        .should()
        .dependOnClassesThat()
        .haveFullyQualifiedName("java.nio.channels.FileChannel")
        .orShould()
        .dependOnClassesThat()
        .haveFullyQualifiedName("java.nio.file.Files")
        .check(code);
  }

  @Test
  void nettyStaysInTheServer() {
    noClasses()
        .that(resideInAPackage("dev.slipstream..").and(notIn("dev.slipstream.server..")))
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.netty..")
        .check(code);
  }

  private static com.tngtech.archunit.base.DescribedPredicate<
          com.tngtech.archunit.core.domain.JavaClass>
      notIn(String packages) {
    return com.tngtech.archunit.base.DescribedPredicate.not(resideInAPackage(packages));
  }

  @Test
  void theEngineHasNoLocksAndNoThreads() {
    noClasses()
        .that()
        .resideInAnyPackage("dev.slipstream.engine..", "dev.slipstream.protocol..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("java.util.concurrent.locks..")
        .orShould()
        .dependOnClassesThat()
        .haveFullyQualifiedName("java.lang.Thread")
        .check(code);
    com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noMethods()
        .that()
        .areDeclaredInClassesThat()
        .resideInAPackage("dev.slipstream..")
        .should()
        .haveModifier(JavaModifier.SYNCHRONIZED)
        .check(code);
  }

  @Test
  void namesSayWhatAClassIsFor() {
    classes()
        .that()
        .resideInAPackage("dev.slipstream..")
        .should()
        .haveNameNotMatching(".*(Impl|Utils?|Helper|Manager)$")
        .check(code);
  }
}
