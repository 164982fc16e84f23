package io.zoetrope.pipeline.family;

/**
 * Models whose files say the same in the same way. A family alone knows what its files mean: it
 * reads them to a {@link Blueprint}, and from there on all models are alike. To add one, write it
 * and put it into {@link Families}.
 */
public interface ModelFamily {
  /** As errors name it: what files of it call themselves. */
  String name();

  /**
   * Whether a directory whose index names this class of a pipeline is of this family. A pipeline
   * for another task may have the same parts.
   */
  default boolean runs(String kind) {
    return kind.equals(name());
  }

  /**
   * Whether a model is of this family, by what tells it from all others.
   *
   * @throws io.zoetrope.error.UserError if the files are damaged
   */
  boolean recognises(ModelFiles files);

  /** Whether its models may be put together from files that a list names. */
  default boolean ofParts() {
    return false;
  }

  /**
   * Reads the configs of a model of this family.
   *
   * @throws io.zoetrope.error.UserError if one is missing or damaged, if they do not fit together,
   *     or if what is to be put into the model does not go into it
   */
  Blueprint read(ModelFiles files, ModelChoice choice);
}
