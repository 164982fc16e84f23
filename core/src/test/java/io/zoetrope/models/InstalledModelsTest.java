package io.zoetrope.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.torch.FileDigest;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InstalledModelsTest {
  @TempDir Path temp;

  private InstalledModels installed() {
    return InstalledModels.of(
        Map.of(
            "ZOETROPE_CACHE", temp.resolve("cache").toString(),
            "HF_HOME", temp.resolve("hf").toString(),
            "ZOETROPE_MODELS", temp.resolve("mine").toString()),
        temp,
        Optional.empty());
  }

  private static Path model(Path folder) throws IOException {
    Files.createDirectories(folder);
    Files.writeString(folder.resolve("model_index.json"), "{}");
    return folder;
  }

  @Test
  void namesAreLookedForInFoldersAndInTheCacheOfTheHub() throws IOException {
    Path mine = model(temp.resolve("mine/one"));
    Path usual = model(temp.resolve("models/two"));
    model(temp.resolve("models/one"));
    String commit = "0123456789012345678901234567890123456789";
    Path hub = model(temp.resolve("hf/hub/models--org--three/snapshots/" + commit));
    Path refs = Files.createDirectories(temp.resolve("hf/hub/models--org--three/refs"));
    Files.writeString(refs.resolve("main"), commit);
    assertThat(installed().require("one")).isEqualTo(mine);
    assertThat(installed().require("two")).isEqualTo(usual.toAbsolutePath());
    assertThat(installed().require("org/three")).isEqualTo(hub);
    assertThat(installed().require("models/one")).isEqualTo(temp.resolve("models/one"));
    assertThat(installed().find("four")).isEmpty();
  }

  @Test
  void aFinishedTrainingIsTheModelThatItMade() throws IOException {
    Path run = Files.createDirectories(temp.resolve("runs/ball"));
    Files.writeString(run.resolve("recipe.yaml"), "name: ball");
    assertThat(installed().find("runs/ball")).isEmpty();
    Path made = model(run.resolve("model"));
    assertThat(installed().require("runs/ball")).isEqualTo(made);
    Path other = model(temp.resolve("other/model")).getParent();
    assertThat(installed().find(String.valueOf(other))).isEmpty();
  }

  @Test
  void whatIsMissingIsSaidWithoutAnyCommand() {
    assertThatExceptionOfType(UserError.class)
        .isThrownBy(() -> installed().require("nobody"))
        .withMessage(
            "there is no model 'nobody': give its folder, or add its jar, as"
                + " io.zoetrope:zoetrope-model-nobody has the model of that name")
        .satisfies(e -> assertThat(e.fault()).isEqualTo(Fault.NOT_FOUND));
    assertThatExceptionOfType(UserError.class)
        .isThrownBy(() -> installed().require("org/name"))
        .withMessage(
            "there is no folder 'org/name', and no such model was downloaded: fetch org/name");
  }

  /** A class path with a model. */
  private URLClassLoader jar(String weights, String claimed) throws IOException {
    Path root = temp.resolve("jar").resolve("io/zoetrope/models/tiny");
    Files.createDirectories(root.resolve("vae"));
    Files.writeString(root.resolve("model_index.json"), "{}");
    Files.writeString(root.resolve("vae/weights"), weights);
    Path probe = temp.resolve("probe");
    Files.writeString(probe, claimed);
    String list =
        FileDigest.of(root.resolve("model_index.json"))
            + "  model_index.json\n"
            + FileDigest.of(probe)
            + "  vae/weights\n";
    Files.writeString(root.resolve("files.txt"), list, StandardCharsets.UTF_8);
    return new URLClassLoader(new URL[] {temp.resolve("jar").toUri().toURL()}, null);
  }

  @Test
  void aModelOnTheClassPathIsUnpackedOnce() throws IOException {
    try (URLClassLoader jar = jar("abc", "abc")) {
      PackedModel packed = PackedModel.named("tiny", jar).orElseThrow();
      Path folder = packed.in(temp.resolve("out"));
      assertThat(folder.resolve("vae/weights")).hasContent("abc");
      Files.writeString(folder.resolve("mark"), "mine");
      assertThat(packed.in(temp.resolve("out"))).isEqualTo(folder);
      assertThat(folder.resolve("mark")).exists();
      Files.delete(folder.resolve("vae/weights"));
      assertThat(packed.in(temp.resolve("out")).resolve("vae/weights")).hasContent("abc");
      try (Stream<Path> left = Files.list(temp.resolve("out"))) {
        assertThat(left).containsExactly(folder);
      }
    }
  }

  @Test
  void manyUnpackAtOnceAndAllHaveIt() throws Exception {
    try (URLClassLoader jar = jar("abc".repeat(100_000), "abc".repeat(100_000));
        ExecutorService many = Executors.newFixedThreadPool(8)) {
      List<Future<Path>> folders = new ArrayList<>();
      for (int i = 0; i < 16; i++) {
        folders.add(
            many.submit(
                () -> PackedModel.named("tiny", jar).orElseThrow().in(temp.resolve("out"))));
      }
      Set<Path> all = new HashSet<>();
      for (Future<Path> folder : folders) {
        all.add(folder.get());
        assertThat(folder.get().resolve("vae/weights")).isRegularFile();
      }
      assertThat(all).hasSize(1);
      try (Stream<Path> left = Files.list(temp.resolve("out"))) {
        assertThat(left).hasSize(1);
      }
    }
  }

  @Test
  void aJarWhoseFilesAreOthersIsRefused() throws IOException {
    try (URLClassLoader jar = jar("abc", "abd")) {
      PackedModel packed = PackedModel.named("tiny", jar).orElseThrow();
      assertThatExceptionOfType(UserError.class)
          .isThrownBy(() -> packed.in(temp.resolve("out")))
          .withMessageContaining("the jar of the model 'tiny' is damaged: vae/weights");
      try (Stream<Path> left = Files.list(temp.resolve("out"))) {
        assertThat(left).isEmpty();
      }
    }
  }

  @Test
  void aNameThatIsNoneOfAResourceIsNoModel() {
    assertThat(PackedModel.named("../models/tiny", InstalledModelsTest.class.getClassLoader()))
        .isEmpty();
    assertThat(installed().find("\0")).isEmpty();
  }
}
