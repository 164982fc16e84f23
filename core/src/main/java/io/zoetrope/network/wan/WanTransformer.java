package io.zoetrope.network.wan;

import static io.zoetrope.torch.Rearrange.rearrange;

import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.network.FrameModulation;
import io.zoetrope.network.FrameText;
import io.zoetrope.network.LeftOut;
import io.zoetrope.network.PictureSlots;
import io.zoetrope.network.VideoNetwork;
import io.zoetrope.nn.Init;
import io.zoetrope.nn.Linear;
import io.zoetrope.nn.Parameters;
import io.zoetrope.torch.Segments;
import io.zoetrope.torch.Tensors;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BinaryOperator;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * The transformer of Wan: patches of latents are tokens, in the order frame, row, column; each
 * block attends to all of them, to the text and to pictures. Every frame has its own noise level,
 * by which all of its tokens are modulated; the public reference takes one for each clip or each
 * token.
 *
 * <p>Released models see texts whole: zeros behind a prompt's end count, so texts must be as long
 * as in training (512 tokens) and say no {@link Conditioning#TEXT_MASK}.
 *
 * <p>Latents of {@link WanConfig#takes}: those to denoise, what is shown beside them, and behind
 * these what a {@link WanConfig.Vace} sees. What that says after a block is also heard by frames
 * that leave the block out.
 */
public final class WanTransformer implements VideoNetwork {
  static final String PATCHES = "patch_embedding";

  private final WanConfig config;
  private final Linear patches;
  private final WanCondition condition;
  private final List<WanBlock> blocks = new ArrayList<>();
  private final Optional<WanVace> vace;
  private final Linear out;
  private final Tensor table_1RD;

  public WanTransformer(WanConfig config, Parameters p) {
    this.config = config;
    int width = config.features();
    patches = patches(p.at(PATCHES), config.channels(), width);
    condition = new WanCondition(config, p);
    for (int i = 0; i < config.depth(); i++) {
      blocks.add(new WanBlock(config, p.at("blocks").at(i)));
    }
    vace = config.vace().map(v -> new WanVace(config, v, p));
    out =
        Linear.of(
            p.at("proj_out"),
            width,
            (long) config.gives() * WanConfig.PATCH * WanConfig.PATCH,
            Init.xavier());
    table_1RD = p.plain("scale_shift_table", Init.normal(1 / Math.sqrt(width)), 1, 2, width);
  }

  /** Tokens of patches of 1x2x2 latents. */
  static Linear patches(Parameters p, int channels, int width) {
    return Linear.ofPatches(p, Init.fanIn(1), width, channels, 1, WanConfig.PATCH, WanConfig.PATCH);
  }

  /** z [B, C, F, H, W] as what {@link #patches} takes: [B, F, N, C * 4]. */
  static Tensor cut(Tensor z) {
    long patch = WanConfig.PATCH;
    if (z.size(3) % patch != 0 || z.size(4) % patch != 0) {
      throw new UserError(
          Fault.INVALID,
          "latents of %sx%s do not split into patches of %s".formatted(z.size(4), z.size(3), patch),
          "choose a size that is a multiple of it");
    }
    return rearrange(z, "b c f (h p) (w q) -> b f (h w) (c p q)", Map.of("p", patch, "q", patch));
  }

  @Override
  public WanConfig config() {
    return config;
  }

  /** The modulation alone, as the polynomials of {@link WanChange} are of. */
  @Override
  public Optional<Tensor> modulated(Tensor z_BCFHW, Tensor t_BF) {
    Tensor rows_BFRD = condition.levels(t_BF, Conditioning.none()).modulation_BFRD();
    return Optional.of(rows_BFRD.flatten(2, 3));
  }

  @Override
  public Tensor predict(Tensor z_BCFHW, Tensor t_BF, Conditioning conditioning, Segments segments) {
    Tensors.requireVideo(z_BCFHW, config.takes());
    long batch = z_BCFHW.size(0);
    long frames = z_BCFHW.size(2);
    Tensor own = z_BCFHW.narrow(1, 0, config.channels());
    Tensor x = segments.enter(patches.forward(cut(own)).to(ScalarType.Float));

    WanCondition.Levels levels = condition.levels(t_BF, conditioning);
    Tensor modulation = segments.enter(levels.modulation_BFRD());
    Tensor last = segments.enter(levels.e_BFD().unsqueeze(2).add(table_1RD));
    Tensor text = segments.enter(condition.text(FrameText.tokens_MND(conditioning)));
    Optional<Tensor> pictures =
        conditioning
            .get(PictureSlots.TOKENS)
            .map(tokens -> segments.enter(condition.pictures(tokens.flatten(0, 1))));
    Optional<FrameText> framePictures =
        conditioning
            .get(PictureSlots.TOKENS)
            .map(tokens ->
                FrameText.of(tokens, conditioning.get(PictureSlots.FRAMES), batch, frames));
    WanPlaces places = WanPlaces.of(config, own, conditioning);
    FrameText texts = FrameText.of(conditioning, batch, frames);
    Pass pass = new Pass(segments, places, texts, modulation, text, pictures, framePictures);

    Optional<List<Tensor>> said =
        vace.isPresent() ? Optional.of(vace.get().said(x, z_BCFHW, pass)) : Optional.empty();
    LeftOut left = LeftOut.of(conditioning, batch, frames, config.depth());
    for (int i = 0; i < blocks.size(); i++) {
      int block = i;
      x = left.wholly(i) ? x : pass.run(blocks.get(i), x, (in, y) -> left.after(block, in, y));
      if (said.isPresent()) {
        int spoken = config.vace().orElseThrow().layers().indexOf(i);
        x = spoken < 0 ? x : x.add(said.get().get(spoken));
      }
    }

    Tensor y = out.forward(new FrameModulation(last).in(x, 0)).to(ScalarType.Float);
    return rearrange(
        y,
        "b f (h w) (p q c) -> b c f (h p) (w q)",
        Map.of(
            "p", (long) WanConfig.PATCH,
            "q", (long) WanConfig.PATCH,
            "h", z_BCFHW.size(3) / WanConfig.PATCH));
  }

  /** One forward pass: what all blocks are given, and how they are run. */
  record Pass(
      Segments segments,
      WanPlaces places,
      FrameText texts,
      Tensor modulation,
      Tensor text,
      Optional<Tensor> pictures,
      Optional<FrameText> framePictures) {
    Tensor run(WanBlock block, Tensor x) {
      return run(block, x, (in, made) -> made);
    }

    /**
     * As above.
     *
     * @param after what goes on, of what comes in and what the block makes of it
     */
    Tensor run(WanBlock block, Tensor x, BinaryOperator<Tensor> after) {
      List<Tensor> inputs = new ArrayList<>(List.of(x, modulation, text));
      pictures.ifPresent(inputs::add);
      return segments.run(
          in ->
              after.apply(
                  in.get(0),
                  block.forward(
                      in.get(0),
                      new WanBlock.Shared(
                          in.get(1),
                          places.rotary(),
                          places.spans(),
                          in.get(2),
                          texts,
                          in.size() > 3 ? Optional.of(in.get(3)) : Optional.empty(),
                          framePictures))),
          inputs);
    }
  }
}
