package io.zoetrope.network.prior;

import io.zoetrope.diffusion.Denoiser;
import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.diffusion.condition.Signature;
import io.zoetrope.nn.Init;
import io.zoetrope.nn.LayerNorm;
import io.zoetrope.nn.LevelEmbedding;
import io.zoetrope.nn.Linear;
import io.zoetrope.nn.Parameters;
import io.zoetrope.torch.Ops;
import io.zoetrope.torch.Tensors;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * unCLIP's prior (Ramesh et al., "Hierarchical Text-Conditional Image Generation with CLIP
 * Latents", 2022, section 2.2): a transformer over the tokens of a text, its whole, the level, a
 * noisy embedding and a query, at which it answers. Diffusion over one vector is diffusion over
 * videos of one frame of one pixel: the vector is their channels. What it predicts is x0. Weights
 * are named as in {@code PriorTransformer} of diffusers.
 */
public final class PriorTransformer implements Denoiser {
  /** The logit of what a token must not look at: the reference's, which is not minus infinity. */
  private static final double HIDDEN = -10_000;

  private final PriorConfig config;
  private final Linear timeIn;
  private final Linear timeOut;
  private final Linear enter;
  private final Linear whole;
  private final Linear words;
  private final Tensor positions_1ND;
  private final Tensor query_11D;
  private final List<PriorBlock> blocks = new ArrayList<>();
  private final LayerNorm norm;
  private final Linear leave;
  private final Tensor mean_1E;
  private final Tensor deviation_1E;

  public PriorTransformer(PriorConfig config, Parameters p) {
    this.config = config;
    long width = config.width();
    long embedding = config.embedding();
    positions_1ND =
        p.plain(
            "positional_embedding",
            Init.normal(0.02),
            1,
            config.tokens() + PriorConfig.MORE,
            width);
    query_11D = p.plain("prd_embedding", Init.normal(0.02), 1, 1, width);
    mean_1E = p.plain("clip_mean", Init.ZEROS, 1, embedding);
    deviation_1E = p.plain("clip_std", Init.ONES, 1, embedding);
    Parameters time = p.at("time_embedding");
    timeIn = Linear.of(time.at("linear_1"), width, config.timeWidth(), Init.normal(0.02));
    timeOut = Linear.of(time.at("linear_2"), config.timeWidth(), width, Init.normal(0.02));
    enter = Linear.of(p.at("proj_in"), embedding, width, Init.xavier());
    whole = Linear.of(p.at("embedding_proj"), embedding, width, Init.xavier());
    words = Linear.of(p.at("encoder_hidden_states_proj"), embedding, width, Init.xavier());
    for (int i = 0; i < config.depth(); i++) {
      blocks.add(new PriorBlock(config, p.at("transformer_blocks").at(i)));
    }
    norm = LayerNorm.of(p.at("norm_out"), width, 1e-5);
    leave = Linear.of(p.at("proj_to_clip_embeddings"), width, embedding, Init.xavier());
  }

  public PriorConfig config() {
    return config;
  }

  @Override
  public Optional<Signature> signature() {
    return Optional.of(
        new Signature(
            config.embedding(),
            config.embedding(),
            Set.of(Conditioning.TEXT, Conditioning.POOLED),
            Set.of(Conditioning.TEXT_MASK)));
  }

  /** An embedding [B, E] as it lies in the space where noise is: of unit variance or so. */
  public Tensor standardised(Tensor embedding_BE) {
    return embedding_BE.sub(mean_1E).div(deviation_1E);
  }

  /** The way back. */
  public Tensor restored(Tensor x_BE) {
    return x_BE.mul(deviation_1E).add(mean_1E);
  }

  /**
   * The clean embedding.
   *
   * @param z_BCFHW noisy embeddings as channels, one a frame: [B, E, F, 1, 1]
   * @param conditioning one text a clip of {@code config.tokens()} tokens, and its whole; where a
   *     mask says which of them count, a token sees itself and those before it, and without one
   *     all, as in the reference
   */
  @Override
  public Tensor predict(Tensor z_BCFHW, Tensor t_BF, Conditioning conditioning) {
    Tensors.requireVideo(z_BCFHW, config.embedding());
    long batch = z_BCFHW.size(0);
    long frames = z_BCFHW.size(2);
    long rows = batch * frames;
    Tensor noisy_RE = z_BCFHW.flatten(2, 4).transpose(1, 2).reshape(rows, config.embedding());
    Tensor text_RND = each(conditioning.get(Conditioning.TEXT).orElseThrow(), frames);
    Tensor whole_RE = each(conditioning.get(Conditioning.POOLED).orElseThrow(), frames);
    Tensor sinusoids = LevelEmbedding.sinusoids(t_BF.reshape(rows), config.width());
    Tensor time_RD = timeOut.forward(torch.silu(f32(timeIn.forward(sinusoids))));
    Tensor row =
        Tensors.cat(
                List.of(
                    f32(words.forward(text_RND)),
                    f32(whole.forward(whole_RE)).unsqueeze(1),
                    f32(time_RD).unsqueeze(1),
                    f32(enter.forward(noisy_RE)).unsqueeze(1),
                    query_11D.expand(rows, 1, config.width())),
                1)
            .add(positions_1ND);
    Optional<Tensor> mask =
        conditioning.get(Conditioning.TEXT_MASK).map(m -> seen(each(m, frames), row));
    Tensor x = row;
    for (PriorBlock block : blocks) {
      x = block.forward(x, mask);
    }
    Tensor made_RE = f32(leave.forward(norm.forward(x).select(1, x.size(1) - 1)));
    return made_RE
        .reshape(batch, frames, config.embedding())
        .transpose(1, 2)
        .unsqueeze(3)
        .unsqueeze(4);
  }

  private static Tensor f32(Tensor x) {
    return x.to(ScalarType.Float);
  }

  /** [B, 1, ...] -> [B * F, ...]: each frame has its clip's only text. */
  private static Tensor each(Tensor text_BG, long frames) {
    if (text_BG.size(1) != 1) {
      throw new IllegalArgumentException("a prior reads one text a clip, not " + text_BG.size(1));
    }
    Tensor text_B = text_BG.squeeze(1);
    return frames == 1
        ? text_B
        : Tensors.stack(Collections.nCopies(Math.toIntExact(frames), text_B), 1).flatten(0, 1);
  }

  /** What is added to the logits, [R, 1, N, N]: both what is behind and what does not count. */
  private static Tensor seen(Tensor mask_RN, Tensor x) {
    long n = x.size(1);
    Tensor behind =
        Ops.mul(Tensors.beside(x, Tensors.full(1, n, n)).triu(1), HIDDEN).reshape(1, 1, n, n);
    Tensor none = Ops.mul(Tensors.beside(x, mask_RN).logical_not().to(ScalarType.Float), HIDDEN);
    Tensor padded = Ops.pad(none, 0, n - mask_RN.size(1), 0, 0);
    return padded.reshape(padded.size(0), 1, 1, n).add(behind);
  }
}
