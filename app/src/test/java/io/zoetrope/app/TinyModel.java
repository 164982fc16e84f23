package io.zoetrope.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.zoetrope.app.cli.terminal.Cancellation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** A model that a few steps of training made: it draws nothing, but does all that models do. */
final class TinyModel {
  /** Trains an autoencoder of 32x32 pixels. */
  static final String AUTOENCODER =
      """
      name: ae
      steps: 2
      batch: 1
      precision: f32
      optimizer: {lr: 1e-3}
      checkpoint: {every: 1}
      sample: {every: 0}
      data: {kind: toybox, width: 32, height: 32, frames: 1}
      objective: {kind: autoencoder, network: tiny}
      """;

  private static final String DIFFUSION =
      """
      name: video
      steps: 2
      batch: 1
      precision: f32
      optimizer: {lr: 1e-3}
      checkpoint: {every: 1}
      sample: {every: 0}
      data: {kind: toybox, width: 32, height: 32, frames: %d}
      objective: {kind: diffusion, network: tiny, autoencoder: %s, clips: 3}
      """;

  private TinyModel() {}

  /**
   * Trains one in a folder: it is then called {@code model} there.
   *
   * @return runs command lines in the folder, which find it
   */
  static TestCli train(Path folder, int frames) throws IOException {
    Path runs = folder.resolve("runs");
    TestCli cli = new TestCli(folder, Map.of("ZOETROPE_MODELS", "runs/video"), new Cancellation());
    Files.createDirectories(folder.resolve("recipes"));
    Files.writeString(folder.resolve("recipes/ae.yaml"), AUTOENCODER);
    Files.writeString(
        folder.resolve("video.yaml"), DIFFUSION.formatted(frames, runs.resolve("ae")));
    for (String recipe : new String[] {"ae", "video.yaml"}) {
      TestCli.Outcome outcome = cli.run("train", recipe, "--json", "--quiet");
      assertThat(outcome.code()).as(outcome.err()).isZero();
      assertThat(outcome.err()).isEmpty();
    }
    return cli;
  }
}
