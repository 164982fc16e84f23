package io.zoetrope.network.unet;

import static io.zoetrope.torch.Rearrange.rearrange;

import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.network.BesideLevel;
import io.zoetrope.network.ClipEmbedding;
import io.zoetrope.network.FrameGroups;
import io.zoetrope.network.FrameText;
import io.zoetrope.network.FrameWindows;
import io.zoetrope.network.MotionStrength;
import io.zoetrope.nn.FrameConv;
import io.zoetrope.nn.Init;
import io.zoetrope.nn.LevelEmbedding;
import io.zoetrope.nn.Linear;
import io.zoetrope.nn.Parameters;
import io.zoetrope.torch.Ops;
import io.zoetrope.torch.Segments;
import io.zoetrope.torch.Tensors;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** The way down of a {@link UNet}, and its bottom: what a {@link ControlNet} is a copy of. */
final class Encoder {
  /** Of a frame's moment before its sinusoids, so that those of a clip spread. */
  private static final double MOMENT_SCALE = 6;

  /** Frames that a convolution takes in where time is halved. */
  static final int HALVING = 3;

  private final UNetConfig config;
  private final ImageConv in;
  private final LevelEmbedding level;
  private final Optional<BesideLevel> beside;
  private final Optional<Pooled> pooled;
  private final Optional<ClipEmbedding> clip;
  private final Optional<Linear> moments;
  private final Optional<ClassEmbedding> classes;
  private final List<Stage> down = new ArrayList<>();
  private final List<Layer> middle;
  private final Optional<TemporalLayer> start;

  /** Features of what is kept on the way down, in order. */
  private final List<Integer> widths = new ArrayList<>();

  private record Pooled(Linear in, Linear out) {
    Tensor forward(Tensor x) {
      return out.forward(torch.silu(in.forward(x)));
    }
  }

  /**
   * What comes out.
   *
   * @param kept [B * F, C, H, W] each, finest first, for the way up
   * @param bottom the last of them after the middle layers
   */
  record Features(List<Tensor> kept, Tensor bottom) {}

  Encoder(UNetConfig config, Parameters p) {
    this.config = config;
    int first = config.widths().getFirst();
    int last = config.widths().getLast();
    in = ImageConv.of(config.inflation(), p, "conv_in", entering(), first, 1, Init.fanIn(1));
    start = config.inflation().temporal().start(config, p);
    level =
        LevelEmbedding.of(p.at("time_embedding"), first, config.embedding())
            .told(p.at("time_embedding"), config.told().guidance());
    beside =
        config.told().beside()
            ? Optional.of(BesideLevel.of(p.at("beside_embedding"), config.embedding()))
            : Optional.empty();
    pooled =
        config.style().pooled() && config.textWidth() > 0
            ? Optional.of(pooled(p.at("add_embedding")))
            : Optional.empty();
    clip =
        config.told().clip().some()
            ? Optional.of(
                ClipEmbedding.of(
                    config.told().clip(),
                    p.at(pooled.isPresent() ? "clip_embedding" : "add_embedding"),
                    config.embedding()))
            : Optional.empty();
    moments =
        config.inflation().moments()
            ? Optional.of(Linear.of(p.at("frame_embedding"), first, config.embedding(), Init.ZEROS))
            : Optional.empty();

    classes = ClassEmbedding.of(config.told().classes(), p, config.embedding());
    widths.add(first);
    int width = first;
    for (int i = 0; i < config.widths().size(); i++) {
      Parameters stage = p.at("down_blocks").at(i);
      List<Layer> layers = new ArrayList<>();
      int heads = config.heads().get(i);
      for (int j = 0; j < config.blocks(); j++) {
        TemporalBlock.Spot spot = new TemporalBlock.Spot(TemporalBlock.Way.DOWN, i, j);
        layers.add(Layer.of(config, spot, stage, width, config.widths().get(i), heads));
        width = config.widths().get(i);
        widths.add(width);
      }
      Optional<ImageConv> resize = Optional.empty();
      if (i + 1 < config.widths().size()) {
        Parameters to = stage.at("downsamplers").at(0);
        resize =
            Optional.of(
                ImageConv.of(config.inflation(), to, "conv", width, width, 2, Init.fanIn(1)));
        widths.add(width);
      }
      Optional<FrameConv> time =
          resize.isPresent() && config.inflation().halving()
              ? Optional.of(
                  FrameConv.identity(stage.at("downsamplers").at(0).at("time"), width, HALVING))
              : Optional.empty();
      down.add(new Stage(layers, resize, time));
    }
    Parameters mid = p.at("mid_block");
    Middle bottom = config.middle();
    middle =
        switch (bottom.kind()) {
          case ATTENDS ->
              List.of(
                  Layer.middle(config, mid, last, bottom.heads()),
                  Layer.plain(config, mid, 1, last));
          case PLAIN -> List.of(Layer.plain(config, mid, 0, last));
          case NONE -> List.of();
        };
  }

  private Pooled pooled(Parameters p) {
    int width = config.embedding();
    return new Pooled(
        Linear.of(p.at("linear_1"), config.textWidth(), width, Init.xavier()),
        Linear.of(p.at("linear_2"), width, width, Init.normal(0.02)));
  }

  /** Features of what is kept on the way down, in order. */
  List<Integer> widths() {
    return widths;
  }

  /** What all layers share in a pass over B clips of F frames. */
  Pass pass(
      long frames,
      Tensor t_BF,
      Conditioning conditioning,
      Optional<PictureAdapter.Seen> pictures,
      Segments segments) {
    long batch = t_BF.size(0);
    Optional<FrameText> text =
        config.contextWidth() == 0
            ? Optional.empty()
            : Optional.of(config.looks().at(conditioning, batch, frames));
    float[] times = times(frames, conditioning);
    Optional<FrameGroups> groups = FrameGroups.of(conditioning, batch, frames);
    return new Pass(
        frames,
        times,
        groups,
        groups.map(g -> Tensors.beside(t_BF, g.bias_BFF().unsqueeze(1).unsqueeze(1))),
        conditioning.get(FrameWindows.SLOT).filter(w -> w.length() < frames),
        MotionStrength.of(conditioning, t_BF),
        conditioning.get(SpatialAttention.SLOT),
        text,
        pictures,
        segments.enter(embed(t_BF, times, text, conditioning)),
        segments.enter(
            text.isPresent() ? config.looks().tokens_MND(conditioning) : Tensors.zeros(1, 0, 1)),
        Optional.empty());
  }

  /** The same for each resolution, where time is halved with space. */
  Passes passes(
      long frames,
      Tensor t_BF,
      Conditioning conditioning,
      Optional<PictureAdapter.Seen> pictures,
      Segments segments) {
    List<Pass> all = new ArrayList<>();
    List<TimePooling> halvings = new ArrayList<>();
    all.add(pass(frames, t_BF, conditioning, pictures, segments));
    Conditioning told = conditioning;
    for (int i = 1; config.inflation().halving() && i < config.widths().size(); i++) {
      Pass fine = all.getLast();
      TimePooling halving = TimePooling.of(fine.groups(), t_BF.size(0), fine.frames());
      told = told.frames(halving.firsts());
      halvings.add(halving);
      all.add(halved(fine, halving, t_BF, told, segments));
    }
    return new Passes(all, halvings);
  }

  /** What a frame is told that stands for two: the mean of their levels' features, not levels. */
  private Pass halved(
      Pass fine, TimePooling halving, Tensor t_BF, Conditioning told, Segments segments) {
    long batch = t_BF.size(0);
    long frames = halving.left();
    Optional<FrameGroups> groups = FrameGroups.of(told, batch, frames);
    return new Pass(
        frames,
        times(frames, told),
        groups,
        groups.map(g -> Tensors.beside(t_BF, g.bias_BFF().unsqueeze(1).unsqueeze(1))),
        fine.windows(),
        fine.strength(),
        fine.attention(),
        fine.text().isPresent()
            ? Optional.of(config.looks().at(told, batch, frames))
            : Optional.empty(),
        fine.pictures(),
        segments.run(at -> halving.mean(at.getFirst()), List.of(fine.c_ME())),
        fine.tokens_MND(),
        Optional.empty());
  }

  /** Channels of the first convolution. */
  private int entering() {
    return config.inflation().convolution().shown() ? config.gives() : config.takes();
  }

  /** What layers over time see beside their input, [B * F, C, H, W]; empty for nothing. */
  Optional<Tensor> shown(Tensor z_BCFHW) {
    long more = (long) config.takes() - entering();
    return more == 0
        ? Optional.empty()
        : Optional.of(
            rearrange(
                z_BCFHW.narrow(1, entering(), more).to(ScalarType.Float),
                "b c f h w -> (b f) c h w"));
  }

  /** The first convolution: z [B, C, F, H, W] -> [B * F, C', H, W] f32. */
  Tensor enter(Tensor z_BCFHW, Pass pass) {
    Tensors.requireVideo(z_BCFHW, config.takes());
    Tensor x =
        Ops.channelsLast(rearrange(z_BCFHW.narrow(1, 0, entering()), "b c f h w -> (b f) c h w"));
    return in.forward(x, pass).to(ScalarType.Float);
  }

  /**
   * Down, and through the bottom.
   *
   * @param x from {@link #enter}, made fit for the segments
   */
  Features forward(Tensor x, Passes passes, Segments segments) {
    Tensor h =
        start
            .map(
                first -> segments.run(at -> first.forward(at.getFirst(), passes.at(0)), List.of(x)))
            .orElse(x);
    List<Tensor> kept = new ArrayList<>(List.of(h));
    for (int i = 0; i < down.size(); i++) {
      Stage stage = down.get(i);
      Pass shared = passes.at(i);
      for (Layer layer : stage.layers()) {
        h = layer.run(segments, List.of(h), shared);
        kept.add(h);
      }
      if (stage.resize().isPresent()) {
        ImageConv shrink = stage.resize().get();
        h =
            segments.run(
                at -> shrink.forward(at.getFirst(), shared).to(ScalarType.Float), List.of(h));
        if (stage.time().isPresent()) {
          FrameConv time = stage.time().get();
          TimePooling halving = passes.halvings().get(i);
          h =
              segments.run(
                  at -> halving.down(Passes.over(time, at.getFirst(), shared)), List.of(h));
        }
        kept.add(h);
      }
    }
    for (Layer layer : middle) {
      h = layer.run(segments, List.of(h), passes.at(down.size() - 1));
    }
    return new Features(kept, h);
  }

  /** What each frame's residual blocks are told, [B * F, E], activated. */
  private Tensor embed(
      Tensor t_BF, float[] times, Optional<FrameText> text, Conditioning conditioning) {
    Tensor c_BFE =
        level.forward(t_BF, conditioning.get(Conditioning.GUIDANCE)).to(ScalarType.Float);
    if (beside.isPresent()) {
      c_BFE = c_BFE.add(beside.get().of(conditioning, t_BF));
    }
    if (clip.isPresent()) {
      c_BFE = c_BFE.add(clip.get().of(conditioning, t_BF));
    }
    Optional<Tensor> whole = conditioning.get(Conditioning.POOLED);
    if (pooled.isPresent() && whole.isPresent()) {
      c_BFE =
          c_BFE.add(
              text.orElseThrow()
                  .pooled(whole.get(), v -> pooled.get().forward(v).to(ScalarType.Float)));
    }
    if (moments.isPresent()) {
      Tensor times_1F = Tensors.beside(t_BF, Tensors.of(times, 1, times.length));
      Tensor at_1F = Ops.mul(times_1F, MOMENT_SCALE);
      Tensor sinusoids = LevelEmbedding.sinusoids(at_1F, config.widths().getFirst());
      c_BFE = c_BFE.add(moments.get().forward(sinusoids).to(ScalarType.Float));
    }
    if (classes.isPresent()) {
      c_BFE = c_BFE.add(classes.get().of(conditioning));
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
}
