package io.zoetrope.train.method;

import io.zoetrope.train.recipe.Recipe;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/**
 * The table of methods: the records that an objective may be, by the kind that a recipe says.
 *
 * @param table records that are {@link Method}s
 */
public record Methods(SequencedMap<String, Class<? extends Method>> table) {
  /** Those that zoetrope comes with. */
  public static final Methods ALL =
      new Methods(new LinkedHashMap<>())
          .with("autoencoder", AutoencoderMethod.class)
          .with("diffusion", DiffusionMethod.class)
          .with("classifier", ClassifierMethod.class)
          .with("adapt", AdaptMethod.class)
          .with("distill", DistillMethod.class)
          .with("prior", PriorMethod.class)
          .with("decoder", DecoderMethod.class);

  public Methods {
    table = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(table));
  }

  /** These and one more. */
  public Methods with(String kind, Class<? extends Method> method) {
    SequencedMap<String, Class<? extends Method>> more = new LinkedHashMap<>(table);
    more.put(kind, method);
    return new Methods(more);
  }

  /**
   * Reads a recipe.
   *
   * @param settings put over it, as in {@code objective.perFrame=0.5}
   * @param named what errors call a setting
   * @throws io.zoetrope.error.UserError naming the file and line, or the setting, the key and the
   *     mend
   */
  public Recipe<Method> read(Path file, List<String> settings, String named) {
    return Recipe.read(file, settings, named, table);
  }

  /**
   * As {@link #read}.
   *
   * @param what names the text's origin in errors
   * @param text YAML or JSON
   */
  public Recipe<Method> parse(String what, String text, List<String> settings) {
    return Recipe.parse(what, text, settings, "setting", table);
  }
}
