package io.zoetrope.pipeline.family;

import io.zoetrope.checkpoint.Component;
import io.zoetrope.diffusion.NoiseLevel;
import io.zoetrope.diffusion.NoiseSchedule;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.network.ClassInput;
import io.zoetrope.network.NetworkConfig;
import io.zoetrope.network.prior.ToldEmbedding;
import io.zoetrope.network.vision.ClipVisionConfig;
import io.zoetrope.network.vision.ClipVisionModel;
import io.zoetrope.nn.Parameters;
import io.zoetrope.pipeline.schedule.Scheduling;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import tools.jackson.databind.JsonNode;

/** What tells a decoder the embedding of a picture: of a picture, or of a text by a prior. */
final class EmbeddingParts {
  static final String NORMALIZER = "image_normalizer";
  static final String NOISING = "image_noising_scheduler";
  static final String EYE = "image_encoder";
  static final String PRIOR = PriorParts.FOLDER;

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
    Component normalizer = normalizer(layout);
    int features = features(normalizer);
    ToldBy by = new ToldBy(files, choice, features);
    List<Part<?>> parts = new ArrayList<>();
    ToldEmbedding.Form form = form(layout, told, features);
    parts.add(by.part(Role.EMBEDDING, normalizer, p -> new ToldEmbedding(features, form, p)));
    Component eye = Component.encoder(layout.directory().resolve(EYE));
    if (eye.exists()) {
      parts.add(eye(by, eye));
    }
    if (PriorParts.in(files)) {
      PriorParts prior = PriorParts.read(files, choice);
      by.requireFeatures(layout.directory().resolve(PRIOR), prior.features());
      parts.addAll(prior.all());
    }
    return parts;
  }

  private static Component normalizer(ModelLayout layout) {
    return Component.diffusion(layout.directory().resolve(NORMALIZER));
  }

  private static int features(Component normalizer) {
    return normalizer.config(JsonNode.class).path("embedding_dim").asInt(ToldBy.FEATURES);
  }

  /** Features of the embedding that a decoder is told; empty if nothing is there for that. */
  static OptionalInt features(ModelLayout layout) {
    Component normalizer = normalizer(layout);
    return normalizer.exists() ? OptionalInt.of(features(normalizer)) : OptionalInt.empty();
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
      return PriorParts.part(files, choice, role, component, names, make);
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
}
