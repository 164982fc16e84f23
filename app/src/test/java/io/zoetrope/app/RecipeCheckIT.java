package io.zoetrope.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What would end {@code train} in its first minute ends {@code train --check}, in the same line.
 */
class RecipeCheckIT {
  private static final Path CHECKOUT = Path.of("..").toAbsolutePath().normalize();

  private static final List<String> SHORT =
      List.of(
          "--set",
          "steps=1",
          "--set",
          "schedule.warmup=0",
          "--set",
          "sample.every=0",
          "--set",
          "batch=1");

  static Stream<Path> recipes() throws IOException {
    List<Path> all = new ArrayList<>();
    try (Stream<Path> files = Files.list(CHECKOUT.resolve("recipes"))) {
      files.filter(file -> file.toString().endsWith(".yaml")).sorted().forEach(all::add);
    }
    assertThat(all).hasSizeGreaterThan(15);
    return all.stream();
  }

  @ParameterizedTest
  @MethodSource("recipes")
  void checkSaysWhatTrainSays(Path recipe, @TempDir Path folder) throws IOException {
    String text = Files.readString(recipe);
    Path copy = folder.resolve(recipe.getFileName());
    String models = CHECKOUT.resolve("models/toybox").toString();
    String runs = ": " + folder.resolve("runs") + "/";
    Files.writeString(copy, text.replace("models/toybox", models).replace(": runs/", runs));
    List<String> line = new ArrayList<>(List.of("train", copy.toString(), "--quiet"));
    line.addAll(SHORT);
    if (text.contains("\n  clips:")) {
      line.addAll(List.of("--set", "objective.clips=3"));
    }
    TestCli cli = new TestCli(folder);
    List<String> checking = Stream.concat(line.stream(), Stream.of("--check")).toList();
    TestCli.Outcome check = cli.run(checking.toArray(String[]::new));
    if (check.code() == 0 && onAPage(recipe)) {
      assertThat(check.err()).isEmpty();
      return;
    }
    TestCli.Outcome train = cli.run(line.toArray(String[]::new));
    assertThat(check.code()).as(train.err() + check.err()).isEqualTo(train.code());
    assertThat(check.err()).isEqualTo(train.err());
  }

  /** Whether {@link PagesIT} trains it. */
  private static boolean onAPage(Path recipe) {
    String name = recipe.getFileName().toString().replace(".yaml", "");
    String command = "    ./zoetrope train " + name;
    try (Stream<Path> pages = Files.walk(CHECKOUT.resolve("docs"))) {
      return pages
          .filter(page -> page.toString().endsWith(".md"))
          .flatMap(RecipeCheckIT::lines)
          .anyMatch(line -> line.equals(command) || line.startsWith(command + " "));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Stream<String> lines(Path page) {
    try {
      return Files.readString(page).lines();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @ParameterizedTest
  @MethodSource("faults")
  void checkFinds(Map.Entry<String, String> fault, @TempDir Path folder) throws IOException {
    Files.createDirectories(folder.resolve("empty"));
    Path recipe = folder.resolve("r.yaml");
    Files.writeString(
        recipe,
        """
        name: r
        steps: 3
        batch: 1
        optimizer: {lr: 1e-3}
        data: {kind: toybox, width: 64, height: 64, frames: 2}
        objective: {kind: diffusion, network: toybox, autoencoder: %s, clips: 3}
        """
            .formatted(CHECKOUT.resolve("models/toybox")));
    TestCli cli = new TestCli(folder);
    TestCli.Outcome good = cli.run("train", "r.yaml", "--check");
    assertThat(good.code()).as(good.err()).isZero();
    assertThat(good.out()).contains("good, 3 steps");
    TestCli.Outcome outcome = cli.run("train", "r.yaml", "--check", "--set", fault.getKey());
    assertThat(outcome.code()).isEqualTo(1);
    assertThat(outcome.errors()).hasSize(1);
    assertThat(outcome.err()).contains(fault.getValue());
    assertThat(folder.resolve("runs")).doesNotExist();
  }

  static Stream<Map.Entry<String, String>> faults() {
    return Map.of(
        "objective.autoencoder=none/there", "no finished autoencoder in",
        "objective.init=none/there", "no checkpoint or model in",
        "schedule.warmup=9", "warmup must be 0 to steps (3)",
        "data={kind: folder, path: empty}", "empty")
        .entrySet()
        .stream();
  }
}
