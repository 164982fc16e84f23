package io.zoetrope.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.zoetrope.app.cli.terminal.Cancellation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Models and LoRAs by their names on the hub, from a cache that others filled. */
class HubModelsIT {
  private static final Path REFERENCE =
      Path.of("..", "core", "src", "test", "resources", "reference").toAbsolutePath().normalize();
  private static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";

  @TempDir private Path folder;

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path target = to.resolve(from.relativize(file));
        Files.createDirectories(target.getParent());
        Files.copy(file, target);
      }
    }
  }

  private Path snapshot(String repo, String commit) throws IOException {
    return Files.createDirectories(
        folder.resolve("hub/models--%s/snapshots/%s".formatted(repo.replace("/", "--"), commit)));
  }

  private TestCli.Outcome generate(String... more) {
    List<String> args =
        new ArrayList<>(
            List.of("generate", "a red ball", "--model", "acme/tiny", "--size", "32x32"));
    args.addAll(List.of("--sampler", "ddim", "--steps", "1", "-s", "1"));
    args.addAll(List.of(more));
    Map<String, String> environment = Map.of("HF_HUB_CACHE", folder.resolve("hub").toString());
    return new TestCli(folder, environment, new Cancellation()).run(args.toArray(String[]::new));
  }

  @Test
  void aPinnedSnapshotIsUsedAndSaidAndSeveralAreNamed() throws IOException {
    assertThat(generate().err()).contains("'zoetrope pull acme/tiny' does that");
    copy(REFERENCE.resolve("animatediff/model"), snapshot("acme/tiny", COMMIT));
    TestCli.Outcome one = generate();
    assertThat(one.code()).as(one.err()).isZero();
    assertThat(one.err()).contains("acme/tiny is here as acme/tiny@01234567 alone: it is used");
    snapshot("acme/tiny", "89abcdef" + "0".repeat(32));
    TestCli.Outcome several = generate();
    assertThat(several.code()).isEqualTo(1);
    assertThat(several.errors())
        .containsExactly(
            "zoetrope: acme/tiny is here as acme/tiny@01234567 and acme/tiny@89abcdef: name one");
  }

  @Test
  void aLoraIsTakenFromTheCacheByItsNameAndFile() throws IOException {
    copy(REFERENCE.resolve("animatediff/model"), snapshot("acme/tiny", COMMIT));
    assertThat(generate("--lora", "acme/styles").err())
        .contains("there is no 'acme/styles'")
        .contains("'zoetrope pull acme/styles' does that");
    copy(REFERENCE.resolve("lora/first_code"), snapshot("acme/styles", COMMIT));
    assertThat(generate("--lora", "acme/styles").err())
        .contains("has 2 safetensors files: name one, as diffusers-names.safetensors, first-code");
    TestCli.Outcome named = generate("--lora", "acme/styles/first-code-names.safetensors:0.5");
    assertThat(named.code()).as(named.err()).isZero();
    assertThat(named.err()).contains("first-code-names.safetensors: 2 of 2 layers used");
    assertThat(generate("--lora", "acme/styles/other.safetensors").err())
        .contains("has no file 'other.safetensors' here")
        .contains("zoetrope pull acme/styles --include other.safetensors");
  }

  @Test
  void clipsThatAreTooLongSayWhichOptionsHelp() throws IOException {
    copy(REFERENCE.resolve("animatediff/model"), snapshot("acme/tiny", COMMIT));
    Path adapter = REFERENCE.resolve("animatediff/model/motion_adapter");
    TestCli.Outcome outcome = generate("--motion-adapter", adapter.toString(), "--frames", "32");
    assertThat(outcome.code()).isEqualTo(1);
    assertThat(outcome.err())
        .contains("at most 24 frames, not 32: --window 16 or --free-noise makes longer ones");
  }
}
