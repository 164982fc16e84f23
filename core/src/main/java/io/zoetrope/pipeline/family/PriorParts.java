package io.zoetrope.pipeline.family;

import io.zoetrope.checkpoint.Component;
import io.zoetrope.checkpoint.JsonFiles;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.network.prior.PriorConfig;
import io.zoetrope.network.prior.PriorTransformer;
import io.zoetrope.network.text.PromptEncoder;
import io.zoetrope.network.text.clip.ClipWholePrompts;
import io.zoetrope.nn.Footprint;
import io.zoetrope.nn.Holding;
import io.zoetrope.nn.Parameters;
import io.zoetrope.pipeline.schedule.DiffusersScheduler;
import io.zoetrope.pipeline.schedule.Scheduling;
import io.zoetrope.torch.Precision;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import tools.jackson.databind.JsonNode;

/**
 * A prior in a folder, alone or beside the decoder that is told what it makes: {@code prior},
 * {@code prior_text_encoder}, {@code prior_tokenizer} and {@code prior_scheduler}.
 *
 * @param features of an embedding
 * @param prior the network
 * @param words what reads texts for it
 */
public record PriorParts(int features, Part<Prior> prior, Part<Supplier<PromptEncoder>> words) {
  /** What the index of a folder says in which there is a prior and no decoder. */
  public static final String KIND = "ZoetropePrior";

  /** Its folder. */
  public static final String FOLDER = "prior";

  /** Both parts. */
  public List<Part<?>> all() {
    return List.of(prior, words);
  }

  /** Whether a folder has one. */
  static boolean in(ModelFiles files) {
    return files.isDirectory() && component(files).exists();
  }

  /**
   * Features of the embedding that the model of a folder is told; empty if it is told none.
   *
   * @throws UserError if the config is damaged
   */
  public static OptionalInt told(ModelFiles files) {
    return files.isDirectory() ? EmbeddingParts.features(files.layout()) : OptionalInt.empty();
  }

  private static Component component(ModelFiles files) {
    return Component.diffusion(files.layout().directory().resolve(FOLDER));
  }

  /**
   * Reads the configs.
   *
   * @throws UserError if there is none, or they do not fit together
   */
  public static PriorParts read(ModelFiles files, ModelChoice choice) {
    if (!in(files)) {
      throw new UserError(
          Fault.MISMATCH,
          "%s has no prior, which makes embeddings of texts".formatted(files.model()),
          "one is trained by recipes/mav-prior.yaml");
    }
    ModelLayout layout = files.layout().prior();
    Component network = component(files);
    PriorConfig config = network.config(PriorConfig.class);
    TextPart text = TextPart.read(layout, choice.reading(), List.of(), OptionalInt.empty());
    if (text.width() != config.embedding()) {
      throw new UserError(
          Fault.MISMATCH,
          "%s reads text of %s features, %s makes %s"
              .formatted(
                  network.folder(), config.embedding(), layout.text().folder(), text.width()));
    }
    Scheduling scheduling = Scheduling.read(layout.scheduler());
    String sampler = scheduling instanceof DiffusersScheduler file ? file.sampler() : "ancestral";
    String kind =
        JsonFiles.read(layout.text().folder().resolve("config.json"), JsonNode.class)
            .path("architectures")
            .path(0)
            .asString("");
    boolean shared = kind.equals(ClipWholePrompts.Weights.KIND);
    return new PriorParts(
        config.embedding(),
        part(
            files,
            choice,
            Role.PRIOR,
            network,
            UnaryOperator.identity(),
            p -> new Prior(new PriorTransformer(config, p), scheduling, sampler, shared)),
        part(files, choice, Role.PRIOR_TEXT, layout.text(), text.names(), text.make()));
  }

  /** A part beside a decoder that is asked once a video, and is small beside the decoder. */
  static <T> Part<T> part(
      ModelFiles files,
      ModelChoice choice,
      Role<T> role,
      Component component,
      UnaryOperator<String> names,
      Function<Parameters, T> make) {
    String name = Assembly.name(component);
    return new Part<>(
        role,
        name,
        List.of(files.place(name, component, choice.variant(), names)),
        Holding.waiting(Precision.F32).on(choice.placement().of(role)),
        clip -> new Footprint(1, 0),
        make);
  }
}
