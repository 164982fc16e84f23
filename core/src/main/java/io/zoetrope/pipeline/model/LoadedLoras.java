package io.zoetrope.pipeline.model;

import io.zoetrope.checkpoint.lora.LoraFile;
import io.zoetrope.checkpoint.lora.LoraReport;
import io.zoetrope.checkpoint.lora.LoraTargets;
import io.zoetrope.nn.LoraStack;
import io.zoetrope.pipeline.family.LoraChoice;
import io.zoetrope.pipeline.family.Role;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.function.BiConsumer;

/** The LoRAs of a loaded model, merged into the weights of its networks. */
final class LoadedLoras {
  /** What LoRAs call the parts that they update. */
  private static final SequencedMap<Role<?>, BiConsumer<LoraTargets, LoraStack>> TARGETS =
      new LinkedHashMap<>();

  static {
    TARGETS.put(Role.DENOISER, LoraTargets::denoiser);
    TARGETS.put(Role.TEXT, LoraTargets::textEncoder);
  }

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
    LoraTargets targets = new LoraTargets();
    TARGETS.forEach((role, adding) ->
        parts
            .store(role)
            .ifPresent(store -> {
              LoraStack stack = LoraStack.merging(store);
              loaded.stacks.add(stack);
              adding.accept(targets, stack);
            }));
    try {
      for (LoraChoice choice : choices) {
        LoraFile file = LoraFile.open(choice.file());
        loaded.files.add(file);
        // Numbered: the same file twice is two LoRAs.
        String name = loaded.files.size() + " " + file.path();
        loaded.reports.add(file.addTo(targets, name, choice.scale()));
      }
      return loaded;
    } catch (RuntimeException e) {
      loaded.free();
      throw e;
    }
  }

  /** What was used of each, in the order of choice. */
  List<LoraReport> reports() {
    return List.copyOf(reports);
  }

  /** Takes them out of the weights again. */
  void free() {
    stacks.forEach(LoraStack::close);
    files.forEach(LoraFile::close);
  }
}
