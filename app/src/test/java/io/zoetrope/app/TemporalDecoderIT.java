package io.zoetrope.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.zoetrope.checkpoint.Component;
import io.zoetrope.network.vae.Autoencoder;
import io.zoetrope.network.vae.KlConfig;
import io.zoetrope.network.vae.KlTemporalConfig;
import io.zoetrope.nn.ParameterStore;
import io.zoetrope.torch.Ops;
import io.zoetrope.torch.Precision;
import io.zoetrope.torch.RandomStream;
import io.zoetrope.torch.RandomStreams;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** A decoder that sees a clip's frames together, behind a tiny AnimateDiff. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TemporalDecoderIT {
  private static final Path MODEL =
      Path.of("../core/src/test/resources/reference/animatediff/model").toAbsolutePath();

  private static final String CHUNKS =
      "decoded in 2 chunks of 7 frames that fade into each other over 4, not all 10 at once";

  private TestCli cli = new TestCli(Path.of(""));

  @BeforeAll
  void furnish(@TempDir Path folder) {
    cli = new TestCli(folder);
    KlTemporalConfig config =
        new KlTemporalConfig(
            new KlConfig(List.of(8, 8, 16, 16), 2, 4, 4, 64, 0.18215, 0, true, false, true));
    try (ParameterStore store =
        ParameterStore.forTraining(Map.of(), new RandomStreams(4), Precision.F32)) {
      Autoencoder unused = config.build(store.root());
      store
          .parameters()
          .forEach((key, p) ->
              Scopes.run(() -> {
                try (RandomStream random = new RandomStreams(6).stream(key)) {
                  Tensor noise = Ops.mul(random.normal(Tensors.shape(p)), 0.05);
                  Scopes.noGrad(() -> p.add_(noise));
                }
              }));
      Component.diffusion(folder.resolve("steady"))
          .write(config, store.parameters(), ScalarType.Float);
    }
  }

  private TestCli.Outcome run(String verb, String out, String... more) {
    List<String> line =
        new ArrayList<>(
            List.of(
                verb,
                "a red ball",
                "-m",
                MODEL.toString(),
                "--motion-adapter",
                MODEL.resolve("motion_adapter").toString(),
                "--size",
                "64x48",
                "--steps",
                "1",
                "-s",
                "3",
                "-o",
                out));
    line.addAll(List.of(more));
    return cli.run(line.toArray(String[]::new));
  }

  private static long count(String text, String part) {
    return text.lines().filter(line -> line.contains(part)).count();
  }

  @Test
  void wholeClipsAndClipsInChunksWhichIsSaidOnce() {
    TestCli.Outcome whole = run("generate", "whole.gif", "--vae", "steady", "--frames", "10");
    assertThat(whole.code()).as(whole.err()).isZero();
    assertThat(whole.err()).doesNotContain("decoded in");
    TestCli.Outcome cut =
        run(
            "generate",
            "cut.gif",
            "--vae",
            "steady",
            "--frames",
            "10",
            "--decode-frames",
            "7",
            "--save-latents",
            "z.safetensors");
    assertThat(cut.code()).as(cut.err()).isZero();
    assertThat(count(cut.err(), CHUNKS)).as(cut.err()).isEqualTo(1);
  }

  @Test
  void whereItChangesNothingThatIsSaid() {
    TestCli.Outcome idle = run("generate", "idle.gif", "--frames", "4", "--decode-frames", "2");
    assertThat(idle.code()).as(idle.err()).isZero();
    assertThat(idle.err()).contains("changes nothing: this model's decoder does each by itself");
  }

  @Test
  void aVideoWithoutEndIsRefused() {
    TestCli.Outcome roll = run("roll", "roll.gif", "--vae", "steady", "--frames", "40");
    assertThat(roll.code()).isEqualTo(1);
    assertThat(roll.errors().getLast()).contains("shows no frame before it has seen all");
  }

  @Test
  void whatIsMeasuredOfAnAutoencoder() {
    TestCli.Outcome found =
        cli.run("evaluate", "--autoencoder", "steady", "-n", "2", "--batch", "2", "--json");
    assertThat(found.code()).as(found.err()).isZero();
    assertThat(found.out()).contains("flicker_beyond_rendered").contains("chunks_of_8_overlap_4");
  }
}
