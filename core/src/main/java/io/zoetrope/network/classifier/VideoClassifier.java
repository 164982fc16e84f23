package io.zoetrope.network.classifier;

import io.zoetrope.nn.Conv3d;
import io.zoetrope.nn.GroupNorm;
import io.zoetrope.nn.Init;
import io.zoetrope.nn.Linear;
import io.zoetrope.nn.Parameters;
import io.zoetrope.torch.Ops;
import io.zoetrope.torch.Rearrange;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * A residual network of factorised space-time convolutions (Tran et al., 2018: "R(2+1)D"): pixels
 * are folded into channels, each resolution halves the picture and never the time, and the mean
 * over frames and places is the feature vector. A linear head answers each question.
 */
public final class VideoClassifier {
  private final ClassifierConfig config;
  private final Conv3d in;
  private final List<Level> levels = new ArrayList<>();
  private final GroupNorm norm;
  private final SequencedMap<String, Linear> heads = new LinkedHashMap<>();

  public VideoClassifier(ClassifierConfig config, Parameters p) {
    this.config = config;
    long folded = 3L * config.patch() * config.patch();
    List<Integer> widths = config.widths();
    in = Conv3d.spatial(p.at("conv_in"), folded, widths.getFirst(), 3, 1, Init.fanIn(1));
    for (int i = 0; i < widths.size(); i++) {
      levels.add(Level.of(p.at("down_blocks").at(i), widths, i, config.blocks()));
    }
    norm = GroupNorm.of(p.at("conv_norm_out"), widths.getLast(), 8, 1e-6);
    config
        .heads()
        .forEach((name, labels) ->
            heads.put(
                name,
                Linear.of(
                    p.at("heads").at(name), config.features(), labels.size(), Init.xavier())));
  }

  public ClassifierConfig config() {
    return config;
  }

  /**
   * What the network makes of videos, before it answers anything.
   *
   * @param x_BCFHW [B, 3, F, H, W] in [-1, 1], of any size and length; pictures are averaged down
   *     to a square of {@link ClassifierConfig#side} pixels
   * @return [B, features], f32
   */
  public Tensor features(Tensor x_BCFHW) {
    Tensor last = maps(x_BCFHW).getLast();
    return Ops.mean(torch.silu(norm.forward(last)).to(ScalarType.Float), 2, 3, 4);
  }

  /** What each resolution makes of videos, the finest first: [B, width, F, h, w] each. */
  public List<Tensor> maps(Tensor x_BCFHW) {
    long batch = x_BCFHW.size(0);
    Tensor frames = Rearrange.rearrange(x_BCFHW, "b c f h w -> (b f) c h w");
    if (frames.size(2) != config.side() || frames.size(3) != config.side()) {
      frames = torch.adaptive_avg_pool2d(frames, config.side(), config.side());
    }
    Tensor folded = torch.pixel_unshuffle(frames, config.patch());
    Tensor h = Rearrange.rearrange(folded, "(b f) c h w -> b c f h w", "b", batch).contiguous();
    h = in.forward(h);
    List<Tensor> maps = new ArrayList<>();
    for (Level level : levels) {
      h = level.forward(h);
      maps.add(h);
    }
    return maps;
  }

  /** Answers to every question from features: logits [B, labels]. */
  public SequencedMap<String, Tensor> logits(Tensor features_BD) {
    SequencedMap<String, Tensor> logits = new LinkedHashMap<>();
    heads.forEach((name, head) -> logits.put(name, head.forward(features_BD).to(ScalarType.Float)));
    return logits;
  }

  /** One resolution: a halving, but for the first, then residual blocks. */
  private record Level(List<Conv3d> down, List<Block> blocks) {
    static Level of(Parameters p, List<Integer> widths, int i, int count) {
      int width = widths.get(i);
      List<Conv3d> down =
          i == 0
              ? List.of()
              : List.of(
                  Conv3d.spatial(
                      p.at("downsampler"), widths.get(i - 1), width, 3, 2, Init.fanIn(1)));
      List<Block> blocks = new ArrayList<>();
      for (int b = 0; b < count; b++) {
        blocks.add(Block.of(p.at("resnets").at(b), width));
      }
      return new Level(down, blocks);
    }

    Tensor forward(Tensor x) {
      Tensor h = x;
      for (Conv3d conv : down) {
        h = conv.forward(h);
      }
      for (Block block : blocks) {
        h = block.forward(h);
      }
      return h;
    }
  }

  /** Norm, SiLU, convolution in space, then the same in time, beside the identity. */
  private record Block(GroupNorm norm1, Conv3d space, GroupNorm norm2, Conv3d time) {
    static Block of(Parameters p, int width) {
      return new Block(
          GroupNorm.of(p.at("norm1"), width, 8, 1e-6),
          Conv3d.spatial(p.at("conv1"), width, width, 3, 1, Init.fanIn(1)),
          GroupNorm.of(p.at("norm2"), width, 8, 1e-6),
          Conv3d.temporal(p.at("conv2"), width, width, 3, Init.fanIn(0.3)));
    }

    Tensor forward(Tensor x) {
      Tensor h = space.forward(torch.silu(norm1.forward(x)));
      return x.add(time.forward(torch.silu(norm2.forward(h))));
    }
  }
}
