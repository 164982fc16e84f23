package io.zoetrope.app;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The rooms of the command line: which may look into which, and how far into the library. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ArchitectureTest {
  private static final String LIBRARY = "io.zoetrope.";
  private static final String APP = "io.zoetrope.app";

  /**
   * What a room may see besides itself.
   *
   * @param rooms of the command line
   * @param library packages of the library, each by itself
   */
  private record Sight(Set<String> rooms, Set<String> library) {
    /** Also what another one sees. */
    Sight and(Sight other) {
      return new Sight(union(rooms, other.rooms), union(library, other.library));
    }

    private static Set<String> union(Set<String> a, Set<String> b) {
      Set<String> all = new LinkedHashSet<>(a);
      all.addAll(b);
      return all;
    }
  }

  /** The rooms that all commands share. */
  private static final Set<String> SHARED =
      Set.of("cli", "cli.terminal", "cli.words", "cli.config", "cli.option");

  /** What orders are made of, and what became of them: values, and no engine. */
  private static final Sight ORDERS =
      new Sight(
          SHARED,
          Set.of(
              "progress",
              "error",
              "torch",
              "diffusion",
              "media",
              "checkpoint.lora",
              "pipeline.model",
              "pipeline.task",
              "pipeline.cascade",
              "pipeline.order"));

  /** Room -> what it may see. Every package must stand here. */
  private static final Map<String, Sight> ROOMS =
      Map.ofEntries(
          Map.entry("cli.words", new Sight(Set.of(), Set.of("error", "torch"))),
          Map.entry("cli.terminal", new Sight(Set.of(), Set.of("error", "torch", "progress"))),
          Map.entry("cli", new Sight(Set.of("cli.terminal"), Set.of())),
          Map.entry("cli.config", new Sight(Set.of("cli.terminal"), Set.of("error", "torch"))),
          Map.entry(
              "cli.option",
              new Sight(
                  Set.of("cli.terminal", "cli.words", "cli.config"),
                  Set.of(
                      "error",
                      "data",
                      "curation",
                      "curation.choose",
                      "curation.look",
                      "curation.measure",
                      "curation.near",
                      "torch",
                      "diffusion",
                      "media",
                      "models",
                      "checkpoint.hub",
                      "pipeline.schedule",
                      "pipeline.family",
                      "pipeline.model",
                      "pipeline.order"))),
          Map.entry(
              "make.option",
              new Sight(
                  SHARED,
                  Set.of("error", "torch", "diffusion", "diffusion.guidance", "pipeline.order"))),
          Map.entry("make", ORDERS.and(new Sight(Set.of("make.option"), Set.of()))),
          Map.entry(
              "plan",
              ORDERS.and(
                  new Sight(
                      Set.of(),
                      Set.of(
                          "record",
                          "network.vae",
                          "pipeline",
                          "pipeline.schedule",
                          "pipeline.family")))),
          Map.entry(
              "serve",
              new Sight(
                  Set.of("cli", "cli.terminal", "cli.words"),
                  Set.of(
                      "error",
                      "jobs",
                      "jobs.queue",
                      "jobs.worker",
                      "server",
                      "server.hooks",
                      "server.http"))),
          Map.entry(
              "doctor",
              new Sight(
                  Set.of("cli.terminal", "cli.config", "cli.option"),
                  Set.of("error", "torch", "nn", "media"))),
          Map.entry(
              "command",
              new Sight(
                  Set.of(
                      "cli",
                      "cli.terminal",
                      "cli.words",
                      "cli.config",
                      "cli.option",
                      "charts",
                      "doctor"),
                  Set.of(
                      "progress",
                      "error",
                      "torch",
                      "record",
                      "media",
                      "data",
                      "data.toybox",
                      "curation",
                      "curation.look",
                      "checkpoint",
                      "checkpoint.hub",
                      "checkpoint.keys",
                      "checkpoint.safetensors",
                      "pixels",
                      "pipeline",
                      "pipeline.cascade",
                      "pipeline.family",
                      "pipeline.model",
                      "pipeline.order",
                      "pipeline.probe",
                      "eval",
                      "eval.features",
                      "eval.suite",
                      "train",
                      "train.recipe",
                      "train.method",
                      "train.run"))),
          Map.entry(
              "charts",
              new Sight(Set.of("cli.terminal"), Set.of("error", "torch", "media", "eval"))),
          Map.entry(
              "train",
              new Sight(
                  Set.of("cli", "cli.terminal", "cli.words", "cli.option", "charts"),
                  Set.of(
                      "progress",
                      "error",
                      "torch",
                      "media",
                      "pipeline.family",
                      "pipeline.model",
                      "eval",
                      "jobs.worker",
                      "train",
                      "train.recipe",
                      "train.method",
                      "train.run"))),
          Map.entry(
              "latents",
              new Sight(
                  Set.of("cli", "cli.terminal", "cli.option"),
                  Set.of(
                      "progress",
                      "error",
                      "torch",
                      "data",
                      "checkpoint.safetensors",
                      "pipeline.family",
                      "pipeline.model",
                      "train.latents"))),
          Map.entry(
              "",
              new Sight(
                  Set.of(
                      "cli",
                      "cli.terminal",
                      "cli.words",
                      "cli.config",
                      "cli.option",
                      "make",
                      "plan",
                      "serve",
                      "latents",
                      "train",
                      "command"),
                  Set.of("error", "torch"))));

  /** More public types than this in a package want a reason in its package-info. */
  private static final int DOZEN = 12;

  private JavaClasses app;

  @BeforeAll
  void enter() {
    app =
        new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages(APP);
  }

  private static String name(String room) {
    return room.isEmpty() ? APP : APP + "." + room;
  }

  static Stream<String> rooms() {
    return new TreeSet<>(ROOMS.keySet()).stream();
  }

  @ParameterizedTest(name = "[{index}] app.{0}")
  @MethodSource("rooms")
  void roomSeesOnlyWhatItMay(String room) {
    Sight sight = Objects.requireNonNull(ROOMS.get(room));
    Stream<String> seen =
        Stream.concat(
            Stream.concat(Stream.of(room), sight.rooms.stream()).map(ArchitectureTest::name),
            sight.library.stream().map(LIBRARY::concat));
    noClasses()
        .that()
        .resideInAPackage(name(room))
        .should()
        .dependOnClassesThat(
            resideInAnyPackage("io.zoetrope..")
                .and(resideOutsideOfPackages(seen.toArray(String[]::new)))
                .as("are in no room that it may see"))
        .check(app);
  }

  @Test
  void everyRoomStandsInTheTable() {
    Set<String> all =
        app.stream()
            .map(JavaClass::getPackageName)
            .map(p -> p.equals(APP) ? "" : p.substring(APP.length() + 1))
            .collect(Collectors.toSet());
    assertThat(ROOMS.keySet()).containsExactlyInAnyOrderElementsOf(all);
  }

  @Test
  void roomsFormNoCycle() {
    slices().matching(APP + ".(**)").should().beFreeOfCycles().check(app);
  }

  /** Or it says why: a reader cannot keep more in mind. */
  @Test
  void aPackageHasAtMostADozenPublicTypes() throws IOException {
    Map<String, Long> counts =
        app.stream()
            .filter(c -> c.isTopLevelClass() && c.getModifiers().contains(JavaModifier.PUBLIC))
            .collect(Collectors.groupingBy(JavaClass::getPackageName, Collectors.counting()));
    for (Map.Entry<String, Long> room : counts.entrySet()) {
      Path info = Path.of("src/main/java", room.getKey().replace('.', '/'), "package-info.java");
      boolean reason = Files.readString(info).contains("More than a dozen");
      assertThat(reason)
          .as("%s has %d public types; its package-info says why", room.getKey(), room.getValue())
          .isEqualTo(room.getValue() > DOZEN);
    }
  }

  /** What becomes of an order is the library's affair: no command that makes a video computes. */
  @Test
  void commandsThatMakeVideosTouchNoOperation() {
    noClasses()
        .that()
        .resideInAnyPackage(APP + ".make..", APP + ".cli..")
        .should()
        .dependOnClassesThat()
        .haveNameMatching("io\\.zoetrope\\.torch\\.(Ops|Tensors|Scopes)")
        .check(app);
  }
}
