package io.zoetrope.pipeline;

import io.zoetrope.checkpoint.safetensors.Safetensors;
import io.zoetrope.network.unet.DiffusersConfig;
import io.zoetrope.nn.ParameterStore;
import io.zoetrope.torch.Ops;
import io.zoetrope.torch.Precision;
import io.zoetrope.torch.RandomStream;
import io.zoetrope.torch.RandomStreams;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Controls of random weights beside the tiny AnimateDiff of the fixtures. */
public final class TinyControl {
  private TinyControl() {}

  /**
   * Writes one.
   *
   * @param like the config of another width, of a ControlNet or SparseCtrl
   */
  public static void write(Path folder, Path like) throws IOException {
    JsonMapper json = new JsonMapper();
    ObjectNode config = (ObjectNode) json.readTree(like.toFile());
    config.put("cross_attention_dim", 16);
    config.putPOJO("block_out_channels", List.of(8, 8, 16, 16));
    config.putPOJO(
        "down_block_types",
        List.of(
            "CrossAttnDownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D", "DownBlock2D"));
    Files.createDirectories(folder);
    Files.writeString(folder.resolve("config.json"), config.toString());
    Scopes.run(() -> {
      try (ParameterStore store =
          ParameterStore.forTraining(Map.of(), new RandomStreams(1), Precision.F32)) {
        DiffusersConfig.control(json.valueToTree(config)).build(store.root());
        Map<String, Tensor> weights = new LinkedHashMap<>();
        // Nothing is left at zero, so that hints count from the first layer to the last.
        store
            .parameters()
            .forEach((name, p) ->
                weights.put(name, p.detach().add(Ops.mul(normal(name, Tensors.shape(p)), 0.2))));
        Safetensors.write(folder.resolve("diffusion_pytorch_model.safetensors"), weights, Map.of());
      }
    });
  }

  private static Tensor normal(String name, long... shape) {
    try (RandomStream stream = new RandomStreams(5).stream(name)) {
      return stream.normal(shape);
    }
  }
}
