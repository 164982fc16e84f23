package io.zoetrope.pipeline.family;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * The components that directories of a family have, and the classes of them that are known.
 *
 * @param needed classes by component; empty for any class
 * @param possible the same of those that may be missing
 * @param ignored that make no difference to what is made
 */
record Components(
    Map<String, List<String>> needed, Map<String, List<String>> possible, List<String> ignored) {
  /**
   * Requires that a directory can be run: each component that is needed is named and there, and
   * nothing is named that would be left out in silence.
   *
   * @throws UserError naming the first that is not
   */
  void require(DiffusersIndex index, ModelLayout layout) {
    for (String name : new TreeSet<>(needed.keySet())) {
      if (!index.parts().containsKey(name)) {
        throw new UserError(
            Fault.DAMAGED,
            "%s: model_index.json names no %s: the model is not whole"
                .formatted(layout.directory(), name));
      }
    }
    index
        .parts()
        .forEach((name, part) -> {
          if (!ignored.contains(name)) {
            requireKnown(layout, name, part);
          }
        });
  }

  /** These, of which one that may be missing must be there. */
  Components needing(String name) {
    Map<String, List<String>> more = new HashMap<>(needed);
    more.put(name, possible.getOrDefault(name, List.of()));
    return new Components(more, possible, ignored);
  }

  /** Components that are there and are not used. */
  List<String> unused(DiffusersIndex index) {
    return index.parts().keySet().stream().filter(ignored::contains).toList();
  }

  private void requireKnown(ModelLayout layout, String name, DiffusersIndex.Part part) {
    Path directory = layout.directory();
    if (!needed.containsKey(name) && !possible.containsKey(name)) {
      throw new UserError(
          Fault.UNSUPPORTED,
          "%s has a component %s (%s), which this version cannot run"
              .formatted(directory, name, part.type()));
    }
    List<String> known = needed.getOrDefault(name, possible.getOrDefault(name, List.of()));
    if (!known.isEmpty() && !known.contains(part.type())) {
      throw new UserError(
          Fault.UNSUPPORTED,
          "%s: its %s is a %s; this version runs %s"
              .formatted(directory, name, part.type(), String.join(" or ", known)));
    }
    // A tokenizer that lies elsewhere is looked for there.
    boolean elsewhere = name.equals("tokenizer") && !layout.tokenizerFolder().startsWith(directory);
    Path folder = directory.resolve(name);
    if (!elsewhere && !Files.isDirectory(folder)) {
      throw new UserError(
          Fault.NOT_FOUND,
          "there is no folder %s, which model_index.json names: the model is not whole"
              .formatted(folder));
    }
  }
}
