package io.zoetrope.checkpoint.lora;

import io.zoetrope.checkpoint.safetensors.SafetensorsHeader;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import java.nio.file.Path;
import java.util.List;

/**
 * What was used of a LoRA.
 *
 * @param path the file
 * @param layers that it updates
 * @param unmatched those that the model does not have, as the file spells them
 * @param strangers tensors that are no updates
 */
public record LoraReport(Path path, int layers, List<String> unmatched, List<String> strangers) {
  public LoraReport {
    unmatched = List.copyOf(unmatched);
    strangers = List.copyOf(strangers);
  }

  /** How many layers were updated. */
  public int used() {
    return layers - unmatched.size();
  }

  /** Whether everything in the file was used. */
  public boolean whole() {
    return unmatched.isEmpty() && strangers.isEmpty();
  }

  /** All of it in a line. */
  public String line() {
    StringBuilder line = new StringBuilder();
    line.append("%s: %s of %s layers used".formatted(path.getFileName(), used(), layers));
    if (!unmatched.isEmpty()) {
      line.append("; the model has no '%s'".formatted(first(unmatched)));
      line.append(unmatched.size() == 1 ? "" : " and %s more".formatted(unmatched.size() - 1));
    }
    if (!strangers.isEmpty()) {
      line.append(
          "; %s tensors are no updates, first '%s'".formatted(strangers.size(), first(strangers)));
    }
    return line.toString();
  }

  void requireSome() {
    if (used() == 0) {
      throw new UserError(
          Fault.MISMATCH,
          "%s: none of its %s layers is in the model, first '%s': it was made for another model"
              .formatted(path, layers, first(unmatched)));
    }
  }

  private static String first(List<String> names) {
    return SafetensorsHeader.clean(names.getFirst());
  }
}
