package io.zoetrope.pipeline.family;

import io.zoetrope.checkpoint.WeightSet;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Models that are known and not run: what they are called, and what this version lacks for them.
 */
final class Strangers {
  /**
   * One of them.
   *
   * @param name as people know it
   * @param lacks what this version has not
   * @param pipelines as indexes name them
   * @param marks what is found in names of weights, each of which a file of it has
   */
  private record Stranger(String name, String lacks, List<String> pipelines, List<Pattern> marks) {
    boolean is(Set<String> weights) {
      return marks.stream()
          .allMatch(mark -> weights.stream().anyMatch(name -> mark.matcher(name).find()));
    }
  }

  private static final Pattern OVER_TIME = Pattern.compile("(^|\\.)init_attn\\.0\\.");

  /** The more particular first. */
  private static final List<Stranger> ALL =
      List.of(
          new Stranger(
              "I2VGen-XL",
              "its U-Net is shown a picture by layers of its own over the picture's latents, and"
                  + " reads tokens of it beside the text",
              List.of("I2VGenXLPipeline"),
              List.of(Pattern.compile("(^|\\.)(local_image_concat|image_latents_proj_in)\\."))),
          new Stranger(
              "DynamiCrafter or VideoCrafter's model of pictures",
              "its U-Net reads tokens of a picture for each frame, by attention of its own beside"
                  + " that to the text",
              List.of(),
              List.of(OVER_TIME, Pattern.compile("(^|\\.)image_proj_model\\."))),
          new Stranger(
              "VideoCrafter",
              "its U-Net is told frames per second, and orders and names its layers over time in"
                  + " its own way",
              List.of(),
              List.of(OVER_TIME)));

  private Strangers() {}

  /**
   * What there is to be said of a model that is one of them.
   *
   * @throws UserError if its file is damaged
   */
  static Optional<UserError> of(ModelFiles files) {
    if (files.isDirectory()) {
      return of(files.model(), files.kind());
    }
    try (WeightSet set = WeightSet.open(files.model())) {
      Set<String> weights = set.entries().keySet();
      return ALL.stream()
          .filter(stranger -> stranger.is(weights))
          .findFirst()
          .map(stranger -> refusal(files.model(), stranger));
    }
  }

  /**
   * The same by what an index says.
   *
   * @param what names the model
   * @param kind the class of a pipeline
   */
  static Optional<UserError> of(Object what, String kind) {
    return ALL.stream()
        .filter(stranger -> stranger.pipelines.contains(kind))
        .findFirst()
        .map(stranger -> refusal(what, stranger));
  }

  private static UserError refusal(Object what, Stranger stranger) {
    return new UserError(
        Fault.UNSUPPORTED,
        "%s is %s, which this version does not run: %s"
            .formatted(what, stranger.name, stranger.lacks));
  }
}
