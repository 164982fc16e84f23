package io.zoetrope.bench;

import io.zoetrope.checkpoint.Component;
import io.zoetrope.checkpoint.WeightSet;
import io.zoetrope.checkpoint.WeightSource;
import io.zoetrope.checkpoint.keys.WanNames;
import io.zoetrope.checkpoint.safetensors.Safetensors;
import io.zoetrope.checkpoint.safetensors.SafetensorsFile;
import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.network.NetworkConfig;
import io.zoetrope.network.PictureSlots;
import io.zoetrope.network.VideoNetwork;
import io.zoetrope.network.unet.DiffusersConfig;
import io.zoetrope.network.wan.WanConfig;
import io.zoetrope.nn.ParameterStore;
import io.zoetrope.torch.Ops;
import io.zoetrope.torch.Precision;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import tools.jackson.databind.JsonNode;

/**
 * A network of released models is asked some times: seconds a pass and the most memory. {@code
 * reference/compare_wan.py} and {@code compare_svd.py} hold these, and the answer, against the
 * reference's.
 */
final class NetworkRun {
  static final List<String> OPTIONS =
      List.of("--model", "--inputs", "--dtype", "--passes", "--threads", "--clock", "--json");

  private NetworkRun() {}

  /**
   * @param arguments {@code --model}: folder of a transformer of Wan or a U-Net, or a file of the
   *     former; {@code --inputs}: a file with {@code z} [1, C, F, h, w], {@code t} [1], {@code
   *     text} [1, N, D] or {@code pictures} [1, N, D] and {@code ids} [1, 3] (frames per second
   *     less one, motion, augmentation), and perhaps {@code out} by the reference
   */
  static Table run(Arguments arguments) {
    int threads = arguments.whole("--threads", 0, 0);
    if (threads > 0) {
      torch.set_num_threads(threads);
    }
    if (arguments.word("--clock").equals(Optional.of("cpu"))) {
      Clock.useProcessorTime();
    }
    Path model = arguments.required("--model");
    double start = Clock.seconds();
    try (WeightSet weights = open(model);
        SafetensorsFile given = Safetensors.open(arguments.required("--inputs"))) {
      WeightSource own =
          WeightSource.of("network", weights, WanNames.of(weights.entries().keySet()));
      NetworkConfig config = Files.isDirectory(model) ? config(model) : WanConfig.of(shapes(own));
      Precision precision =
          Precision.of(arguments.word("--dtype").orElse("auto"), config.features());
      try (ParameterStore store = ParameterStore.forInference(own.tensors(), precision)) {
        VideoNetwork network = config.build(store.root());
        store.requireComplete(model.toString());
        Table table =
            new Table(
                "network",
                "%s, %s, %s".formatted(model, precision, Clock.describe()),
                "part",
                "value");
        table.row("load_s", Clock.seconds() - start);
        passes(arguments.whole("--passes", 1, 2), network, given, table);
        table.row("peak_rss_mb", Machine.peakMegabytes());
        return table;
      }
    }
  }

  private static NetworkConfig config(Path folder) {
    Component component = Component.diffusion(folder);
    return DiffusersConfig.isUNet(component.className())
        ? DiffusersConfig.unet(component.config(JsonNode.class))
        : component.config(WanConfig.class);
  }

  private static WeightSet open(Path model) {
    return Files.isDirectory(model)
        ? Component.diffusion(model).open(Optional.empty())
        : WeightSet.open(model);
  }

  private static Map<String, long[]> shapes(WeightSource weights) {
    Map<String, long[]> shapes = new LinkedHashMap<>();
    weights.tensors().forEach((name, tensor) -> shapes.put(name, Tensors.shape(tensor)));
    return shapes;
  }

  private static void passes(int count, VideoNetwork network, SafetensorsFile given, Table table) {
    Tensor z = given.tensor("z");
    Tensor t_BF = given.tensor("t").to(ScalarType.Float).unsqueeze(1).expand(1, z.size(2));
    Conditioning told = told(given, z.size(2));
    for (int pass = 0; pass < count; pass++) {
      boolean last = pass == count - 1;
      String name = pass == 0 ? "first_s" : "pass_s";
      Scopes.run(() ->
          Scopes.noGrad(() -> {
            double begin = Clock.seconds();
            Tensor made = network.predict(z, t_BF, told);
            double seconds = Clock.seconds() - begin;
            if (name.equals("first_s") || last) {
              table.row(name, seconds);
            }
            if (last && given.tensors().containsKey("out")) {
              table.row("difference_rms", difference(made, given.tensor("out")));
            }
            return made;
          }));
    }
  }

  private static Conditioning told(SafetensorsFile given, long frames) {
    if (!given.tensors().containsKey("pictures")) {
      return Conditioning.text(given.tensor("text"));
    }
    Tensor ids = given.tensor("ids");
    return Conditioning.none()
        .with(PictureSlots.TOKENS, given.tensor("pictures").unsqueeze(1))
        .with(Conditioning.RATE, Ops.add(ids.select(1, 0), 1))
        .with(Conditioning.MOTION, ids.select(1, 1))
        .with(Conditioning.AUGMENTATION, ids.narrow(1, 2, 1).expand(1, frames));
  }

  /** Root mean square of the difference by that of the expected. */
  private static double difference(Tensor made, Tensor expected) {
    Tensor e = expected.to(ScalarType.Double);
    Tensor d = made.to(ScalarType.Double).sub(e);
    return Math.sqrt(d.square().mean().item_double() / e.square().mean().item_double());
  }
}
