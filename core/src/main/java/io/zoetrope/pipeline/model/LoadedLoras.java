package io.zoetrope.pipeline.model;

import io.zoetrope.checkpoint.lora.LoraFile;
import io.zoetrope.checkpoint.lora.LoraReport;
import io.zoetrope.checkpoint.lora.LoraTargets;
import io.zoetrope.nn.LoraStack;
import io.zoetrope.nn.ParameterStore;
import io.zoetrope.pipeline.family.LoraChoice;
import io.zoetrope.pipeline.family.Role;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.function.BiConsumer;
import java.util.regex.Pattern;

/** The LoRAs of a loaded model, merged into the weights of its networks. */
final class LoadedLoras {
  /** What LoRAs call the parts that they update. */
  private static final SequencedMap<Role<?>, BiConsumer<LoraTargets, LoraStack>> TARGETS =
      new LinkedHashMap<>();

  static {
    TARGETS.put(Role.DENOISER, LoraTargets::denoiser);
    TARGETS.put(Role.TEXT, LoraTargets::textEncoder);
  }

  private static final Pattern HIGH = Pattern.compile("(?i)(?<![a-z])high(?![a-z])|HighNoise");
  private static final Pattern LOW = Pattern.compile("(?i)(?<![a-z])low(?![a-z])|LowNoise");

  private final List<LoraStack> stacks = new ArrayList<>();
  private final List<LoraFile> files = new ArrayList<>();
  private final List<LoraReport> reports = new ArrayList<>();

  /**
   * Merges LoRAs; with none, nothing is touched.
   *
   * @throws io.zoetrope.error.UserError if one cannot be read, does not fit or matches nothing; all
   *     weights are as they were then
   */
  static LoadedLoras merge(List<LoraChoice> choices, LoadedParts parts) {
    LoadedLoras loaded = new LoadedLoras();
    if (choices.isEmpty()) {
      return loaded;
    }
    LoraTargets early = new LoraTargets();
    TARGETS.forEach((role, adding) ->
        parts.store(role).ifPresent(store -> adding.accept(early, loaded.stack(store))));
    Optional<LoraTargets> late =
        parts.store(Role.LATE).map(store -> new LoraTargets().denoiser(loaded.stack(store)));
    try {
      for (LoraChoice choice : choices) {
        LoraFile file = LoraFile.open(choice.file());
        loaded.files.add(file);
        // Numbered: the same file twice is two LoRAs.
        String name = loaded.files.size() + " " + file.path();
        for (LoraTargets targets : targets(file.path(), early, late)) {
          loaded.reports.add(file.addTo(targets, name, choice.scale()));
        }
      }
      return loaded;
    } catch (RuntimeException e) {
      loaded.free();
      throw e;
    }
  }

  private LoraStack stack(ParameterStore store) {
    LoraStack stack = LoraStack.merging(store);
    stacks.add(stack);
    return stack;
  }

  /** Of two networks the one that a file's name is of, high noise or low; else both. */
  private static List<LoraTargets> targets(
      Path file, LoraTargets early, Optional<LoraTargets> late) {
    if (late.isEmpty()) {
      return List.of(early);
    }
    String name = String.valueOf(file.getFileName());
    boolean high = HIGH.matcher(name).find();
    boolean low = LOW.matcher(name).find();
    return high == low ? List.of(early, late.get()) : List.of(high ? early : late.get());
  }

  /** What was used of each, in the order of choice; of one in two networks, of each of those. */
  List<LoraReport> reports() {
    return List.copyOf(reports);
  }

  /** Takes them out of the weights again. */
  void free() {
    stacks.forEach(LoraStack::close);
    files.forEach(LoraFile::close);
  }
}
