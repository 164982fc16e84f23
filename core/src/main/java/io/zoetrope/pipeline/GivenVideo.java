package io.zoetrope.pipeline;

import io.zoetrope.pipeline.family.Beside;
import io.zoetrope.progress.Progress;
import io.zoetrope.torch.Tensors;
import java.util.ArrayList;
import java.util.List;
import java.util.SequencedMap;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * A video of which some is given, for networks that are shown it beside the noise ({@link
 * Beside.GivenPixels}).
 *
 * @param x_13FHW pixels, -1 to 1; frames fill their latents
 * @param made_11FHW bool: true is to be made
 * @param references pictures [3, H, W] that it is to take something from
 */
public record GivenVideo(Tensor x_13FHW, Tensor made_11FHW, List<Tensor> references) {
  /** Without references. */
  public GivenVideo(Tensor x_13FHW, Tensor made_11FHW) {
    this(x_13FHW, made_11FHW, List.of());
  }

  public GivenVideo {
    references = List.copyOf(references);
    if (made_11FHW.scalar_type().intern() != ScalarType.Bool
        || made_11FHW.size(2) != x_13FHW.size(2)) {
      throw new IllegalArgumentException("what is to be made is a bool for each frame");
    }
  }

  /** One of which nothing is given. */
  public static GivenVideo nothing(long frames, long height, long width) {
    return new GivenVideo(
        Tensors.zeros(1, 3, frames, height, width),
        Tensors.full(1, 1, 1, frames, height, width).to(ScalarType.Bool));
  }

  /**
   * One of which some frames are given.
   *
   * @param frames of the whole
   * @param given by number, [3, H, W] each, -1 to 1; at least one
   */
  public static GivenVideo of(int frames, SequencedMap<Integer, Tensor> given) {
    Tensor like = given.firstEntry().getValue();
    Tensor grey = Tensors.zeros(Tensors.shape(like));
    List<Tensor> x = new ArrayList<>();
    double[] made = new double[frames];
    for (int frame = 0; frame < frames; frame++) {
      made[frame] = given.containsKey(frame) ? 0 : 1;
      x.add(given.getOrDefault(frame, grey));
    }
    Tensor mask = Tensors.of(made, 1, 1, frames, 1, 1).to(ScalarType.Bool);
    return new GivenVideo(
        Tensors.stack(x, 1).unsqueeze(0), mask.expand(1, 1, frames, like.size(1), like.size(2)));
  }

  /** This with pictures to take something from. */
  public GivenVideo withReferences(List<Tensor> pictures) {
    return new GivenVideo(x_13FHW, made_11FHW, pictures);
  }

  /** What a network sees of it, on the device of the engine's; references come first. */
  Tensor seen(Engine engine, Beside.GivenPixels what, Progress progress) {
    List<Tensor> parts = new ArrayList<>();
    for (Tensor picture : references) {
      parts.add(what.reference(engine.encode(picture.unsqueeze(0).unsqueeze(2), progress)));
    }
    parts.add(what.seen(x_13FHW, made_11FHW, x -> engine.encode(x, progress)));
    return parts.size() == 1 ? parts.getFirst() : Tensors.cat(parts, 2);
  }
}
