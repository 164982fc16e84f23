package io.zoetrope.pipeline.probe;

import static io.zoetrope.pipeline.probe.Inputs.ANY;

import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.network.PictureSlots;
import io.zoetrope.network.wan.WanConfig;
import io.zoetrope.network.wan.WanTransformer;
import io.zoetrope.torch.Precision;
import io.zoetrope.torch.Tensors;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * {@code WanTransformer3DModel}, {@code WanVACETransformer3DModel} and {@code
 * SkyReelsV2Transformer3DModel}. A {@code timestep} is one for each clip, each latent or each
 * token, of which those of a latent must be alike.
 */
final class TransformerProbe implements Probe.Body {
  private static final String SAMPLE = "hidden_states";
  private static final String PICTURES = "encoder_hidden_states_image";
  private static final String CONTROL = "control_hidden_states";
  private static final String TIME = "timestep";

  @Override
  public Inputs.Signature signature() {
    return new Inputs.Signature(
        List.of(SAMPLE, TIME, "encoder_hidden_states"), List.of(PICTURES, CONTROL, "fps"));
  }

  @Override
  public SequencedMap<String, Tensor> run(
      ComponentFolder folder, Precision precision, Inputs inputs) {
    folder.config(
        WanConfig.Kind.WAN.title(), WanConfig.Kind.VACE.title(), WanConfig.Kind.SKYREELS.title());
    WanConfig config = folder.diffusion().config(WanConfig.class);
    try (ComponentFolder.Built<WanTransformer> built =
        folder.build(folder.diffusion(), UnaryOperator.identity(), precision, config::build)) {
      Tensor z = inputs.floats(SAMPLE, ANY, config.channels(), ANY, ANY, ANY);
      Tensor all =
          config
              .vace()
              .map(vace ->
                  Tensors.cat(
                      List.of(
                          z,
                          inputs.floats(
                              CONTROL,
                              z.size(0),
                              vace.channels(),
                              z.size(2),
                              z.size(3),
                              z.size(4))),
                      1))
              .orElse(z);
      SequencedMap<String, Tensor> results = new LinkedHashMap<>();
      Tensor made = built.network().predict(all, times(inputs, z), told(inputs, config, z));
      results.put("sample", made.to(ScalarType.Float));
      return results;
    }
  }

  private static Conditioning told(Inputs inputs, WanConfig config, Tensor z) {
    long clips = z.size(0);
    Conditioning told =
        Conditioning.text(inputs.floats("encoder_hidden_states", clips, ANY, config.textWidth()));
    if (inputs.has("fps")) {
      told = told.with(Conditioning.RATE, rates(inputs.floats("fps", clips)));
    }
    if (config.pictures().isEmpty() || !inputs.has(PICTURES)) {
      return told;
    }
    Tensor shown = inputs.floats(PICTURES, ANY, ANY, config.pictures().get().width());
    return told.with(PictureSlots.TOKENS, shown.reshape(clips, 1, -1, shown.size(2)));
  }

  /** The reference takes 0 for 16 frames a second, else 1. */
  private static Tensor rates(Tensor rows) {
    return rows.mul(Tensors.full(8)).add(Tensors.full(16));
  }

  /** [B, F], however they are said. */
  private static Tensor times(Inputs inputs, Tensor z) {
    long clips = z.size(0);
    long frames = z.size(2);
    long area = z.size(3) / WanConfig.PATCH * (z.size(4) / WanConfig.PATCH);
    Tensor said = inputs.floats(TIME);
    if (said.dim() < 2) {
      return said.reshape(-1, 1).expand(clips, frames);
    }
    if (said.size(0) == clips && said.size(1) == frames) {
      return said;
    }
    Tensor each = inputs.floats(TIME, clips, frames * area).reshape(clips, frames, area);
    Tensor first = each.narrow(2, 0, 1);
    if (!each.eq(first).all().item_bool()) {
      throw inputs.wrong(
          TIME, "[*], [*, %s], or one level for all tokens of a latent".formatted(frames));
    }
    return first.squeeze(2);
  }
}
