package io.zoetrope.network;

import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.nn.Init;
import io.zoetrope.nn.LevelEmbedding;
import io.zoetrope.nn.Linear;
import io.zoetrope.nn.Parameters;
import io.zoetrope.torch.Ops;
import io.zoetrope.torch.Tensors;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Features of a {@link ClipInput}, added to those of the level. A number that is not said has zeros
 * in place of its sinusoids. They begin at zero: so a network begins as it was.
 */
public record ClipEmbedding(ClipInput input, Linear in, Linear out) {
  /**
   * @param width features of a level of the network
   */
  public static ClipEmbedding of(ClipInput input, Parameters p, long width) {
    long sinusoids = (long) input.kinds().size() * input.sinusoids();
    return new ClipEmbedding(
        input,
        Linear.of(p.at("linear_1"), sinusoids, width, Init.xavier()),
        Linear.of(p.at("linear_2"), width, width, Init.ZEROS));
  }

  /**
   * Of each frame.
   *
   * @param t_BF levels of the video, for number of frames and device
   * @return [B, F, width] f32, or [B, 1, width] where all frames are told the same
   */
  public Tensor of(Conditioning conditioning, Tensor t_BF) {
    List<Tensor> parts = new ArrayList<>();
    for (ClipInput.Kind kind : input.kinds()) {
      parts.add(sinusoids(kind, conditioning.get(kind.slot()), t_BF));
    }
    long frames = parts.stream().mapToLong(part -> part.size(1)).max().orElse(1);
    List<Tensor> even =
        parts.stream().map(part -> part.expand(part.size(0), frames, part.size(2))).toList();
    Tensor inside = torch.silu(in.forward(Tensors.cat(even, 2)));
    return out.forward(inside).to(ScalarType.Float);
  }

  /** [B, 1, S], or [B, F, S] of a number that each frame has. */
  private Tensor sinusoids(ClipInput.Kind kind, Optional<Tensor> said, Tensor t_BF) {
    if (said.isEmpty()) {
      return Tensors.beside(t_BF, Tensors.zeros(t_BF.size(0), 1, input.sinusoids()));
    }
    Tensor own = said.get().to(t_BF.device(), ScalarType.Float);
    Tensor value = own.dim() == 1 ? own.unsqueeze(1) : own;
    Tensor known = value.ge(Tensors.beside(value, Tensors.zeros(1, 1))).to(ScalarType.Float);
    return LevelEmbedding.sinusoids(Ops.add(value, kind.shift()), input.sinusoids())
        .mul(known.unsqueeze(-1));
  }
}
