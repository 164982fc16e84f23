package io.zoetrope.train.method;

import io.zoetrope.data.ClipDataset;
import io.zoetrope.progress.Progress;
import io.zoetrope.record.Json;
import io.zoetrope.torch.AtomicFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;

/**
 * Which clips a run learns from, as they are now: what is to be seen in each, and its caption. Kept
 * in the run's folder, so that going on with other clips is not done in silence.
 *
 * @param prints {@link ClipDataset#print}
 * @param captions one for each
 */
record ClipList(List<String> prints, List<String> captions) {
  private static String file(String role) {
    return role.isEmpty() ? "clips.json" : "clips-" + role + ".json";
  }

  ClipList {
    prints = List.copyOf(prints);
    captions = List.copyOf(captions);
  }

  /** The first clips of a data set. */
  static ClipList of(ClipDataset data, long count, Progress progress) {
    List<String> prints = new ArrayList<>();
    List<String> captions = new ArrayList<>();
    for (long i = 0; i < count; i++) {
      progress.requireGoing(0, count);
      prints.add(data.print(i));
      captions.add(data.caption(i));
    }
    return new ClipList(prints, captions);
  }

  /** What has changed since another one, in a line; empty if nothing has. */
  Optional<String> changesSince(ClipList before) {
    Map<String, String> old = before.byPrint();
    Map<String, String> now = byPrint();
    long fresh = now.keySet().stream().filter(print -> !old.containsKey(print)).count();
    long gone = old.keySet().stream().filter(print -> !now.containsKey(print)).count();
    long words =
        now.entrySet().stream()
            .filter(clip -> old.containsKey(clip.getKey()))
            .filter(clip -> !clip.getValue().equals(old.get(clip.getKey())))
            .count();
    return fresh + gone + words == 0
        ? Optional.empty()
        : Optional.of(
            "new clips: %s, gone: %s, with another caption: %s".formatted(fresh, gone, words));
  }

  /** How many of its clips are not among some others. */
  long without(Set<String> others) {
    return new HashSet<>(prints).stream().filter(print -> !others.contains(print)).count();
  }

  private Map<String, String> byPrint() {
    Map<String, String> all = new HashMap<>();
    for (int i = 0; i < prints.size(); i++) {
      all.put(prints.get(i), captions.get(i));
    }
    return all;
  }

  void write(Path run, String role) {
    AtomicFiles.text(
        run.resolve(file(role)), Json.MAPPER.writeValueAsString(List.of(prints, captions)) + "\n");
  }

  /** That of a run; empty if there is none, or none that can be read. */
  static Optional<ClipList> read(Path run, String role) {
    try {
      List<List<String>> lists =
          Json.MAPPER.readValue(
              Files.readString(run.resolve(file(role))),
              new TypeReference<List<List<String>>>() {});
      return Optional.of(new ClipList(lists.get(0), lists.get(1)));
    } catch (IOException | JacksonException | IndexOutOfBoundsException e) {
      return Optional.empty();
    }
  }
}
