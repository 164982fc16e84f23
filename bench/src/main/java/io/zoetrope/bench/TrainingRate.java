package io.zoetrope.bench;

import io.zoetrope.diffusion.NoiseSchedule;
import io.zoetrope.diffusion.Prediction;
import io.zoetrope.diffusion.TimestepSampler;
import io.zoetrope.network.Work;
import io.zoetrope.network.dit.DitConfig;
import io.zoetrope.network.dit.SpaceTimeTransformer;
import io.zoetrope.network.text.PromptTokenizer;
import io.zoetrope.network.text.TextConfig;
import io.zoetrope.network.text.TextTransformer;
import io.zoetrope.network.text.WordPrompts;
import io.zoetrope.nn.ParameterStore;
import io.zoetrope.torch.AtomicFiles;
import io.zoetrope.torch.Autograd;
import io.zoetrope.torch.Precision;
import io.zoetrope.torch.RandomStream;
import io.zoetrope.torch.RandomStreams;
import io.zoetrope.torch.Scopes;
import io.zoetrope.train.AdamW;
import io.zoetrope.train.Ema;
import io.zoetrope.train.GradientClip;
import io.zoetrope.train.Optimizer;
import io.zoetrope.train.TrainingStep;
import io.zoetrope.train.footage.LatentClips;
import io.zoetrope.train.objective.Denoising;
import io.zoetrope.train.objective.DiffusionObjective;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * One training step of the bundled size, as its recipes make it: forward, backward, clipping, AdamW
 * and averaging, denoiser and text encoder together.
 */
final class TrainingRate {
  private static final int CLIPS = 32;
  private static final String CAPTION = "a small red ball slowly moves right over a grey table";

  private TrainingRate() {}

  /** What is trained on: the batch of a step, and its share of the whole. */
  private record Case(String name, int batch, int frames) {}

  static Table run(double budget) {
    Table table =
        new Table(
            "training",
            "One training step of size toybox: forward, backward, clip, AdamW, average",
            "batch",
            "format",
            "GFLOP",
            "runs",
            "median ms",
            "best ms",
            "clips/s",
            "GFLOP/s",
            "of GEMM",
            "optimiser ms");
    List<Case> cases =
        List.of(
            new Case("64 images", 64, 1),
            new Case("16 clips of 8 frames", 16, 8),
            new Case("8 clips of 16 frames", 8, 16));
    GemmRate.Roof roof = GemmRate.roof();
    for (Precision precision : List.of(Precision.F32, Precision.BF16)) {
      for (Case c : cases) {
        measure(table, c, precision, roof.of(precision), budget / 6);
      }
    }
    table.note(roof + ". GFLOP: three times the forward pass. Rates are those of the best run.");
    return table;
  }

  private static void measure(
      Table table, Case c, Precision precision, double roof, double budget) {
    DitConfig dit = DitConfig.size("toybox").withTemporal(c.frames > 1);
    String json = PromptTokenizer.wordLevel(List.of(CAPTION.split(" ", -1)));
    TextConfig words =
        new TextConfig(PromptTokenizer.size(json), 24, dit.textWidth(), 2, dit.heads());
    ParameterStore store = ParameterStore.forTraining(Map.of(), new RandomStreams(1), precision);
    SpaceTimeTransformer network = new SpaceTimeTransformer(dit, store.root().at("transformer"));
    TextTransformer text = new TextTransformer(words, store.root().at("text_encoder"));
    store.trainable(name -> true);
    Work flops =
        dit.work(new Work.Input(c.batch, c.frames, 8, 8, 24))
            .orElseThrow()
            .plus(words.work(c.batch))
            .training();
    try (PromptTokenizer tokenizer = tokenizer(json);
        AdamW optimizer =
            new AdamW(
                store.parameters(),
                new AdamW.Options(0.9, 0.99, 1e-8, 0.01),
                Optimizer.DECAY_MATRICES);
        Ema ema = new Ema(store.parameters(), 0.998)) {
      Scopes.run(() -> {
        DiffusionObjective objective = objective(network, text, tokenizer, c);
        double[] optimiser = {Double.MAX_VALUE};
        Timing timing =
            Timing.of(
                5,
                budget,
                () -> {
                  objective.loss(new TrainingStep(1, 0, 0, 1)).backward();
                  double start = Clock.seconds();
                  GradientClip.clip(store.parameters().values(), 1);
                  optimizer.step(1e-4);
                  ema.update();
                  store.parameters().values().forEach(Autograd::clear);
                  optimiser[0] = Math.min(optimiser[0], Clock.seconds() - start);
                });
        double rate = flops.total() / timing.best();
        table.row(
            c.name,
            precision.name().toLowerCase(Locale.ROOT),
            flops.total() / 1e9,
            timing.runs(),
            timing.median() * 1e3,
            timing.best() * 1e3,
            c.batch / timing.best(),
            rate / 1e9,
            rate / roof,
            optimiser[0] * 1e3);
      });
    }
    Scopes.run(store::close);
  }

  private static DiffusionObjective objective(
      SpaceTimeTransformer network, TextTransformer text, PromptTokenizer tokenizer, Case c) {
    Tensor latents;
    try (RandomStream random = new RandomStreams(1).stream("latents")) {
      latents = random.normal(CLIPS, 8, c.frames, 8, 8).to(ScalarType.BFloat16);
    }
    return new DiffusionObjective(
        network,
        new WordPrompts(text, tokenizer),
        new LatentClips(latents, Collections.nCopies(CLIPS, CAPTION)),
        new Denoising(
            NoiseSchedule.flow(1),
            Prediction.FLOW,
            new TimestepSampler(new TimestepSampler.LogitNormal(0, 1), 0.2)),
        new DiffusionObjective.Cut(c.batch, c.frames, 1, 0.1, false),
        (step, folder) -> {});
  }

  private static PromptTokenizer tokenizer(String json) {
    try {
      Path file = Files.createTempFile("tokenizer", ".json");
      try {
        AtomicFiles.text(file, json);
        return PromptTokenizer.load(file, 24);
      } finally {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
