package io.zoetrope.pipeline.probe;

import io.zoetrope.network.unet.ControlNet;
import io.zoetrope.network.unet.ControlNetConfig;
import io.zoetrope.network.unet.DiffusersConfig;
import io.zoetrope.network.unet.Residuals;
import io.zoetrope.torch.Precision;
import io.zoetrope.torch.Segments;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.Tensor;

/** {@code ControlNetModel} and {@code SparseControlNetModel}. */
final class ControlProbe implements Probe.Body {
  private static final String HINT = "controlnet_cond";
  private static final String MASK = "conditioning_mask";

  @Override
  public Inputs.Signature signature() {
    return new Inputs.Signature(
        List.of("sample", "timestep", "encoder_hidden_states", HINT),
        List.of("encoder_attention_mask", MASK, "conditioning_scale", "guess_mode"));
  }

  @Override
  public SequencedMap<String, Tensor> run(
      ComponentFolder folder, Precision precision, Inputs inputs) {
    ControlNetConfig config =
        DiffusersConfig.control(folder.config("ControlNetModel", "SparseControlNetModel"));
    try (ComponentFolder.Built<ControlNet> built =
        folder.build(folder.diffusion(), UnaryOperator.identity(), precision, config::build)) {
      Tensor z = inputs.video("sample", config.network().channels());
      Residuals made =
          built
              .network()
              .forward(
                  z,
                  Frames.timesteps(inputs, z),
                  Frames.text(inputs, z, config.network().textWidth()),
                  inputs.video(HINT, config.hint().channels() - (config.masked() ? 1 : 0)),
                  inputs.has(MASK) ? Optional.of(inputs.video(MASK, 1)) : Optional.empty(),
                  inputs.number("conditioning_scale", 1),
                  inputs.number("guess_mode", 0) == 0
                      ? ControlNet.Strength.EVEN
                      : ControlNet.Strength.RISING,
                  Segments.PLAIN);
      SequencedMap<String, Tensor> results = new LinkedHashMap<>();
      for (int i = 0; i < made.kept().size(); i++) {
        results.put("down_block_res_samples." + i, made.kept().get(i));
      }
      results.put("mid_block_res_sample", made.bottom());
      return results;
    }
  }
}
