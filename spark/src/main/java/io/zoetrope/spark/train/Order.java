package io.zoetrope.spark.train;

import io.zoetrope.train.method.Method;
import io.zoetrope.train.method.Methods;
import io.zoetrope.train.recipe.Recipe;
import java.io.Serializable;
import java.nio.file.Path;
import java.util.List;

/**
 * What workers are told: the same for all of them.
 *
 * @param what names the recipe in errors
 * @param text of the recipe
 * @param settings put over it
 * @param base folder from which the recipe's paths go
 * @param runs folder that run folders lie in, absolute
 * @param workers how many
 * @param resume whether there may be checkpoints, from which they go on
 * @param compareEvery steps between comparisons of everyone's parameters
 */
record Order(
    String what,
    String text,
    List<String> settings,
    String base,
    String runs,
    int workers,
    boolean resume,
    long compareEvery)
    implements Serializable {
  Order {
    settings = List.copyOf(settings);
  }

  /** The recipe, its paths absolute: workers run in folders of their own. */
  Recipe<Method> recipe() {
    return Places.absolute(Methods.ALL.parse(what, text, settings), Path.of(base));
  }

  /** The recipe as it is kept beside the run, with what was put over it. */
  String kept() {
    StringBuilder kept = new StringBuilder(text);
    for (String setting : settings) {
      kept.append("\n# --set ").append(setting.replaceAll("\\s+", " "));
    }
    return settings.isEmpty() ? text : kept.append('\n').toString();
  }

  Order resuming() {
    return new Order(what, text, settings, base, runs, workers, true, compareEvery);
  }
}
