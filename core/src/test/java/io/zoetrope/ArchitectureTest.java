package io.zoetrope;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.zoetrope.network.ControlNetwork;
import io.zoetrope.network.NetworkConfig;
import io.zoetrope.network.VideoNetwork;
import io.zoetrope.network.text.PromptEncoder;
import io.zoetrope.network.unet.TemporalBlock;
import io.zoetrope.network.vae.Autoencoder;
import io.zoetrope.network.vae.AutoencoderConfig;
import io.zoetrope.pipeline.family.ModelFamily;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;
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
          Map.entry("error", List.of()),
          Map.entry("progress", List.of()),
          Map.entry("torch", List.of("error", "progress")),
          Map.entry("record", List.of("error", "progress", "torch")),
          Map.entry("nn", List.of("error", "progress", "torch")),
          Map.entry("diffusion", List.of("error", "progress", "torch", "record")),
          Map.entry("media", List.of("error", "progress", "torch")),
          Map.entry("pixels", List.of("error", "torch")),
          Map.entry("data", List.of("error", "progress", "torch", "record", "media")),
          Map.entry("checkpoint", List.of("error", "progress", "torch", "record", "nn")),
          Map.entry("models", List.of("error", "progress", "torch", "checkpoint")),
          Map.entry("network", List.of("error", "progress", "torch", "record", "nn", "diffusion")),
          Map.entry(
              "studio",
              List.of(
                  "error",
                  "progress",
                  "torch",
                  "diffusion",
                  "checkpoint",
                  "media",
                  "models",
                  "pipeline")),
          Map.entry(
              "eval",
              List.of(
                  "error",
                  "progress",
                  "torch",
                  "nn",
                  "diffusion",
                  "network",
                  "checkpoint",
                  "media",
                  "pixels",
                  "data",
                  "pipeline")),
          Map.entry(
              "pipeline",
              List.of(
                  "error",
                  "progress",
                  "torch",
                  "record",
                  "nn",
                  "diffusion",
                  "network",
                  "checkpoint",
                  "media",
                  "pixels")),
          Map.entry(
              "train",
              List.of(
                  "error",
                  "progress",
                  "torch",
                  "record",
                  "nn",
                  "diffusion",
                  "network",
                  "checkpoint",
                  "media",
                  "pixels",
                  "data",
                  "pipeline",
                  // Samples are measured while a run goes on.
                  "eval")));

  /**
   * Rooms within a room -> those of its siblings that they may see, besides what its room sees.
   * Every package below a room of the first table must stand here.
   */
  private static final Map<String, List<String>> SIBLINGS =
      Map.ofEntries(
          Map.entry("diffusion.condition", List.of()),
          Map.entry("diffusion", List.of("diffusion.condition")),
          Map.entry("diffusion.discrete", List.of("diffusion")),
          Map.entry("diffusion.sampler", List.of("diffusion", "diffusion.condition")),
          Map.entry(
              "diffusion.guidance",
              List.of("diffusion", "diffusion.condition", "diffusion.sampler")),
          Map.entry("network", List.of()),
          Map.entry("network.classifier", List.of()),
          Map.entry("network.dit", List.of("network")),
          Map.entry("network.prior", List.of()),
          Map.entry("network.critic", List.of("network")),
          Map.entry("network.unet", List.of("network")),
          Map.entry("network.vae", List.of("network")),
          Map.entry("network.vae.tiny", List.of("network", "network.vae")),
          Map.entry("network.vae.wan", List.of("network", "network.vae")),
          Map.entry("network.text", List.of("network")),
          Map.entry("network.text.clip", List.of("network", "network.text")),
          Map.entry("network.text.t5", List.of("network", "network.text")),
          Map.entry("network.wan", List.of("network")),
          Map.entry("network.vision", List.of("network", "network.text", "network.text.clip")),
          Map.entry("checkpoint", List.of("checkpoint.safetensors", "checkpoint.gguf")),
          Map.entry("checkpoint.safetensors", List.of()),
          Map.entry("checkpoint.gguf", List.of()),
          Map.entry(
              "checkpoint.lora",
              List.of("checkpoint", "checkpoint.safetensors", "checkpoint.keys")),
          Map.entry("checkpoint.keys", List.of("checkpoint", "checkpoint.safetensors")),
          Map.entry("checkpoint.hub", List.of()),
          Map.entry("pipeline.schedule", List.of()),
          Map.entry("pipeline.family", List.of("pipeline.schedule")),
          Map.entry("pipeline.model", List.of("pipeline.schedule", "pipeline.family")),
          Map.entry("pipeline", List.of("pipeline.schedule", "pipeline.family", "pipeline.model")),
          Map.entry(
              "pipeline.task",
              List.of("pipeline", "pipeline.schedule", "pipeline.family", "pipeline.model")),
          Map.entry(
              "pipeline.cascade",
              List.of(
                  "pipeline",
                  "pipeline.schedule",
                  "pipeline.family",
                  "pipeline.model",
                  "pipeline.task")),
          Map.entry(
              "pipeline.order",
              List.of(
                  "pipeline",
                  "pipeline.schedule",
                  "pipeline.family",
                  "pipeline.model",
                  "pipeline.task",
                  "pipeline.cascade")),
          Map.entry(
              "pipeline.probe",
              List.of("pipeline", "pipeline.schedule", "pipeline.family", "pipeline.model")),
          Map.entry("data", List.of()),
          Map.entry("data.toybox", List.of("data")),
          Map.entry("data.table", List.of()),
          Map.entry("train", List.of()),
          Map.entry("train.footage", List.of()),
          Map.entry("train.latents", List.of("train.footage")),
          Map.entry("train.objective", List.of("train", "train.footage")),
          Map.entry("train.distill", List.of("train", "train.footage", "train.objective")),
          Map.entry("train.recipe", List.of("train")),
          Map.entry("train.part", List.of("train", "train.footage")),
          Map.entry(
              "train.method",
              List.of(
                  "train",
                  "train.footage",
                  "train.latents",
                  "train.objective",
                  "train.distill",
                  "train.recipe",
                  "train.part")),
          Map.entry("train.run", List.of("train", "train.recipe", "train.method")),
          Map.entry("eval", List.of()),
          Map.entry("eval.picture", List.of("eval")),
          Map.entry("eval.motion", List.of("eval")),
          Map.entry("eval.features", List.of("eval")),
          Map.entry("eval.suite", List.of("eval", "eval.picture", "eval.motion", "eval.features")));

  /** More public types than this in a package want a reason in its package-info. */
  private static final int DOZEN = 12;

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

  static Stream<String> roomsWithin() {
    return new TreeSet<>(SIBLINGS.keySet()).stream();
  }

  @ParameterizedTest
  @MethodSource("roomsWithin")
  void roomWithinARoomSeesOnlyTheSiblingsItMay(String room) {
    List<String> hidden =
        SIBLINGS.keySet().stream()
            .filter(other -> top(other).equals(top(room)))
            .filter(other -> !other.equals(room) && !SIBLINGS.get(room).contains(other))
            .map(other -> "io.zoetrope." + other)
            .toList();
    noClasses()
        .that()
        .resideInAPackage("io.zoetrope." + room)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(hidden.toArray(String[]::new))
        .allowEmptyShould(true)
        .check(house);
  }

  private static String top(String room) {
    return room.substring(0, (room + ".").indexOf('.'));
  }

  @Test
  void everyRoomWithinARoomStandsInItsTable() {
    List<String> divided =
        house.stream()
            .map(c -> c.getPackageName())
            .filter(p -> p.startsWith("io.zoetrope."))
            .map(p -> p.substring("io.zoetrope.".length()))
            .distinct()
            .filter(p ->
                p.contains(".") || SIBLINGS.keySet().stream().anyMatch(s -> s.startsWith(p + ".")))
            .sorted()
            .toList();
    assertThat(SIBLINGS.keySet()).containsExactlyInAnyOrderElementsOf(divided);
  }

  /** Or it says why: a reader cannot keep more in mind. */
  @Test
  void aPackageHasAtMostADozenPublicTypes() throws IOException {
    Map<String, Long> counts =
        house.stream()
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

  @Test
  void roomsFormNoCycle() {
    slices().matching("io.zoetrope.(*)..").should().beFreeOfCycles().check(house);
  }

  /** What a family consists of: whoever asks which of these something is asks for the family. */
  private static final List<Class<?>> KINDS =
      List.of(
          ModelFamily.class,
          NetworkConfig.class,
          VideoNetwork.class,
          ControlNetwork.class,
          AutoencoderConfig.class,
          Autoencoder.class,
          PromptEncoder.class,
          TemporalBlock.class);

  /**
   * Of which family a model is, its family alone knows: all others are told by its blueprint. They
   * see the seam and the table, name no family, and test nothing for what it is made of.
   */
  @Test
  void nobodyAsksOfWhichFamilyAModelIs() {
    noClasses()
        .that()
        .resideOutsideOfPackage("io.zoetrope.pipeline.family")
        .should()
        .dependOnClassesThat(
            DescribedPredicate.describe(
                "are families",
                c -> c.isAssignableTo(ModelFamily.class) && !c.isEquivalentTo(ModelFamily.class)))
        .check(house);
    List<String> asked =
        house.stream()
            .filter(c -> !c.getPackageName().equals("io.zoetrope.pipeline.family"))
            .flatMap(c -> c.getInstanceofChecks().stream())
            .filter(check -> KINDS.stream().anyMatch(check.getRawType()::isAssignableTo))
            .map(check -> check.getOwner() + " asks for " + check.getRawType())
            .toList();
    assertThat(asked).isEmpty();
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

  /** Who embeds the library frees no native memory and names nothing of libtorch. */
  @Test
  void theStudioForPeopleShowsNothingNative() {
    List<String> shown =
        house.stream()
            .filter(c -> c.getPackageName().equals("io.zoetrope.studio"))
            .filter(c -> c.getModifiers().contains(JavaModifier.PUBLIC))
            .flatMap(c -> c.getMembers().stream())
            .filter(m ->
                m.getModifiers().contains(JavaModifier.PUBLIC)
                    || m.getModifiers().contains(JavaModifier.PROTECTED))
            .flatMap(m ->
                m.getAllInvolvedRawTypes().stream()
                    .map(JavaClass::getName)
                    .filter(name ->
                        name.startsWith("org.bytedeco.") || name.equals("io.zoetrope.torch.Scopes"))
                    .map(name -> m.getFullName() + " shows " + name))
            .toList();
    assertThat(shown).isEmpty();
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
