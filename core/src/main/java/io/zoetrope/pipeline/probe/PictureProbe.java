package io.zoetrope.pipeline.probe;

import static io.zoetrope.pipeline.probe.Inputs.ANY;

import io.zoetrope.network.vision.ClipVisionConfig;
import io.zoetrope.network.vision.ClipVisionModel;
import io.zoetrope.torch.Precision;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import org.bytedeco.pytorch.Tensor;

/**
 * {@code CLIPVisionModel} and {@code CLIPVisionModelWithProjection}: {@code hidden_states.N}, and
 * of the latter {@code image_embeds}.
 */
final class PictureProbe implements Probe.Body {
  private static final String PIXELS = "pixel_values";

  @Override
  public Inputs.Signature signature() {
    return new Inputs.Signature(List.of(PIXELS), List.of());
  }

  @Override
  public SequencedMap<String, Tensor> run(
      ComponentFolder folder, Precision precision, Inputs inputs) {
    ClipVisionConfig config = folder.encoder().config(ClipVisionConfig.class);
    try (ComponentFolder.Built<ClipVisionModel> built =
        folder.build(
            folder.encoder(),
            ClipVisionModel::name,
            precision,
            p -> new ClipVisionModel(config, p))) {
      Tensor x = inputs.floats(PIXELS, ANY, 3, config.side(), config.side());
      SequencedMap<String, Tensor> results = new LinkedHashMap<>();
      List<Tensor> states = built.network().states(x);
      for (int i = 0; i < states.size(); i++) {
        results.put("hidden_states." + i, states.get(i));
      }
      if (config.projection() > 0) {
        results.put("image_embeds", built.network().encode(x).embedded_BE());
      }
      return results;
    }
  }
}
