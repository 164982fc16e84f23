package io.zoetrope.bench.same;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.regex.Pattern;

/**
 * Every recipe for a few steps of few clips: the curve of its loss, what the last checkpoint holds
 * and what was made. A recipe that begins with another's run comes after it.
 */
final class Trainings {
  private static final Pattern RUN = Pattern.compile("runs/([\\w.-]+)");

  private static final List<String> SETTINGS =
      List.of(
          "batch=1", "schedule.warmup=2", "log.every=1", "checkpoint.every=1000", "sample.every=0");

  private Trainings() {}

  /**
   * Those whose name contains a text, and those that they begin with.
   *
   * @param steps of each, at least 2
   */
  static List<Proof> of(Checkout checkout, String only, int steps) throws IOException {
    SequencedMap<String, Path> recipes = new LinkedHashMap<>();
    for (Path file : Digests.below(checkout.home().resolve("recipes"), ".yaml")) {
      recipes.put(String.valueOf(file.getFileName()).replace(".yaml", ""), file);
    }
    SequencedMap<String, Proof> proofs = new LinkedHashMap<>();
    for (String name : recipes.keySet()) {
      if (name.contains(only)) {
        add(name, recipes, steps, proofs);
      }
    }
    return List.copyOf(proofs.values());
  }

  private static void add(
      String name, Map<String, Path> recipes, int steps, SequencedMap<String, Proof> proofs)
      throws IOException {
    Path file = recipes.get(name);
    if (file == null || proofs.containsKey(name)) {
      return;
    }
    String text = Files.readString(file).replaceAll("(?m)#.*$", "");
    for (String before : RUN.matcher(text).results().map(found -> found.group(1)).toList()) {
      add(before, recipes, steps, proofs);
    }
    List<String> settings = new ArrayList<>(SETTINGS);
    settings.add("steps=" + steps);
    if (text.contains("kind: diffusion")) {
      settings.add("objective.clips=3");
    }
    if (text.contains("emphasis:")) {
      // What a recipe draws more often is not among so few clips.
      settings.add("objective.emphasis=[{caption: '[aeiou]', times: 2.0}]");
    }
    proofs.put(name, new Training(name, file, settings));
  }

  private record Training(String name, Path recipe, List<String> settings) implements Proof {
    @Override
    public SequencedMap<String, String> digests(Checkout checkout)
        throws IOException, InterruptedException {
      List<String> words = new ArrayList<>(List.of("train", recipe.toString(), "-q"));
      settings.forEach(setting -> words.addAll(List.of("--set", setting)));
      checkout.run(words);
      Path run = checkout.work().resolve("runs").resolve(name);
      SequencedMap<String, String> digests = new LinkedHashMap<>();
      digests.put("curve", Digests.curve(run.resolve("metrics.jsonl")));
      for (Path file : Digests.below(run.resolve("checkpoints"), ".safetensors")) {
        String part = String.valueOf(file.getFileName()).replace(".safetensors", "");
        digests.put(part, Digests.tensors(file));
      }
      for (String product : List.of("model", "vae", "classifier")) {
        Optional<Path> made = Optional.of(run.resolve(product)).filter(Files::isDirectory);
        if (made.isPresent()) {
          digests.put("made", Digests.allTensors(made.get()));
        }
      }
      return digests;
    }
  }
}
