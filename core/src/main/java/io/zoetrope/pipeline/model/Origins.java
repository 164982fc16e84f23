package io.zoetrope.pipeline.model;

import io.zoetrope.checkpoint.Component;
import io.zoetrope.checkpoint.Provenance;
import io.zoetrope.checkpoint.WeightsPrint;
import io.zoetrope.nn.ParameterStore;
import io.zoetrope.pipeline.family.Blueprint;
import io.zoetrope.pipeline.family.LoraChoice;
import io.zoetrope.pipeline.family.ModelChoice;
import io.zoetrope.pipeline.family.TunedChoice;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Where what is put into a model comes from.
 *
 * @param print of the model's network, before LoRAs
 * @param strangers what was trained on another base or schedule
 */
record Origins(String print, List<String> strangers) {
  Origins {
    strangers = List.copyOf(strangers);
  }

  static Origins of(ModelChoice choice, Blueprint blueprint, ParameterStore network) {
    String print = WeightsPrint.of(network.parameters());
    List<String> lines = new ArrayList<>();
    // A LoRA of pictures is made to work under another schedule, that of motion modules.
    for (LoraChoice lora : choice.loras()) {
      lines.addAll(differences(lora.file(), print, Optional.empty()));
    }
    choice
        .motion()
        .ifPresent(motion ->
            lines.addAll(
                differences(motion, print, Optional.of(blueprint.scheduling().describe()))));
    choice
        .tuned()
        .map(TunedChoice::file)
        .ifPresent(file ->
            lines.addAll(differences(file, print, Optional.of(blueprint.scheduling().describe()))));
    return new Origins(print, lines);
  }

  private static List<String> differences(Path path, String print, Optional<String> schedule) {
    Path file = Files.isDirectory(path) ? Component.diffusion(path).weights() : path;
    return Files.isRegularFile(file) && file.toString().endsWith(".safetensors")
        ? Provenance.read(file).differences(String.valueOf(path.getFileName()), print, schedule)
        : List.of();
  }
}
