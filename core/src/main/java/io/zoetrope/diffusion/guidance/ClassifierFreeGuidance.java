package io.zoetrope.diffusion.guidance;

import io.zoetrope.diffusion.Levels;
import io.zoetrope.diffusion.NoiseSchedule;
import io.zoetrope.diffusion.Sight;
import io.zoetrope.diffusion.X0Denoiser;
import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.torch.Ops;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Segments;
import io.zoetrope.torch.Tensors;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Classifier-free guidance (Ho and Salimans 2022): {@code x0 = x0_neg + w (x0_cond - x0_neg)},
 * which is the same combination of eps and of v. Both branches are one forward pass of twice the
 * batch, or two passes, one after the other, of which none needs twice the memory; where w is 1 for
 * every frame the negative branch is not computed at all, where w is 0 for every frame the
 * conditional one is not.
 *
 * <p>Rescaling (Lin et al. 2023, "Common Diffusion Noise Schedules and Sample Steps are Flawed",
 * equations 15 and 16) brings the standard deviation of a guided frame back towards the conditional
 * one's. It is done on x0 and frame by frame, since frames have levels of their own.
 *
 * <p>The temporal scale w_t is about how much frames have to do with each other (Esser et al. 2023,
 * "Structure and Content-Guided Video Synthesis with Diffusion Models", equation 8): {@code x0 =
 * x0_alone + w_t (x0_neg - x0_alone) + w (x0_cond - x0_neg)}, where x0_alone is what the network
 * makes of {@code negative} with each frame in a {@linkplain Conditioning#FRAME_GROUPS group} of
 * its own: one pass more. 1 is off, 0 leaves the unconditional part to each frame, above 1 is
 * calmer.
 *
 * <p>{@link SkipLayers} leaves blocks of the network out of what is led away from, or, with a scale
 * of its own, out of one pass more, of the prompt.
 *
 * @param base the denoiser to guide
 * @param negative what to be guided away from: an empty or a negative prompt; of batch 1 or the
 *     batch of the video. Where it says nothing, what stands for nothing in the slot
 * @param scale w; 1 is off
 * @param temporal w_t; 1 is off
 * @param rescale from 0, none, to 1, all the way; the paper uses 0.7
 * @param zeroStar how velocities of flows are guided otherwise; empty leaves them
 * @param skip blocks that are left out; empty for none
 * @param apart whether the branches are two passes
 * @param sight which frames of a longer video they are: {@code negative} is that of the whole
 */
public record ClassifierFreeGuidance(
    X0Denoiser base,
    Conditioning negative,
    GuidanceScale scale,
    GuidanceScale temporal,
    double rescale,
    Optional<ZeroStar> zeroStar,
    Optional<SkipLayers.Span> skip,
    boolean apart,
    Sight sight)
    implements X0Denoiser {
  /** Of velocities as they are. */
  public ClassifierFreeGuidance(
      X0Denoiser base,
      Conditioning negative,
      GuidanceScale scale,
      GuidanceScale temporal,
      double rescale,
      Sight sight) {
    this(base, negative, scale, temporal, rescale, Optional.empty(), sight);
  }

  /** Of the whole network. */
  public ClassifierFreeGuidance(
      X0Denoiser base,
      Conditioning negative,
      GuidanceScale scale,
      GuidanceScale temporal,
      double rescale,
      Optional<ZeroStar> zeroStar,
      Sight sight) {
    this(base, negative, scale, temporal, rescale, zeroStar, Optional.empty(), false, sight);
  }

  public ClassifierFreeGuidance {
    if (!(rescale >= 0 && rescale <= 1)) {
      throw new IllegalArgumentException("rescale lies in [0, 1]; " + rescale + " does not");
    }
  }

  /** Of a whole video. */
  public ClassifierFreeGuidance(
      X0Denoiser base, Conditioning negative, GuidanceScale scale, double rescale) {
    this(base, negative, scale, GuidanceScale.constant(1), rescale, Sight.whole());
  }

  /** One scale everywhere, no rescaling. */
  public ClassifierFreeGuidance(X0Denoiser base, Conditioning negative, double scale) {
    this(base, negative, GuidanceScale.constant(scale), 0);
  }

  @Override
  public NoiseSchedule schedule() {
    return base.schedule();
  }

  @Override
  public X0Denoiser segmented(Segments segments) {
    return new ClassifierFreeGuidance(
        base.segmented(segments), negative, scale, temporal, rescale, zeroStar, skip, apart, sight);
  }

  @Override
  public Tensor x0(Tensor z_BCFHW, Tensor u_BF, Conditioning conditioning) {
    Levels levels = schedule().levels(u_BF, z_BCFHW);
    long batch = levels.batch();
    double[] w = weights(scale, levels);
    double[] calm = weights(temporal, levels);
    boolean together = all(calm, 1);
    Optional<boolean[]> left = skip.flatMap(s -> s.frames(levels));
    double[] worse = worse(left, w.length);
    boolean alone = all(worse, 0);
    Optional<boolean[]> leftAway = alone ? left : Optional.empty();
    if (together && alone && all(w, 1)) {
      return base.x0(z_BCFHW, u_BF, conditioning);
    }
    Conditioning away = leaving(away(conditioning, levels), leftAway, levels);
    if (together && alone && all(w, 0)) {
      return base.x0(z_BCFHW, u_BF, away);
    }
    Tensor full_BF = levels.u_BF();
    Conditioning own = conditioning.expand(batch);
    // Both branches say it, or neither.
    Optional<boolean[]> none = leftAway.map(l -> new boolean[l.length]);
    List<Conditioning> branches =
        together && all(w, 1) ? List.of(own) : List.of(leaving(own, none, levels), away);
    List<Tensor> answers = answers(z_BCFHW, full_BF, branches);
    ScalarType dtype = z_BCFHW.scalar_type().intern();
    ScalarType wide = dtype == ScalarType.Double ? ScalarType.Double : ScalarType.Float;
    Tensor positive = answers.getFirst().to(wide);
    Tensor z = z_BCFHW.to(wide);
    Tensor plain = answers.getLast().to(wide);
    Tensor led = zeroStar.map(star -> star.scaled(z, positive, plain, levels)).orElse(plain);
    Tensor w_B1F11 = beside(w, positive);
    Tensor from = together ? led : calmed(z_BCFHW, full_BF, away, led, calm);
    Tensor guided = from.add(positive.sub(led).mul(w_B1F11));
    if (!alone) {
      Tensor less = base.x0(z_BCFHW, full_BF, leaving(own, left, levels)).to(wide);
      guided = guided.add(positive.sub(less).mul(beside(worse, positive)));
    }
    if (rescale > 0) {
      Tensor back = deviation(positive).div(Ops.add(deviation(guided), 1e-12));
      guided = guided.mul(Ops.add(Ops.mul(back, rescale), 1 - rescale));
    }
    // Where guidance is off the conditional branch passes through to the last bit.
    Tensor off = is(w, 1, positive);
    if (!together) {
      off = off.logical_and(is(calm, 1, positive));
    }
    if (!alone) {
      off = off.logical_and(is(worse, 0, positive));
    }
    Tensor made = torch.where(off, positive, guided);
    return zeroStar.map(star -> star.started(z, made, levels)).orElse(made).to(dtype);
  }

  /** What is made of each branch: at once, or one after another. */
  private List<Tensor> answers(Tensor z_BCFHW, Tensor u_BF, List<Conditioning> branches) {
    if (apart) {
      return branches.stream()
          .map(branch -> Scopes.part(() -> base.x0(z_BCFHW, u_BF, branch)))
          .toList();
    }
    int count = branches.size();
    Tensor all =
        base.x0(
            Tensors.cat(Collections.nCopies(count, z_BCFHW), 0),
            Tensors.cat(Collections.nCopies(count, u_BF), 0),
            Conditioning.concat(branches));
    long batch = z_BCFHW.size(0);
    return IntStream.range(0, count).mapToObj(i -> all.narrow(0, i * batch, batch)).toList();
  }

  /** The scale of frames that one pass more makes worse, else 0. */
  private double[] worse(Optional<boolean[]> left, int frames) {
    double[] scales = new double[frames];
    if (left.isPresent() && skip.orElseThrow().scale().isPresent()) {
      for (int i = 0; i < frames; i++) {
        scales[i] = left.get()[i] ? skip.get().scale().get() : 0;
      }
    }
    return scales;
  }

  /** This with blocks left out by some frames. */
  private Conditioning leaving(Conditioning told, Optional<boolean[]> frames, Levels levels) {
    return frames
        .map(f -> told.with(Conditioning.LEFT_OUT, skip.orElseThrow().entry(f, levels.batch())))
        .orElse(told);
  }

  /** What it leads away from, with frames that have more or less to do with each other. */
  private Tensor calmed(
      Tensor z_BCFHW, Tensor u_BF, Conditioning told, Tensor away, double[] calm) {
    Levels levels = schedule().levels(u_BF, z_BCFHW);
    Tensor alone_BF =
        Tensors.of(LongStream.range(0, levels.frames()).toArray(), 1, levels.frames())
            .expand(levels.batch(), levels.frames());
    Conditioning apart = told.with(Conditioning.FRAME_GROUPS, alone_BF.contiguous());
    Tensor alone = base.x0(z_BCFHW, u_BF, apart).to(away.scalar_type());
    Tensor w = beside(calm, away);
    Tensor together = w.eq(Tensors.full(1, 1).to(away.device(), away.scalar_type()));
    return torch.where(together, away, alone.add(away.sub(alone).mul(w)));
  }

  /** A number for each frame of each clip, [B, 1, F, 1, 1]. */
  private static Tensor beside(double[] values, Tensor x_BCFHW) {
    return Tensors.of(values, x_BCFHW.size(0), 1, x_BCFHW.size(2), 1, 1)
        .to(x_BCFHW.device(), x_BCFHW.scalar_type());
  }

  /** Where a number of each frame is this, [B, 1, F, 1, 1]. */
  private static Tensor is(double[] values, double value, Tensor x_BCFHW) {
    Tensor one = Tensors.full(value, 1).to(x_BCFHW.device(), x_BCFHW.scalar_type());
    return beside(values, x_BCFHW).eq(one);
  }

  private static boolean all(double[] weights, double value) {
    return Arrays.stream(weights).allMatch(w -> w == value);
  }

  private Conditioning away(Conditioning conditioning, Levels levels) {
    Conditioning own = negative.frames(sight.first(), levels.frames());
    return conditioning.against(own).expand(levels.batch());
  }

  private static double[] weights(GuidanceScale scale, Levels levels) {
    double[] w = new double[Math.toIntExact(levels.batch() * levels.frames())];
    for (int i = 0; i < w.length; i++) {
      long frame = i % levels.frames();
      w[i] = scale.at(levels.at(i / levels.frames(), frame), frame, levels.frames());
    }
    return w;
  }

  /** Standard deviation of each frame, [B, 1, F, 1, 1]. */
  private static Tensor deviation(Tensor x) {
    return x.std(new long[] {1, 3, 4}, false, true);
  }
}
