package io.zoetrope.train.run;

import io.zoetrope.checkpoint.Component;
import io.zoetrope.checkpoint.safetensors.Safetensors;
import io.zoetrope.checkpoint.safetensors.SafetensorsFile;
import io.zoetrope.data.ClipDataset;
import io.zoetrope.diffusion.NoiseSchedule;
import io.zoetrope.diffusion.TimestepSampler;
import io.zoetrope.diffusion.X0Denoiser;
import io.zoetrope.network.NetworkConfig;
import io.zoetrope.network.VideoNetwork;
import io.zoetrope.network.text.PromptEncoder;
import io.zoetrope.network.text.TextConfig;
import io.zoetrope.network.text.TextTransformer;
import io.zoetrope.network.text.WordPrompts;
import io.zoetrope.network.vae.Autoencoder;
import io.zoetrope.network.vae.Pixels;
import io.zoetrope.nn.ParameterStore;
import io.zoetrope.pipeline.family.ModelIndex;
import io.zoetrope.pipeline.family.Networks;
import io.zoetrope.pipeline.model.ModelWriter;
import io.zoetrope.pipeline.schedule.SchedulerConfig;
import io.zoetrope.torch.AtomicFiles;
import io.zoetrope.torch.Fault;
import io.zoetrope.torch.Precision;
import io.zoetrope.torch.RandomStreams;
import io.zoetrope.torch.UserError;
import io.zoetrope.train.RunFolder;
import io.zoetrope.train.Trainer;
import io.zoetrope.train.TrainingListener;
import io.zoetrope.train.objective.DiffusionObjective;
import io.zoetrope.train.objective.LatentClips;
import io.zoetrope.train.recipe.DataBlock;
import io.zoetrope.train.recipe.ObjectiveBlock;
import io.zoetrope.train.recipe.Recipe;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.zip.CRC32;
import org.bytedeco.pytorch.Tensor;

/**
 * Trains a video network and its text encoder on latents or pixels, and writes a model directory.
 */
final class DiffusionRun {
  static final String TEXT = "text_encoder";

  private static final int TEXT_DEPTH = 2;

  private DiffusionRun() {}

  static TrainingRun.Outcome run(
      Recipe recipe, ObjectiveBlock.Diffusion block, RunFolder folder, TrainingListener listener) {
    Path product = folder.root().resolve("model");
    NetworkConfig config =
        Networks.of(block.network(), block.inflation()).withTemporal(block.temporal());
    try (AutoencoderRun.Loaded loaded =
            block.pixels()
                ? AutoencoderRun.Loaded.pixels()
                : AutoencoderRun.load(block.autoencoder());
        SafetensorsFile latents = latents(recipe, block, loaded, folder, listener);
        Vocabulary vocabulary = Vocabulary.open(recipe.data(), block, latents, folder);
        Weights init =
            block.init().map(path -> weightsOf(path, config.folder())).orElseGet(Weights::none)) {
      LatentClips clips = LatentClips.of(latents).emphasising(block.emphasis());
      int cut = block.cut() == 0 ? clips.frames() : block.cut();
      if (cut > clips.frames()) {
        throw new UserError(
            Fault.INVALID,
            "objective.cut is %d, but clips have only %d frames".formatted(cut, clips.frames()));
      }
      requireFit(block.network(), config, loaded.autoencoder());
      TextConfig words =
          new TextConfig(
              vocabulary.size(),
              Vocabulary.PROMPT_LENGTH,
              config.textWidth(),
              TEXT_DEPTH,
              config.attentionHeads());
      ParameterStore store =
          ParameterStore.forTraining(
              init.tensors(),
              new RandomStreams(recipe.seed()).child("init"),
              Precision.of(recipe.precision(), config.features()));
      String prefix = config.folder() + ".";
      VideoNetwork network = config.build(store.root().at(config.folder()));
      if (block.init().isPresent() && store.missing().size() == store.parameters().size()) {
        throw new UserError(
            Fault.MISMATCH,
            "objective.init: nothing in %s fits the network '%s'"
                .formatted(block.init().get(), block.network()));
      }
      PromptEncoder prompts =
          new WordPrompts(
              new TextTransformer(words, store.root().at(TEXT)), vocabulary.tokenizer());
      store.trainable(name ->
          block.trains(name)
              && (!name.startsWith(prefix) || config.trains(name.substring(prefix.length()))));

      String prediction = block.prediction().name().toLowerCase(Locale.ROOT);
      SchedulerConfig scheduler =
          new SchedulerConfig(
              prediction.equals("flow") ? "flow" : "cosine", block.shift(), prediction);
      NoiseSchedule schedule = scheduler.toSchedule();
      SampleSheet sheet =
          new SampleSheet(
              X0Denoiser.of(network, schedule, scheduler.toPrediction()),
              prompts,
              loaded.autoencoder(),
              clips,
              config.temporal() ? clips.frames() : 1);
      DiffusionObjective objective =
          new DiffusionObjective(
              network,
              prompts,
              clips,
              schedule,
              scheduler.toPrediction(),
              levels(block),
              new DiffusionObjective.Cut(
                  recipe.batch(),
                  cut,
                  block.maxStride(),
                  block.captionDropout(),
                  block.checkpointing(),
                  block.images(),
                  block.given()),
              sheet::write);
      Trainer.Result result;
      try (store;
          Trainer trainer = new Trainer(store.parameters(), objective, recipe.settings(), folder)) {
        result = trainer.run(listener);
        if (!result.cancelled()) {
          Map<String, Tensor> ema = trainer.ema().tensors();
          new ModelWriter(
                  index(recipe.data(), scheduler), scheduler, config, words, loaded.config())
              .write(
                  product,
                  Component.below(prefix, ema),
                  Component.below(TEXT + ".", ema),
                  loaded.store().parameters(),
                  vocabulary.json());
        }
      }
      return new TrainingRun.Outcome(result, product);
    }
  }

  private static void requireFit(String name, NetworkConfig config, Autoencoder autoencoder) {
    if (config.takes() != autoencoder.channels()) {
      boolean pixels = autoencoder instanceof Pixels;
      throw new UserError(
          Fault.MISMATCH,
          "network '%s' takes latents of %d channels, %s %d"
              .formatted(
                  name,
                  config.takes(),
                  pixels ? "pixels have" : "the autoencoder makes",
                  autoencoder.channels()),
          pixels ? "name an autoencoder" : "");
    }
  }

  private static TimestepSampler levels(ObjectiveBlock.Diffusion block) {
    return new TimestepSampler(
        density(block.levels()),
        block.perFrame(),
        switch (block.perFrameDraw()) {
          case CLIP -> TimestepSampler.Decided.CLIP;
          case BATCH -> TimestepSampler.Decided.BATCH;
        });
  }

  private static ModelIndex index(DataBlock data, SchedulerConfig scheduler) {
    // The straight path is the flow schedule's own; others are followed best by DDIM.
    String sampler = scheduler.schedule().equals("flow") ? "flow-euler" : "ddim";
    return new ModelIndex(
        ModelIndex.KIND,
        new ModelIndex.Defaults(
            data.width(), data.height(), data.frames(), data.fps(), 24, 3.0, sampler));
  }

  private static TimestepSampler.Density density(ObjectiveBlock.Levels levels) {
    return switch (levels) {
      case ObjectiveBlock.Levels.Uniform u -> new TimestepSampler.Uniform();
      case ObjectiveBlock.Levels.LogitNormal n ->
          new TimestepSampler.LogitNormal(n.mean(), n.std());
    };
  }

  /** The latents of the recipe's clips: encoded once, then shared by all runs beside this one. */
  private static SafetensorsFile latents(
      Recipe recipe,
      ObjectiveBlock.Diffusion block,
      AutoencoderRun.Loaded loaded,
      RunFolder folder,
      TrainingListener listener) {
    CRC32 weights = new CRC32();
    loaded
        .store()
        .parameters()
        .values()
        .forEach(t -> weights.update(io.zoetrope.torch.Tensors.toBytes(t)));
    String key = recipe.data() + "|" + block.clips() + "|" + weights.getValue();
    CRC32 name = new CRC32();
    name.update(key.getBytes(StandardCharsets.UTF_8));
    Path file =
        folder
            .root()
            .resolveSibling("latents")
            .resolve(HexFormat.of().toHexDigits((int) name.getValue()) + ".safetensors");
    if (!Files.exists(file)) {
      try {
        Files.createDirectories(file.getParent());
      } catch (IOException e) {
        throw AtomicFiles.cannot("write", file, e);
      }
      ClipDataset data = TrainingRun.data(recipe.data());
      long clips = Math.min(block.clips(), data.size());
      LatentClips.encode(
          data, loaded.autoencoder(), clips, file, done -> listener.preparing(done, clips));
    }
    return Safetensors.open(file);
  }

  /** The averaged weights of a run's newest checkpoint, those of a model directory, or a file. */
  private static Weights weightsOf(Path path, String folder) {
    if (Files.isRegularFile(path)) {
      return Weights.of(path);
    }
    Component network = Component.diffusion(path.resolve(folder));
    if (Files.isRegularFile(network.weights())) {
      return Weights.of(
          Map.of(
              folder + ".", network.weights(),
              TEXT + ".", Component.encoder(path.resolve(TEXT)).weights()));
    }
    return RunFolder.checkpoints(path).stream()
        .reduce((older, newer) -> newer)
        .map(checkpoint -> Weights.of(checkpoint.resolve("ema.safetensors")))
        .orElseThrow(() ->
            new UserError(Fault.NOT_FOUND, "no checkpoint or model in " + path + " to start from"));
  }
}
