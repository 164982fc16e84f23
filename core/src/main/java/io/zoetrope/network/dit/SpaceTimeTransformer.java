package io.zoetrope.network.dit;

import static io.zoetrope.torch.Rearrange.rearrange;

import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.network.BesideLevel;
import io.zoetrope.network.ClipEmbedding;
import io.zoetrope.network.FrameGroups;
import io.zoetrope.network.FrameModulation;
import io.zoetrope.network.FrameText;
import io.zoetrope.network.LeftOut;
import io.zoetrope.network.VideoNetwork;
import io.zoetrope.nn.Init;
import io.zoetrope.nn.LevelEmbedding;
import io.zoetrope.nn.Linear;
import io.zoetrope.nn.Parameters;
import io.zoetrope.nn.Rotary;
import io.zoetrope.torch.Ops;
import io.zoetrope.torch.Segments;
import io.zoetrope.torch.Tensors;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * A factorised space-time diffusion transformer: patches of latents are tokens; each block attends
 * within frames, to the text, and across frames. Every frame has its own noise level and so its own
 * adaptive LayerNorm (Liu et al., "Redefining Temporal Modeling in Video Diffusion: The Vectorized
 * Timestep Approach", 2024).
 *
 * <p>Positions are rotary within attention, plus sinusoids of the place in the picture (0 to 1 on
 * each side) at the entrance. So sizes, lengths and aspect ratios may vary. Attention knows moments
 * only relative to each other; with {@link DitConfig#frameEmbedding} each frame is also told its
 * own moment, counted from the start of what is seen: in pure noise nothing else tells the first
 * frame of a movement from the last.
 */
public final class SpaceTimeTransformer implements VideoNetwork {
  private static final double THETA = 100;

  /** Of a frame's moment, so that a clip's moments spread as a picture's places do. */
  private static final double MOMENT_SCALE = 6;

  /** Sinusoids of each of height, width and length. */
  private static final int SIZE_FEATURES = 64;

  private final DitConfig config;
  private final Linear embed;
  private final LevelEmbedding levels;
  private final Optional<BesideLevel> beside;
  private final Optional<ClipEmbedding> clip;
  private final Optional<Linear> pooled;
  private final Optional<Linear> moments;
  private final Optional<Linear> sizes;
  private final Linear modulate;
  private final List<SpaceTimeBlock> blocks = new ArrayList<>();
  private final Tensor finalTable_RD;
  private final Linear out;

  public SpaceTimeTransformer(DitConfig config, Parameters p) {
    this.config = config;
    int width = config.width();
    int area = config.patch() * config.patch();
    embed = Linear.of(p.at("pos_embed").at("proj"), config.takes() * area, width, Init.xavier());
    Parameters level = p.at("adaln_single").at("emb").at("timestep_embedder");
    levels = LevelEmbedding.of(level, width).told(level, config.told().guidance());
    beside =
        config.told().beside()
            ? Optional.of(
                BesideLevel.of(p.at("adaln_single").at("emb").at("beside_embedder"), width))
            : Optional.empty();
    clip =
        config.told().clip().some()
            ? Optional.of(
                ClipEmbedding.of(
                    config.told().clip(),
                    p.at("adaln_single").at("emb").at("clip_embedder"),
                    width))
            : Optional.empty();
    pooled =
        config.textWidth() == 0
            ? Optional.empty()
            : Optional.of(
                Linear.of(
                    p.at("adaln_single").at("emb").at("text_embedder"),
                    config.textWidth(),
                    width,
                    Init.normal(0.02)));
    moments =
        config.temporal() && config.frameEmbedding()
            ? Optional.of(
                Linear.of(
                    p.at("adaln_single").at("emb").at("frame_embedder"), width, width, Init.ZEROS))
            : Optional.empty();
    sizes =
        config.told().sizes()
            ? Optional.of(
                Linear.of(
                    p.at("adaln_single").at("emb").at("size_embedder"),
                    3L * SIZE_FEATURES,
                    width,
                    Init.ZEROS))
            : Optional.empty();
    modulate =
        Linear.of(
            p.at("adaln_single").at("linear"),
            width,
            (long) SpaceTimeBlock.ROWS * width,
            Init.normal(0.02));
    for (int i = 0; i < config.depth(); i++) {
      blocks.add(new SpaceTimeBlock(config, p.at("transformer_blocks").at(i)));
    }
    finalTable_RD = p.plain("scale_shift_table", Init.normal(1 / Math.sqrt(width)), 2, width);
    out = Linear.of(p.at("proj_out"), width, config.channels() * area, Init.ZEROS);
  }

  @Override
  public DitConfig config() {
    return config;
  }

  @Override
  public Tensor predict(Tensor z_BCFHW, Tensor t_BF, Conditioning conditioning, Segments segments) {
    Tensors.requireVideo(z_BCFHW, config.takes());
    int patch = config.patch();
    long batch = z_BCFHW.size(0);
    long rows = z_BCFHW.size(3) / patch;
    long columns = z_BCFHW.size(4) / patch;
    if (rows * patch != z_BCFHW.size(3) || columns * patch != z_BCFHW.size(4)) {
      throw new UserError(
          Fault.INVALID,
          "latents of %sx%s do not split into patches of %s"
              .formatted(z_BCFHW.size(4), z_BCFHW.size(3), patch),
          "choose a size that is a multiple of it");
    }
    Optional<FrameText> frameText =
        config.textWidth() == 0
            ? Optional.empty()
            : Optional.of(FrameText.of(conditioning, batch, z_BCFHW.size(2)));
    Tensor text_MND =
        frameText.isPresent() ? FrameText.tokens_MND(conditioning) : Tensors.zeros(1, 0, 1);

    Tensor x = tokens(z_BCFHW);
    Tensor c_BFD =
        levels.forward(t_BF, conditioning.get(Conditioning.GUIDANCE)).to(ScalarType.Float);
    if (beside.isPresent()) {
      c_BFD = c_BFD.add(beside.get().of(conditioning, t_BF));
    }
    if (clip.isPresent()) {
      c_BFD = c_BFD.add(clip.get().of(conditioning, t_BF));
    }
    Optional<Tensor> whole = conditioning.get(Conditioning.POOLED);
    if (pooled.isPresent() && whole.isPresent()) {
      c_BFD =
          c_BFD.add(
              frameText
                  .orElseThrow()
                  .pooled(whole.get(), v -> pooled.get().forward(v).to(ScalarType.Float)));
    }
    if (sizes.isPresent()) {
      c_BFD = c_BFD.add(sizes.get().forward(sized(z_BCFHW)).to(ScalarType.Float));
    }
    float[] times = times(z_BCFHW.size(2), conditioning);
    if (moments.isPresent()) {
      Tensor at_1F = Tensors.beside(z_BCFHW, Tensors.of(times, 1, times.length));
      Tensor places_1F = Ops.mul(at_1F, MOMENT_SCALE);
      Tensor moment_1FD =
          moments
              .get()
              .forward(LevelEmbedding.sinusoids(places_1F, config.width()))
              .to(ScalarType.Float);
      c_BFD = c_BFD.add(moment_1FD);
      x = x.add(moment_1FD.unsqueeze(2));
    }
    Tensor modulation = modulation(c_BFD);
    Rotary space = spaceRotary(rows, columns).beside(z_BCFHW);
    Rotary time = Rotary.of(List.of(times), config.width() / config.heads(), THETA).beside(z_BCFHW);
    Optional<Tensor> groups =
        FrameGroups.of(conditioning, batch, z_BCFHW.size(2))
            .map(g -> Tensors.beside(z_BCFHW, g.bias_BFF()));
    Tensor last = segments.enter(c_BFD.unsqueeze(2).add(finalTable_RD));
    x = segments.enter(x);
    modulation = segments.enter(modulation);
    text_MND = segments.enter(text_MND);
    LeftOut left = LeftOut.of(conditioning, batch, z_BCFHW.size(2), config.depth());
    for (int i = 0; i < blocks.size(); i++) {
      int block = i;
      if (left.wholly(block)) {
        continue;
      }
      x =
          segments.run(
              in -> {
                SpaceTimeBlock.Shared shared =
                    new SpaceTimeBlock.Shared(in.get(1), space, time, in.get(2), frameText, groups);
                Tensor made = blocks.get(block).forward(in.get(0), shared);
                return left.after(block, in.get(0), made);
              },
              List.of(x, modulation, text_MND));
    }

    return rearrange(
        out.forward(new FrameModulation(last).in(x, 0)).to(ScalarType.Float),
        "b f (h w) (c p q) -> b c f (h p) (w q)",
        Map.of("p", (long) patch, "q", (long) patch, "h", rows));
  }

  /** Patches as tokens, [B, F, N, D]. */
  private Tensor tokens(Tensor z_BCFHW) {
    long patch = config.patch();
    Map<String, Long> patches = Map.of("p", patch, "q", patch);
    return embed
        .forward(rearrange(z_BCFHW, "b c f (h p) (w q) -> b f (h w) (c p q)", patches))
        .to(ScalarType.Float)
        .add(Tensors.beside(z_BCFHW, places(z_BCFHW.size(3) / patch, z_BCFHW.size(4) / patch)));
  }

  private Tensor modulation(Tensor c_BFD) {
    return rearrange(
        modulate.forward(torch.silu(c_BFD)).to(ScalarType.Float),
        "b f (r d) -> b f r d",
        "r",
        SpaceTimeBlock.ROWS);
  }

  /** What is beside the video is nothing here, and so are texts, moments and sizes. */
  @Override
  public Optional<Tensor> modulated(Tensor z_BCFHW, Tensor t_BF) {
    long[] rest = Tensors.shape(z_BCFHW);
    rest[1] = config.takes() - config.channels();
    Tensor all =
        rest[1] == 0
            ? z_BCFHW
            : Tensors.cat(
                List.of(
                    z_BCFHW,
                    Tensors.beside(z_BCFHW, Tensors.zeros(rest)).to(z_BCFHW.scalar_type())),
                1);
    Tensor modulation = modulation(levels.forward(t_BF).to(ScalarType.Float));
    return Optional.of(blocks.getFirst().entrance(tokens(all), modulation));
  }

  /** Sinusoids of height, width and length in latents: [1, 1, 3 * 64]. */
  private static Tensor sized(Tensor z_BCFHW) {
    float[] sizes = {z_BCFHW.size(3), z_BCFHW.size(4), z_BCFHW.size(2)};
    Tensor each = Tensors.beside(z_BCFHW, Tensors.of(sizes, 1, 1, 3));
    return LevelEmbedding.sinusoids(each, SIZE_FEATURES).flatten(2, 3);
  }

  /** Sinusoids of where each token lies in the picture: [N, D]. */
  private Tensor places(long rows, long columns) {
    float[] down = new float[(int) (rows * columns)];
    float[] across = new float[down.length];
    for (int i = 0; i < down.length; i++) {
      down[i] = 100f * (i / columns + 0.5f) / rows;
      across[i] = 100f * (i % columns + 0.5f) / columns;
    }
    int half = config.width() / 2;
    return Tensors.cat(
        List.of(
            LevelEmbedding.sinusoids(Tensors.of(down, down.length), half),
            LevelEmbedding.sinusoids(Tensors.of(across, across.length), half)),
        1);
  }

  private Rotary spaceRotary(long rows, long columns) {
    float[] down = new float[(int) (rows * columns)];
    float[] across = new float[down.length];
    for (int i = 0; i < down.length; i++) {
      down[i] = (float) (i / columns);
      across[i] = (float) (i % columns);
    }
    return Rotary.of(List.of(down, across), config.width() / config.heads(), THETA);
  }

  private static float[] times(long frames, Conditioning conditioning) {
    if (conditioning.get(Conditioning.FRAME_TIMES).isPresent()) {
      return Tensors.toFloats(conditioning.get(Conditioning.FRAME_TIMES).get().select(0, 0));
    }
    float[] times = new float[(int) frames];
    for (int i = 0; i < times.length; i++) {
      times[i] = i;
    }
    return times;
  }
}
