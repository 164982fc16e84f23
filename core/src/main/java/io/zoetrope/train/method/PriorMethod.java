package io.zoetrope.train.method;

import io.zoetrope.checkpoint.Component;
import io.zoetrope.checkpoint.JsonFiles;
import io.zoetrope.diffusion.NoiseSchedule;
import io.zoetrope.diffusion.Prediction;
import io.zoetrope.error.UserError;
import io.zoetrope.eval.features.ClassifierFeatures;
import io.zoetrope.network.prior.PriorConfig;
import io.zoetrope.network.prior.PriorTransformer;
import io.zoetrope.network.text.PromptEncoder;
import io.zoetrope.network.text.TextConfig;
import io.zoetrope.network.text.TextTransformer;
import io.zoetrope.network.text.WordPrompts;
import io.zoetrope.nn.ParameterStore;
import io.zoetrope.pipeline.family.ModelLayout;
import io.zoetrope.pipeline.family.PriorParts;
import io.zoetrope.pipeline.schedule.SchedulerConfig;
import io.zoetrope.record.Default;
import io.zoetrope.record.Limits;
import io.zoetrope.torch.AtomicFiles;
import io.zoetrope.torch.Precision;
import io.zoetrope.train.recipe.Recipe;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Trains a prior: diffusion over one vector, what a frozen classifier makes of a frame, from the
 * caption of its clip (Ramesh et al. 2022, section 2.2; Singer et al. 2022, section 3.1). It writes
 * the folders that a decoder's directory has of it, which are also the first stage of a cascade.
 *
 * @param classifier whose features of single frames stand for pictures
 * @param blocks of the transformer
 * @param heads of its attention
 * @param clips of the data that it learns from, a frame of each
 * @param captionDropout probability that a caption is left away, for guidance
 */
record PriorMethod(
    Path classifier,
    @Default("4") int blocks,
    @Default("4") int heads,
    @Default("4096") int clips,
    @Default("0.1") double captionDropout)
    implements Method {
  private static final String NETWORK = "prior";
  private static final String TEXT = "prior_text_encoder";
  private static final int TEXT_DEPTH = 2;

  PriorMethod {
    Limits.USUAL.real("captionDropout", 0, 1, captionDropout);
    if (blocks < 1 || blocks > 64 || heads < 1 || heads > 64 || clips < 2) {
      throw new UserError(
          "blocks and heads must be 1 to 64 and clips at least 2, are %s, %s and %s"
              .formatted(blocks, heads, clips));
    }
  }

  @Override
  public Prepared prepare(Setting setting) {
    Recipe<?> recipe = setting.recipe();
    ClassifierFeatures eye = ClassifierFeatures.load(classifier);
    setting.own(eye::close);
    FrameFeatures frames =
        FrameFeatures.of(setting.data(), setting.clips(clips), eye, setting.listener());
    setting.own(frames);
    Vocabulary vocabulary =
        Vocabulary.open(recipe.data(), Optional.empty(), frames.captions(), setting.folder());
    setting.own(vocabulary);
    int features = eye.classifier().config().features();
    if (features % heads != 0) {
      throw new UserError(
          "objective.heads must divide the %s features, is %s".formatted(features, heads));
    }
    PriorConfig config =
        new PriorConfig(
            heads, features / heads, blocks, features, Vocabulary.PROMPT_LENGTH, features);
    TextConfig words =
        new TextConfig(vocabulary.size(), Vocabulary.PROMPT_LENGTH, features, TEXT_DEPTH, heads);
    ParameterStore store =
        setting.store(
            Map.of(
                NETWORK + ".clip_mean",
                frames.mean_1E(),
                NETWORK + ".clip_std",
                frames.deviation_1E()),
            Precision.of(recipe.precision(), features));
    PriorTransformer prior = new PriorTransformer(config, store.root().at(NETWORK));
    PromptEncoder prompts =
        new WordPrompts(new TextTransformer(words, store.root().at(TEXT)), vocabulary.tokenizer());
    store.trainable(name -> !name.startsWith(NETWORK + ".clip_"));
    CaptionReading.warn(prompts, frames.captions(), setting.listener());
    PriorObjective objective =
        new PriorObjective(
            prior,
            prompts,
            frames,
            eye.classifier(),
            NoiseSchedule.cosine(),
            recipe.batch(),
            captionDropout);
    Path product = setting.folder().root().resolve("model");
    return Prepared.of(
        setting,
        store.parameters(),
        objective,
        new Product(product, ema -> write(product, config, words, ema.tensors(), vocabulary)));
  }

  private static void write(
      Path folder,
      PriorConfig config,
      TextConfig words,
      Map<String, Tensor> weights,
      Vocabulary vocabulary) {
    ModelLayout layout = new ModelLayout(folder).prior();
    Component.diffusion(folder.resolve(NETWORK))
        .write(config, Component.below(NETWORK + ".", weights), ScalarType.BFloat16);
    layout.text().write(words, Component.below(TEXT + ".", weights), ScalarType.BFloat16);
    JsonFiles.write(layout.scheduler(), new SchedulerConfig("cosine", 1, Prediction.X0.name()));
    try {
      Files.createDirectories(layout.tokenizerFolder());
    } catch (IOException e) {
      throw AtomicFiles.cannot("write", folder, e);
    }
    AtomicFiles.text(layout.tokenizer(), vocabulary.json());
    JsonFiles.write(layout.index(), Map.of("_class_name", PriorParts.KIND));
  }
}
