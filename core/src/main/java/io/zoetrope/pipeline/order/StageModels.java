package io.zoetrope.pipeline.order;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.network.vae.LatentGrid;
import io.zoetrope.pipeline.cascade.Bridge;
import io.zoetrope.pipeline.cascade.Cascade;
import io.zoetrope.pipeline.cascade.CascadeRun;
import io.zoetrope.pipeline.cascade.Seen;
import io.zoetrope.pipeline.cascade.Stage;
import io.zoetrope.pipeline.family.Ability;
import io.zoetrope.pipeline.family.Blueprint;
import io.zoetrope.pipeline.family.Families;
import io.zoetrope.pipeline.family.ModelChoice;
import io.zoetrope.pipeline.family.ModelFiles;
import io.zoetrope.pipeline.family.ModelIndex;
import io.zoetrope.pipeline.family.PriorParts;
import io.zoetrope.pipeline.model.Size;
import io.zoetrope.pipeline.model.VideoRequest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Supplier;

/**
 * What the files of a cascade's models say before any weight is loaded, so that what does not fit
 * together is said before the first stage has run for an hour.
 *
 * @param cascade its stages, up to the last that is run
 * @param models of each stage
 */
record StageModels(Cascade cascade, List<Read> models) {
  /** What was read of a stage's model. */
  sealed interface Read {
    /**
     * One that makes videos.
     *
     * @param told features of the embedding that it is told; empty if it is told none
     */
    record Maker(Blueprint model, OptionalInt told) implements Read {}

    /** A prior, whose embeddings have so many features. */
    record Prior(int features) implements Read {}
  }

  StageModels {
    models = List.copyOf(models);
  }

  /**
   * Reads them.
   *
   * @param own what stages have that name no model, nor do those before
   * @param to behind the last stage that is run
   * @throws UserError if one is not there, or is no model; says which stage has it
   */
  static StageModels read(Cascade cascade, ModelRef own, Sources sources, int to) {
    Map<Optional<String>, Read> known = new LinkedHashMap<>();
    List<Read> models = new ArrayList<>();
    Optional<String> name = Optional.empty();
    for (int at = 0; at < to; at++) {
      Stage stage = cascade.stages().get(at);
      Optional<String> wanted = stage.modelAfter(name);
      name = stage.bridge().within() ? name : wanted;
      int number = at + 1;
      models.add(
          of(
              number,
              () ->
                  stage.bridge().makesVideo()
                      ? known.computeIfAbsent(wanted, n -> maker(n, own, sources))
                      : prior(wanted, own, sources)));
    }
    return new StageModels(new Cascade(cascade.stages().subList(0, to)), models);
  }

  private static Read maker(Optional<String> name, ModelRef own, Sources sources) {
    ModelChoice choice = choice(name, own, sources);
    try (ModelFiles files = ModelFiles.open(choice.model())) {
      return new Read.Maker(Families.ALL.read(files, choice), PriorParts.told(files));
    }
  }

  private static Read prior(Optional<String> name, ModelRef own, Sources sources) {
    ModelChoice choice = choice(name, own, sources);
    try (ModelFiles files = ModelFiles.open(choice.model())) {
      return new Read.Prior(PriorParts.read(files, choice).features());
    }
  }

  private static ModelChoice choice(Optional<String> name, ModelRef own, Sources sources) {
    return name.map(n -> own.alone(sources.model(n)))
        .orElseGet(
            () -> own.choice(sources.model(own.name()), path -> sources.file(path.toString())));
  }

  private static <T> T of(int number, Supplier<T> body) {
    try {
      return body.get();
    } catch (UserError e) {
      throw new UserError(e.fault(), "stage %s: %s".formatted(number, e.reason()), e.mend(), e);
    }
  }

  /** Of the first model that makes videos. */
  ModelIndex.Defaults defaults() {
    return first().defaults();
  }

  /** Of the first model that makes videos. */
  LatentGrid grid() {
    return first().grid();
  }

  private Blueprint first() {
    return models.stream()
        .<Blueprint>mapMulti((read, sink) -> {
          if (read instanceof Read.Maker maker) {
            sink.accept(maker.model);
          }
        })
        .findFirst()
        .orElseThrow(() ->
            new UserError("stage 1 makes an embedding and no video: run the stage behind it, too"));
  }

  /**
   * Looks whether stages fit together, and their models to what is asked of them.
   *
   * @param from first stage that is run, from 0
   * @param asked as the first stage of all is
   * @throws UserError if not; says which stage has it
   */
  void check(int from, VideoRequest asked) {
    List<VideoRequest> requests = CascadeRun.requests(cascade, asked);
    Optional<Size> before = Optional.empty();
    OptionalInt frames = OptionalInt.empty();
    int sampled = 0;
    OptionalInt made = OptionalInt.empty();
    for (int at = 0; at < models.size(); at++) {
      Stage stage = cascade.stages().get(at);
      if (stage.bridge().within()) {
        continue;
      }
      VideoRequest request = requests.get(sampled++);
      if (!(models.get(at) instanceof Read.Maker(Blueprint model, OptionalInt told))) {
        made = models.get(at) instanceof Read.Prior(int n) ? OptionalInt.of(n) : made;
        continue;
      }
      Size size = new Size(request.width(), request.height());
      frames = frames(stage, frames, model.grid().latents(request.frames()));
      OptionalInt all = frames;
      OptionalInt features = made;
      Optional<Size> last = before;
      if (at >= from) {
        of(
            at + 1,
            () -> {
              last.ifPresent(small -> requireGrowing(small, size));
              requireFit(stage, model, size);
              requireTold(stage, told, features);
              all.ifPresent(n -> requireWindows(stage, n, request.frames()));
              return size;
            });
      }
      before = Optional.of(size);
    }
  }

  private static void requireTold(Stage stage, OptionalInt told, OptionalInt made) {
    boolean embedded = stage.bridge() instanceof Bridge.Embedding;
    if (embedded && told.isEmpty()) {
      throw new UserError(
          Fault.UNSUPPORTED, "its model is told no embedding: nothing enters it over that bridge");
    }
    if (embedded && made.isPresent() && made.getAsInt() != told.getAsInt()) {
      throw new UserError(
          Fault.MISMATCH,
          "its model is told embeddings of %s features, the prior makes them of %s"
              .formatted(told.getAsInt(), made.getAsInt()));
    }
  }

  private static void requireSeeing(Stage stage, boolean seesBeside) {
    if (!seesBeside && stage.bridge() instanceof Bridge.Repeat) {
      throw new UserError(
          Fault.UNSUPPORTED,
          "its model sees nothing beside its video, so frames cannot be repeated there",
          "the bridge masked raises the rate with any model");
    }
    if (!seesBeside && stage.augments()) {
      throw new UserError(
          Fault.UNSUPPORTED,
          "its model sees nothing beside its video that could be noised",
          "leave augmentation out");
    }
  }

  /** Latents of its video; empty if it begins with one of which that is not known. */
  private static OptionalInt frames(Stage stage, OptionalInt before, int own) {
    boolean anew =
        stage.bridge() instanceof Bridge.None || stage.bridge() instanceof Bridge.Embedding;
    return before.isPresent() || anew
        ? OptionalInt.of(stage.bridge().frames(before.orElse(own), own))
        : before;
  }

  private static void requireWindows(Stage stage, int all, int window) {
    int shared = stage.bridge().shared().orElse(0);
    if (all > window && shared >= window) {
      throw new UserError(
          Fault.INVALID,
          "%s frames are made in windows of %s, which overlap by 1 to %s frames, not %s"
              .formatted(all, window, window - 1, shared),
          "say overlap in its bridge, or more frames");
    }
  }

  private static void requireGrowing(Size small, Size size) {
    if (size.smaller(small)) {
      throw new UserError(
          Fault.MISMATCH,
          "it is %s after %s: a cascade makes videos larger".formatted(size, small),
          "say its size");
    }
  }

  private static void requireFit(Stage stage, Blueprint model, Size size) {
    if (!model.can(Ability.VIDEO)) {
      throw new UserError(Fault.UNSUPPORTED, "its model makes single pictures");
    }
    int space = model.grid().space();
    if (size.width() % space != 0 || size.height() % space != 0) {
      throw new UserError(
          Fault.INVALID,
          "its model makes sizes that are multiples of %s, not %s".formatted(space, size));
    }
    requireSeeing(stage, model.beside().isPresent());
    model.beside().ifPresent(kind -> Seen.requireCrossing(kind, stage));
    boolean latentEach = model.grid().time() == 1;
    boolean needsEach =
        stage.bridge() instanceof Bridge.Masked || stage.bridge() instanceof Bridge.Repeat;
    if (needsEach && !latentEach) {
      throw new UserError(
          Fault.UNSUPPORTED,
          "frames between others are for models with a latent for each frame; one of its model"
              + " holds %s".formatted(model.grid().time()));
    }
  }
}
