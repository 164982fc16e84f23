package io.zoetrope.app.command;

import io.zoetrope.app.cli.Result;
import io.zoetrope.app.cli.Verb;
import io.zoetrope.app.cli.option.ModelFolders;
import io.zoetrope.app.cli.option.SourceFile;
import io.zoetrope.app.cli.option.Values;
import io.zoetrope.app.cli.terminal.Session;
import io.zoetrope.app.cli.words.UsageError;
import io.zoetrope.checkpoint.safetensors.Dtype;
import io.zoetrope.checkpoint.safetensors.Safetensors;
import io.zoetrope.checkpoint.safetensors.SafetensorsFile;
import io.zoetrope.error.UserError;
import io.zoetrope.pipeline.probe.Probe;
import io.zoetrope.torch.Precision;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedMap;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code zoetrope probe}. */
@Command(
    name = "probe",
    description = {
      "Runs one component of a model on given tensors, to check what it computes (docs/parity.md).",
      "Inputs and results have the names that diffusers gives to arguments and results."
    })
public final class ProbeCommand extends Verb {
  @Parameters(
      paramLabel = "MODEL",
      description =
          "A model directory in diffusers' layout, a name that 'zoetrope models' lists, or the"
              + " folder of one component.")
  private String model = "";

  @Option(
      names = "--component",
      paramLabel = "NAME",
      required = true,
      description =
          "unet, vae.encode, vae.decode, text_encoder, controlnet, scheduler.timesteps or"
              + " scheduler.step.")
  private String component = "";

  @Option(
      names = "--inputs",
      paramLabel = "FILE",
      required = true,
      description = "The inputs by name, a .safetensors file.")
  private String inputs = "";

  @Option(
      names = {"-o", "--out"},
      paramLabel = "FILE",
      description = "Where to put the results, a .safetensors file; without it they are only told.")
  private @Nullable String out;

  @Option(
      names = "--dtype",
      paramLabel = "DTYPE",
      defaultValue = "f32",
      converter = Values.Dtype.class,
      description = "auto, f32 or bf16, of matrix products (default: ${DEFAULT-VALUE}).")
  private String dtype = "f32";

  public ProbeCommand(Session session) {
    super(session);
  }

  @Override
  protected Result run() {
    if (!Probe.components().contains(component)) {
      throw new UsageError(
          "--component '%s' is none: use %s"
              .formatted(component, String.join(", ", Probe.components())));
    }
    Probe probe = Probe.of(component);
    Path source = SourceFile.of(session(), "--inputs", inputs);
    @Nullable Path target = out == null ? null : target(out);
    Path folder = folder();
    return Scopes.value(() -> {
      try (SafetensorsFile file = Safetensors.open(source)) {
        SequencedMap<String, Tensor> made = probe.run(folder, Precision.of(dtype), file.tensors());
        if (target != null) {
          Safetensors.write(
              target, made, Map.of("made_by", "zoetrope probe", "component", component));
        }
        return report(folder, target, made);
      }
    });
  }

  private Path target(String name) {
    if (!name.toLowerCase(Locale.ROOT).endsWith(".safetensors")) {
      throw new UsageError("--out '%s' must end in .safetensors".formatted(name));
    }
    return SourceFile.of(session(), "--out", name);
  }

  private Path folder() {
    if (model.isBlank()) {
      throw new UsageError("MODEL is empty: name a folder");
    }
    Path direct = SourceFile.of(session(), "MODEL", model);
    if (Files.isRegularFile(direct)) {
      throw new UserError("'%s' is a file: probe takes a model directory".formatted(model));
    }
    return Files.isDirectory(direct) ? direct : new ModelFolders(session()).find(model);
  }

  private Result report(Path folder, @Nullable Path target, SequencedMap<String, Tensor> made) {
    List<String> lines = new ArrayList<>();
    List<Map<String, Object>> results = new ArrayList<>();
    int width = made.keySet().stream().mapToInt(String::length).max().orElse(1);
    made.forEach((name, tensor) -> {
      Map<String, Object> one = fields(name, tensor);
      results.add(one);
      lines.add(
          String.format(
              Locale.ROOT,
              "%-" + width + "s  %-4s %-22s mean %+.6e  max|x| %.6e  sha256 %s",
              name,
              one.get("dtype"),
              Arrays.toString(Tensors.shape(tensor)),
              one.get("mean"),
              one.get("largest"),
              one.get("sha256")));
    });
    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    fields.put("model", folder.toString());
    fields.put("component", component);
    fields.put("dtype", dtype);
    fields.put("out", target == null ? null : target.toString());
    fields.put("results", results);
    return Result.of(String.join("\n", lines), fields);
  }

  private static Map<String, Object> fields(String name, Tensor tensor) {
    double sum = 0;
    double largest = 0;
    double[] values = Tensors.toDoubles(tensor);
    for (double value : values) {
      sum += value;
      largest = Math.max(largest, Math.abs(value));
    }
    Map<String, Object> one = new LinkedHashMap<>();
    one.put("name", name);
    one.put("dtype", Dtype.of(tensor.scalar_type()).toString().toLowerCase(Locale.ROOT));
    one.put("shape", Arrays.stream(Tensors.shape(tensor)).boxed().toList());
    one.put("mean", values.length == 0 ? 0 : sum / values.length);
    one.put("largest", largest);
    one.put("sha256", sha(tensor));
    return one;
  }

  /** The first 16 digits: enough to see whether two runs agree to the bit. */
  private static String sha(Tensor tensor) {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(Tensors.toBytes(tensor));
      return HexFormat.of().formatHex(hash).substring(0, 16);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
