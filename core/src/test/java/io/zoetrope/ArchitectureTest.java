package io.zoetrope;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The floors of the house: which room may look into which. Every room of {@code io.zoetrope} must
 * stand in the table.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ArchitectureTest {
  /** Room -> rooms that it may see, besides itself. */
  private static final Map<String, List<String>> FLOORS =
      Map.ofEntries(
          Map.entry("progress", List.of()),
          Map.entry("torch", List.of("progress")),
          Map.entry("nn", List.of("progress", "torch")),
          Map.entry("diffusion", List.of("progress", "torch")),
          Map.entry("media", List.of("progress", "torch")),
          Map.entry("data", List.of("progress", "torch", "media")),
          Map.entry("checkpoint", List.of("progress", "torch", "nn")),
          Map.entry("network", List.of("progress", "torch", "nn", "diffusion")),
          Map.entry(
              "eval",
              List.of(
                  "progress",
                  "torch",
                  "nn",
                  "diffusion",
                  "network",
                  "checkpoint",
                  "media",
                  "data",
                  "pipeline")),
          Map.entry(
              "pipeline",
              List.of("progress", "torch", "nn", "diffusion", "network", "checkpoint", "media")),
          Map.entry(
              "train",
              List.of(
                  "progress",
                  "torch",
                  "nn",
                  "diffusion",
                  "network",
                  "checkpoint",
                  "media",
                  "data",
                  "pipeline")));

  private JavaClasses house;

  @BeforeAll
  void enter() {
    house =
        new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.zoetrope");
  }

  static Stream<String> rooms() {
    return new TreeSet<>(FLOORS.keySet()).stream();
  }

  @ParameterizedTest
  @MethodSource("rooms")
  void roomSeesOnlyTheFloorsBelow(String room) {
    List<String> seen = new ArrayList<>();
    seen.add("io.zoetrope." + room + "..");
    FLOORS.get(room).forEach(below -> seen.add("io.zoetrope." + below + ".."));
    DescribedPredicate<JavaClass> elsewhere =
        resideInAnyPackage("io.zoetrope..")
            .and(resideOutsideOfPackages(seen.toArray(String[]::new)));
    noClasses()
        .that()
        .resideInAPackage("io.zoetrope." + room + "..")
        .should()
        .dependOnClassesThat(elsewhere.as("are not in " + seen))
        .allowEmptyShould(true)
        .check(house);
  }

  @Test
  void everyRoomStandsInTheTable() {
    classes()
        .should()
        .resideInAnyPackage(
            FLOORS.keySet().stream().map(r -> "io.zoetrope." + r + "..").toArray(String[]::new))
        .check(house);
  }

  @Test
  void roomsFormNoCycle() {
    slices().matching("io.zoetrope.(*)..").should().beFreeOfCycles().check(house);
  }

  /** Conditioning and the like are the sampler's to see, not the networks'. */
  @Test
  void samplersAndGuidanceKnowNoNetwork() {
    noClasses()
        .that()
        .resideInAPackage("io.zoetrope.diffusion..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.zoetrope.network..", "io.zoetrope.nn..")
        .check(house);
  }

  /** JavaCPP's optionals and array references are traps; they hide in one room. */
  @Test
  void optionalsAndArrayReferencesStayInTorch() {
    noClasses()
        .that()
        .resideOutsideOfPackage("io.zoetrope.torch..")
        .should()
        .dependOnClassesThat()
        .haveNameMatching("org\\.bytedeco\\.pytorch\\.\\w*(Optional|ArrayRef)")
        .check(house);
  }

  @Test
  void ffmpegStaysInMedia() {
    noClasses()
        .that()
        .resideOutsideOfPackage("io.zoetrope.media..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.bytedeco.ffmpeg..")
        .check(house);
  }

  @Test
  void coreKnowsNoCommandLineNoServerNoCluster() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "picocli..",
            "me.tongfei..",
            "io.javalin..",
            "org.apache.spark..",
            "io.zoetrope.app..",
            "io.zoetrope.bench..")
        .check(house);
  }
}
