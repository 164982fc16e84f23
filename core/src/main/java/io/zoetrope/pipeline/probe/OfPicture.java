package io.zoetrope.pipeline.probe;

import static io.zoetrope.pipeline.probe.Inputs.ANY;

import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.network.ClipInput;
import io.zoetrope.network.PictureSlots;
import io.zoetrope.network.unet.UNet;
import io.zoetrope.torch.Ops;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * {@code UNetSpatioTemporalConditionModel}: frames come before channels, the picture is the one
 * token of the encoder's states, and the numbers of the clip are {@value #NUMBERS}.
 */
final class OfPicture {
  static final String NUMBERS = "added_time_ids";

  private OfPicture() {}

  static SequencedMap<String, Tensor> run(UNet unet, Inputs inputs) {
    Tensor sample = inputs.floats("sample", ANY, ANY, unet.config().channels(), ANY, ANY);
    Tensor z = sample.transpose(1, 2);
    long clips = z.size(0);
    Tensor tokens =
        inputs.floats("encoder_hidden_states", clips, ANY, unet.config().contextWidth());
    List<ClipInput.Kind> kinds = unet.config().told().clip().kinds();
    Tensor ids = inputs.floats(NUMBERS, clips, kinds.size());
    Conditioning told = Conditioning.none().with(PictureSlots.TOKENS, tokens.unsqueeze(1));
    for (int i = 0; i < kinds.size(); i++) {
      Tensor id = ids.narrow(1, i, 1);
      told =
          switch (kinds.get(i)) {
            // Ours is the rate itself, of which the network is told one less.
            case RATE -> told.with(Conditioning.RATE, Ops.add(id.squeeze(1), 1));
            case MOTION -> told.with(Conditioning.MOTION, id.squeeze(1));
            case AUGMENTATION -> told.with(Conditioning.AUGMENTATION, id.expand(clips, z.size(2)));
          };
    }
    Tensor out = unet.predict(z, Frames.timesteps(inputs, z), told);
    SequencedMap<String, Tensor> results = new LinkedHashMap<>();
    results.put("sample", out.to(ScalarType.Float).transpose(1, 2));
    return results;
  }
}
