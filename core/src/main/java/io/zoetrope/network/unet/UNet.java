package io.zoetrope.network.unet;

import static io.zoetrope.torch.Rearrange.rearrange;

import io.zoetrope.diffusion.Conditioning;
import io.zoetrope.network.FrameGroups;
import io.zoetrope.network.FrameText;
import io.zoetrope.network.VideoNetwork;
import io.zoetrope.nn.GroupNorm;
import io.zoetrope.nn.Init;
import io.zoetrope.nn.LevelEmbedding;
import io.zoetrope.nn.Linear;
import io.zoetrope.nn.Parameters;
import io.zoetrope.torch.Ops;
import io.zoetrope.torch.Segments;
import io.zoetrope.torch.Tensors;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * The U-Net of latent diffusion (Ho et al., "DDPM", 2020; Rombach et al., 2022), one frame like
 * another, and between its layers those that look across frames, as its {@link Inflation} says.
 * Every frame has its own noise level, which reaches it through the residual blocks.
 */
public final class UNet implements VideoNetwork {
  /** Of a frame's moment before its sinusoids, so that those of a clip spread. */
  private static final double MOMENT_SCALE = 6;

  private final UNetConfig config;
  private final ImageConv in;
  private final LevelEmbedding level;
  private final Optional<Pooled> pooled;
  private final Optional<Linear> moments;
  private final List<Stage> down = new ArrayList<>();
  private final List<Layer> middle;
  private final List<Stage> up = new ArrayList<>();
  private final GroupNorm norm;
  private final ImageConv out;

  /** One resolution: layers, then a change of size. */
  private record Stage(List<Layer> layers, Optional<ImageConv> resize) {}

  private record Pooled(Linear in, Linear out) {
    Tensor forward(Tensor x) {
      return out.forward(torch.silu(in.forward(x)));
    }
  }

  public UNet(UNetConfig config, Parameters p) {
    this.config = config;
    List<Integer> widths = config.widths();
    int first = widths.getFirst();
    int last = widths.getLast();
    in = conv(p, "conv_in", config.channels(), first, 1, Init.fanIn(1));
    level = LevelEmbedding.of(p.at("time_embedding"), first, config.embedding());
    pooled =
        config.style().pooled() ? Optional.of(pooled(p.at("add_embedding"))) : Optional.empty();
    moments =
        config.inflation().moments()
            ? Optional.of(Linear.of(p.at("frame_embedding"), first, config.embedding(), Init.ZEROS))
            : Optional.empty();

    // Widths of what is kept on the way down for the way up.
    Deque<Integer> kept = new ArrayDeque<>(List.of(first));
    int width = first;
    for (int i = 0; i < widths.size(); i++) {
      Parameters stage = p.at("down_blocks").at(i);
      List<Layer> layers = new ArrayList<>();
      for (int j = 0; j < config.blocks(); j++) {
        layers.add(Layer.of(config, stage, j, width, widths.get(i), config.heads().get(i)));
        width = widths.get(i);
        kept.push(width);
      }
      Optional<ImageConv> resize = Optional.empty();
      if (i + 1 < widths.size()) {
        resize =
            Optional.of(
                conv(stage.at("downsamplers").at(0), "conv", width, width, 2, Init.fanIn(1)));
        kept.push(width);
      }
      down.add(new Stage(layers, resize));
    }
    Parameters mid = p.at("mid_block");
    middle =
        List.of(
            Layer.of(config, mid, 0, last, last, config.midHeads()),
            Layer.plain(config, mid, 1, last));
    for (int i = 0; i < widths.size(); i++) {
      Parameters stage = p.at("up_blocks").at(i);
      int at = widths.size() - 1 - i;
      List<Layer> layers = new ArrayList<>();
      for (int j = 0; j <= config.blocks(); j++) {
        int wide = width + kept.pop();
        width = widths.get(at);
        layers.add(Layer.of(config, stage, j, wide, width, config.heads().get(at)));
      }
      Optional<ImageConv> resize =
          at == 0
              ? Optional.empty()
              : Optional.of(
                  conv(stage.at("upsamplers").at(0), "conv", width, width, 1, Init.fanIn(1)));
      up.add(new Stage(layers, resize));
    }
    norm =
        GroupNorm.of(p.at("conv_norm_out"), first, config.style().groups(), config.style().eps());
    out = conv(p, "conv_out", first, config.outChannels(), 1, Init.ZEROS);
  }

  private ImageConv conv(Parameters p, String name, long in, long out, long stride, Init init) {
    return ImageConv.of(config.inflation(), p, name, in, out, stride, init);
  }

  private Pooled pooled(Parameters p) {
    int width = config.embedding();
    return new Pooled(
        Linear.of(p.at("linear_1"), config.textWidth(), width, Init.xavier()),
        Linear.of(p.at("linear_2"), width, width, Init.normal(0.02)));
  }

  @Override
  public UNetConfig config() {
    return config;
  }

  @Override
  public Tensor predict(Tensor z_BCFHW, Tensor t_BF, Conditioning conditioning, Segments segments) {
    long batch = z_BCFHW.size(0);
    long frames = z_BCFHW.size(2);
    FrameText text = FrameText.of(conditioning, batch, frames);
    float[] times = times(frames, conditioning);
    Optional<FrameGroups> groups = FrameGroups.of(conditioning, batch, frames);
    Pass shared =
        new Pass(
            frames,
            times,
            groups,
            groups.map(g -> g.bias_BFF().unsqueeze(1).unsqueeze(1)),
            text,
            segments.enter(embed(t_BF, times, text, conditioning)),
            segments.enter(FrameText.tokens_MND(conditioning)));

    Tensor x = Ops.channelsLast(rearrange(z_BCFHW, "b c f h w -> (b f) c h w"));
    x = segments.enter(in.forward(x, shared).to(ScalarType.Float));
    Deque<Tensor> kept = new ArrayDeque<>();
    kept.push(x);
    for (Stage stage : down) {
      for (Layer layer : stage.layers) {
        x = run(segments, layer, List.of(x), shared);
        kept.push(x);
      }
      if (stage.resize.isPresent()) {
        ImageConv shrink = stage.resize.get();
        x = segments.run(at -> f32(shrink.forward(at.getFirst(), shared)), List.of(x));
        kept.push(x);
      }
    }
    for (Layer layer : middle) {
      x = run(segments, layer, List.of(x), shared);
    }
    for (Stage stage : up) {
      for (Layer layer : stage.layers) {
        x = run(segments, layer, List.of(x, kept.pop()), shared);
      }
      if (stage.resize.isPresent()) {
        ImageConv smooth = stage.resize.get();
        // As high and wide as what it joins next, whose size may have been odd.
        long height = kept.element().size(2);
        long breadth = kept.element().size(3);
        x =
            segments.run(
                at -> f32(smooth.forward(Ops.nearest(at.getFirst(), height, breadth), shared)),
                List.of(x));
      }
    }
    x = f32(out.forward(torch.silu(norm.forward(x)), shared));
    return rearrange(x, "(b f) c h w -> b c f h w", "f", frames);
  }

  /** A layer as a segment, of what comes from the layer before and from the way down. */
  private static Tensor run(Segments segments, Layer layer, List<Tensor> xs, Pass shared) {
    List<Tensor> inputs = new ArrayList<>(List.of(shared.c_ME(), shared.tokens_MND()));
    inputs.addAll(xs);
    return segments.run(
        at ->
            layer.forward(
                at.size() == 3 ? at.get(2) : Tensors.cat(at.subList(2, at.size()), 1),
                shared.with(at.get(0), at.get(1))),
        inputs);
  }

  /** What each frame's residual blocks are told, [B * F, E], activated. */
  private Tensor embed(Tensor t_BF, float[] times, FrameText text, Conditioning conditioning) {
    Tensor c_BFE = f32(level.forward(t_BF));
    if (pooled.isPresent() && conditioning.pooled().isPresent()) {
      c_BFE =
          c_BFE.add(text.pooled(conditioning.pooled().get(), v -> f32(pooled.get().forward(v))));
    }
    if (moments.isPresent()) {
      Tensor at_1F = Ops.mul(Tensors.of(times, 1, times.length), MOMENT_SCALE);
      Tensor sinusoids = LevelEmbedding.sinusoids(at_1F, config.widths().getFirst());
      c_BFE = c_BFE.add(f32(moments.get().forward(sinusoids)));
    }
    return torch.silu(c_BFE).flatten(0, 1);
  }

  private static float[] times(long frames, Conditioning conditioning) {
    Optional<Tensor> given = conditioning.get(Conditioning.FRAME_TIMES);
    if (given.isPresent()) {
      return Tensors.toFloats(given.get().select(0, 0));
    }
    float[] times = new float[(int) frames];
    for (int i = 0; i < times.length; i++) {
      times[i] = i;
    }
    return times;
  }

  private static Tensor f32(Tensor x) {
    return x.to(ScalarType.Float);
  }
}
