package io.zoetrope.bench;

import io.zoetrope.torch.AtomicFiles;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/** Experiments that compare methods on a model: by name, with options of their own. */
final class Experiments {
  static final String USAGE =
      """
      experiments: bench NAME --model DIR [option value]...
        vdm-extension            a clip made longer by held frames, replacement, reconstruction
            [-n CLIPS] [--steps S] [--frames F] [--overlap M] [--methods A,B,...]
            [--begin model|real] [--features DIR] [--sampler NAME] [--guidance G] [--seed K]
            [--batch B] [--videos K] [--out DIR] [--json FILE]
            methods: held, replacement, reconstruction-W, matched-W
        vdm-predictor-corrector  ancestral steps with and without corrections, at equal calls
            [-n CLIPS] [--calls K,K,...] [--corrections C,C,...] [--gamma G] [--delta D]
            [--features DIR] [--guidance G] [--seed K] [--batch B] [--json FILE]
        checkpoint               one clip of a checkpoint, from the start of the process
            [--dtype auto|f32|bf16] [--frames F] [--size S] [--steps S] [--guidance G]
            [--threads N] [--clock wall|cpu] [--json FILE]
        vae                      a video autoencoder's decoder, on --latents FILE
            [--threads N] [--clock wall|cpu] [--json FILE]
        network                  a network of Wan or Stable Video Diffusion, asked on --inputs FILE
            [--dtype auto|f32|bf16] [--passes N] [--threads N] [--clock wall|cpu] [--json FILE]
        profile                  where a step goes, by libtorch's operators; or of --recipe FILE
            [--dtype auto|f32|bf16] [--frames F] [--size S] [--guidance G] [--rows N]
            [--threads N] [--json FILE]
      """;

  private static final List<String> COMMON =
      List.of("--model", "-n", "--batch", "--seed", "--guidance", "--features", "--json");

  private Experiments() {}

  static boolean has(String name) {
    return List.of(
            "vdm-extension", "vdm-predictor-corrector", "checkpoint", "vae", "network", "profile")
        .contains(name);
  }

  /** Runs an experiment, prints its table, and writes it as JSON if that is asked for. */
  static void run(String name, List<String> words) {
    if (name.equals("checkpoint")) {
      Arguments arguments = new Arguments(words, CheckpointRun.OPTIONS);
      show(CheckpointRun.run(arguments), words, arguments);
      return;
    }
    if (name.equals("vae")) {
      Arguments arguments = new Arguments(words, VaeRun.OPTIONS);
      show(VaeRun.run(arguments), words, arguments);
      return;
    }
    if (name.equals("network")) {
      Arguments arguments = new Arguments(words, NetworkRun.OPTIONS);
      show(NetworkRun.run(arguments), words, arguments);
      return;
    }
    if (name.equals("profile")) {
      Arguments arguments = new Arguments(words, OperatorProfile.OPTIONS);
      show(OperatorProfile.run(arguments), words, arguments);
      return;
    }
    List<String> known = new ArrayList<>(COMMON);
    boolean extension = name.equals("vdm-extension");
    known.addAll(extension ? VdmExtension.OPTIONS : VdmPredictorCorrector.OPTIONS);
    Arguments arguments = new Arguments(words, known);
    Table table = extension ? VdmExtension.run(arguments) : VdmPredictorCorrector.run(arguments);
    show(table, words, arguments);
  }

  private static void show(Table table, List<String> words, Arguments arguments) {
    System.out.println(table.toText());
    arguments.path("--json").ifPresent(file -> write(file, words, table));
  }

  private static void write(Path file, List<String> words, Table table) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("arguments", words);
    json.put("machine", Machine.describe());
    json.put("table", table.toJson());
    AtomicFiles.text(
        file, new JsonMapper().writerWithDefaultPrettyPrinter().writeValueAsString(json) + "\n");
  }
}
