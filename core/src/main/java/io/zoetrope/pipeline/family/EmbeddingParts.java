package io.zoetrope.pipeline.family;

import io.zoetrope.checkpoint.Component;
import io.zoetrope.checkpoint.JsonFiles;
import io.zoetrope.diffusion.NoiseLevel;
import io.zoetrope.diffusion.NoiseSchedule;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.network.ClassInput;
import io.zoetrope.network.NetworkConfig;
import io.zoetrope.network.prior.PriorConfig;
import io.zoetrope.network.prior.PriorTransformer;
import io.zoetrope.network.prior.ToldEmbedding;
import io.zoetrope.network.text.PromptEncoder;
import io.zoetrope.network.text.clip.ClipWholePrompts;
import io.zoetrope.network.vision.ClipVisionConfig;
import io.zoetrope.network.vision.ClipVisionModel;
import io.zoetrope.nn.Footprint;
import io.zoetrope.nn.Holding;
import io.zoetrope.nn.Parameters;
import io.zoetrope.pipeline.schedule.DiffusersScheduler;
import io.zoetrope.pipeline.schedule.Scheduling;
import io.zoetrope.torch.Precision;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import tools.jackson.databind.JsonNode;

/** What tells a decoder the embedding of a picture: of a picture, or of a text by a prior. */
final class EmbeddingParts {
  static final String NORMALIZER = "image_normalizer";
  static final String NOISING = "image_noising_scheduler";
  static final String EYE = "image_encoder";
  static final String PRIOR = "prior";

  private EmbeddingParts() {}

  /**
   * The parts of a directory; none if its network is told no embedding.
   *
   * @throws UserError if a config is missing or damaged, or they do not fit together
   */
  static List<Part<?>> parts(ModelFiles files, ModelChoice choice, NetworkConfig network) {
    ClassInput told = network.told().classes();
    if (told.kind() != ClassInput.Kind.EMBEDDING) {
      return List.of();
    }
    ModelLayout layout = files.layout();
    Component normalizer = Component.diffusion(layout.directory().resolve(NORMALIZER));
    int features = normalizer.config(JsonNode.class).path("embedding_dim").asInt(ToldBy.FEATURES);
    ToldBy by = new ToldBy(files, choice, features);
    List<Part<?>> parts = new ArrayList<>();
    ToldEmbedding.Form form = form(layout, told, features);
    parts.add(by.part(Role.EMBEDDING, normalizer, p -> new ToldEmbedding(features, form, p)));
    Component eye = Component.encoder(layout.directory().resolve(EYE));
    if (eye.exists()) {
      parts.add(eye(by, eye));
    }
    Component prior = Component.diffusion(layout.directory().resolve(PRIOR));
    if (prior.exists()) {
      parts.addAll(prior(by, layout.prior(), prior));
    }
    return parts;
  }

  /** What is the same for each part. */
  private record ToldBy(ModelFiles files, ModelChoice choice, int features) {
    /** As in the first unCLIP. */
    static final int FEATURES = 768;

    <T> Part<T> part(Role<T> role, Component component, Function<Parameters, T> make) {
      return part(role, component, UnaryOperator.identity(), make);
    }

    <T> Part<T> part(
        Role<T> role,
        Component component,
        UnaryOperator<String> names,
        Function<Parameters, T> make) {
      String name = Assembly.name(component);
      Precision precision = Precision.F32; // once a video, and small beside the decoder
      return new Part<>(
          role,
          name,
          List.of(files.place(name, component, choice.variant(), names)),
          Holding.waiting(precision).on(choice.placement().of(role)),
          clip -> new Footprint(1, 0),
          make);
    }

    void requireFeatures(Path folder, int own) {
      if (own != features) {
        throw new UserError(
            Fault.MISMATCH,
            "%s makes embeddings of %s features, the decoder is told %s"
                .formatted(folder, own, features));
      }
    }
  }

  /** By how many numbers the network is told for each feature. */
  private static ToldEmbedding.Form form(ModelLayout layout, ClassInput told, int features) {
    if (told.size() == features) {
      return new ToldEmbedding.Form.Standardised();
    }
    if (told.size() != 2 * features) {
      throw new UserError(
          Fault.MISMATCH,
          "%s: its U-Net is told %s numbers, which are neither an embedding of %s nor that and its level"
              .formatted(layout.directory(), told.size(), features));
    }
    Path file = layout.directory().resolve(NOISING + "/scheduler_config.json");
    Scheduling noising = Scheduling.read(file);
    NoiseSchedule schedule = noising.toSchedule();
    double[] levels = schedule.trainingLevels();
    return new ToldEmbedding.Form.Noised(t -> at(schedule, levels, t));
  }

  private static NoiseLevel at(NoiseSchedule schedule, double[] levels, int timestep) {
    return schedule.at(levels[Math.clamp(timestep, 0, levels.length - 1)]);
  }

  private static Part<ClipVisionModel> eye(ToldBy by, Component eye) {
    ClipVisionConfig config = eye.config(ClipVisionConfig.class);
    by.requireFeatures(eye.folder(), config.projection());
    return by.part(Role.EYE, eye, ClipVisionModel::name, p -> new ClipVisionModel(config, p));
  }

  private static List<Part<?>> prior(ToldBy by, ModelLayout layout, Component prior) {
    PriorConfig config = prior.config(PriorConfig.class);
    by.requireFeatures(prior.folder(), config.embedding());
    TextPart text = TextPart.read(layout, by.choice.reading(), List.of(), OptionalInt.empty());
    if (text.width() != config.embedding()) {
      throw new UserError(
          Fault.MISMATCH,
          "%s reads text of %s features, %s makes %s"
              .formatted(prior.folder(), config.embedding(), layout.text().folder(), text.width()));
    }
    Scheduling scheduling = Scheduling.read(layout.scheduler());
    String sampler = scheduling instanceof DiffusersScheduler file ? file.sampler() : "ancestral";
    String kind =
        JsonFiles.read(layout.text().folder().resolve("config.json"), JsonNode.class)
            .path("architectures")
            .path(0)
            .asString("");
    boolean shared = kind.equals(ClipWholePrompts.Weights.KIND);
    Part<Prior> made =
        by.part(
            Role.PRIOR,
            prior,
            p -> new Prior(new PriorTransformer(config, p), scheduling, sampler, shared));
    Part<Supplier<PromptEncoder>> words =
        by.part(Role.PRIOR_TEXT, layout.text(), text.names(), text.make());
    return List.of(made, words);
  }
}
