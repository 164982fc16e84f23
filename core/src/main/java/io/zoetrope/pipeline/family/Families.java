package io.zoetrope.pipeline.family;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** The families of models that can be loaded. */
public final class Families {
  /** All. The first that knows a model has it. */
  public static final Families ALL =
      of(
          List.of(
              new ZoetropeFamily(),
              new StableDiffusion(),
              new AnimateDiff(),
              new StableUnclip(),
              new StableUpscale(),
              new StableVideo(),
              new TuneAVideo(),
              new ModelScope(),
              new ModelScopeFile(),
              new Wan(),
              new WanFile(),
              new StableVideoFile(),
              // Last: of a single file that is of no family it says what it is.
              new StableDiffusionFile()));

  private final List<ModelFamily> families;

  private Families(List<ModelFamily> families) {
    this.families = List.copyOf(families);
  }

  /** A table of one's own. */
  public static Families of(List<ModelFamily> families) {
    return new Families(families);
  }

  /** These and one more, which is asked first. */
  public Families with(ModelFamily family) {
    List<ModelFamily> all = new ArrayList<>(List.of(family));
    all.addAll(families);
    return of(all);
  }

  /**
   * Reads what a model consists of.
   *
   * @throws UserError if it is of no family, or cannot be run
   */
  public Blueprint read(ModelFiles files, ModelChoice choice) {
    Optional<UserError> known = Strangers.of(files);
    if (known.isPresent()) {
      throw known.get();
    }
    if (files.kind().equals(PriorParts.KIND)) {
      throw new UserError(
          Fault.UNSUPPORTED,
          "%s is a prior, which makes no video".formatted(files.model()),
          "it is for the first stage of a cascade, over the bridge prior");
    }
    ModelFamily family =
        families.stream()
            .filter(one -> one.recognises(files))
            .findFirst()
            .orElseThrow(() -> stranger(files.model(), files.kind()));
    if (files.parts().isPresent() && !family.ofParts()) {
      throw new UserError(
          Fault.UNSUPPORTED,
          "%s is no transformer of Wan: models of other families are not put together from parts"
              .formatted(files.model()));
    }
    return family.read(files, files.parts().map(parts -> parts.into(choice)).orElse(choice));
  }

  /**
   * Requires that models of a class can be run, before any of their files is there.
   *
   * @param what names the model
   * @param kind the class of a pipeline, as an index names it
   * @throws UserError if it is of no family
   */
  public void requireRuns(Object what, String kind) {
    if (families.stream().noneMatch(family -> family.runs(kind))) {
      throw Strangers.of(what, kind).orElseGet(() -> stranger(what, kind));
    }
  }

  private UserError stranger(Object what, String kind) {
    String names =
        families.stream().map(ModelFamily::name).distinct().collect(Collectors.joining(", "));
    return new UserError(
        Fault.UNSUPPORTED, "%s is a %s; this version runs %s".formatted(what, kind, names));
  }
}
