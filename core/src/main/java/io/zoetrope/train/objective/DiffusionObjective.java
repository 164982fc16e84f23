package io.zoetrope.train.objective;

import io.zoetrope.diffusion.Levels;
import io.zoetrope.diffusion.NoiseLevel;
import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.network.VideoNetwork;
import io.zoetrope.network.text.PromptEncoder;
import io.zoetrope.torch.Ops;
import io.zoetrope.torch.RandomStream;
import io.zoetrope.torch.RandomStreams;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Segments;
import io.zoetrope.torch.Share;
import io.zoetrope.torch.Tensors;
import io.zoetrope.train.Objective;
import io.zoetrope.train.TrainingStep;
import io.zoetrope.train.footage.ClipCut;
import io.zoetrope.train.footage.Footage;
import io.zoetrope.train.footage.LatentClips;
import io.zoetrope.train.footage.Showing;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.BiConsumer;
import java.util.function.ToDoubleFunction;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Denoising of latents. Each frame has its own noise, and by chance its own level ({@link
 * Denoising#levels}); the loss is the mean squared error of the network's raw prediction, weighted
 * by level, over clips and the images beside them alike. Gradients flow into denoiser and text
 * encoder, as far as these are trained.
 */
public final class DiffusionObjective implements Objective {
  /**
   * How clips are cut.
   *
   * @param batch clips in a micro-batch
   * @param frames of each; 1 trains on still images
   * @param maxStride frames are 1 to so many apart, drawn for each micro-batch
   * @param captionDropout probability that a clip loses its caption, for guidance
   * @param recompute whether activations are computed again in the backward pass, to save memory
   * @param images single frames of other clips beside each clip, which mix with nothing in time
   * @param patch places on a side that are learned, drawn for each micro-batch; 0 for all
   */
  public record Cut(
      int batch,
      int frames,
      int maxStride,
      double captionDropout,
      boolean recompute,
      int images,
      int patch) {
    /** Without images. */
    public Cut(int batch, int frames, int maxStride, double captionDropout, boolean recompute) {
      this(batch, frames, maxStride, captionDropout, recompute, 0);
    }

    /** Of whole pictures. */
    public Cut(
        int batch,
        int frames,
        int maxStride,
        double captionDropout,
        boolean recompute,
        int images) {
      this(batch, frames, maxStride, captionDropout, recompute, images, 0);
    }
  }

  private final VideoNetwork network;
  private final PromptEncoder prompts;
  private final Footage footage;
  private final Denoising asked;
  private final Cut cut;
  private final BiConsumer<Long, Path> sampler;

  /**
   * @param sampler makes samples to look at of a step in a folder
   */
  public DiffusionObjective(
      VideoNetwork network,
      PromptEncoder prompts,
      LatentClips clips,
      Denoising asked,
      Cut cut,
      BiConsumer<Long, Path> sampler) {
    this(network, prompts, Footage.of(clips), asked, cut, sampler);
  }

  /** As above, of footage of which the network is shown more. */
  public DiffusionObjective(
      VideoNetwork network,
      PromptEncoder prompts,
      Footage footage,
      Denoising asked,
      Cut cut,
      BiConsumer<Long, Path> sampler) {
    if (cut.patch > 0 && footage.masks().isPresent()) {
      throw new UserError(Fault.UNSUPPORTED, "patches have no masks", "learn from whole pictures");
    }
    if (cut.images > 0 && !(footage.shown().isEmpty() && footage.masks().isEmpty())) {
      throw new UserError(
          Fault.UNSUPPORTED,
          "images beside clips have no masks and are shown nothing",
          "say images: 0");
    }
    this.network = network;
    this.prompts = prompts;
    this.footage = footage;
    this.asked = asked;
    this.cut = cut;
    this.sampler = sampler;
  }

  @Override
  public Tensor loss(TrainingStep step) {
    RandomStreams random = random(step);
    Share share = step.share();
    ClipBatch batch =
        ClipBatch.draw(
            footage,
            cut,
            share,
            new SplittableRandom(random.key("batch")),
            new SplittableRandom(random.key("images")),
            new SplittableRandom(random.key("captions")));
    Conditioning shown = Conditioning.none();
    for (Showing showing : footage.shown()) {
      Showing.Drawn drawn = showing.draw(batch.cuts(), share, random);
      shown = shown.and(drawn.conditioning());
      batch = batch.without(drawn.silent());
    }
    Patch patch = Patch.draw(cut.patch, batch.x0_BCFHW(), random);
    shown = patch.of(shown);
    Tensor x0 = patch.of(batch.x0_BCFHW());
    Tensor eps = offset(step, noise(step, Tensors.shape(x0)));
    Tensor u_BF = levels(step);
    Optional<Tensor> all_BF = learned(step);
    Optional<Tensor> learned_BF = all_BF.map(share::of);
    if (learned_BF.isPresent()) {
      u_BF = u_BF.mul(learned_BF.get()); // what is given is clean
    }
    Levels at = asked.schedule().levels(u_BF, x0);
    Tensor z = asked.schedule().noisyInput(x0, perturbed(step, eps), u_BF);
    Conditioning conditioning = condition(batch, share).and(shown);
    Tensor raw =
        network.ask(
            scaled(z, at, asked.prediction()::inputScale),
            at.t_BF().to(ScalarType.Float),
            conditioning,
            cut.recompute ? step.recompute() : Segments.PLAIN);
    Tensor target =
        Scopes.noGrad(() -> asked.target().of(new Target.Noisy(x0, eps, z, at, conditioning)));
    Tensor error =
        scaled(
            judged(raw.sub(target), at, step),
            at,
            level -> asked.weight().weight(level, asked.prediction()));
    error = masked(error, share.of(batch.cuts()));
    logBins(step, error, u_BF);
    if (cut.images > 0) {
      step.metric("clip_loss", error.narrow(2, 0, cut.frames).mean().item_double());
      step.metric("image_loss", error.narrow(2, cut.frames, cut.images).mean().item_double());
    }
    return learned_BF.isPresent()
        ? mean(error, learned_BF.get(), all_BF.get(), share)
        : error.mean();
  }

  /** Errors as they count at each place: a mask is made as small as latents, by means. */
  private Tensor masked(Tensor error_BCFHW, List<ClipCut> cuts) {
    if (footage.masks().isEmpty()) {
      return error_BCFHW;
    }
    List<Tensor> each =
        cuts.stream()
            .map(cut ->
                Ops.area(
                        footage.masks().get().of(cut).transpose(0, 1),
                        error_BCFHW.size(3),
                        error_BCFHW.size(4))
                    .transpose(0, 1))
            .toList();
    return error_BCFHW.mul(Tensors.beside(error_BCFHW, Tensors.stack(each, 0)));
  }

  /** What is random here: the same for all passes over the same footage. */
  private RandomStreams random(TrainingStep step) {
    String own = footage.stream();
    return own.isEmpty() ? step.random() : step.random().child(own);
  }

  /** How far off it is, and how far off in what frames do not share. */
  private Tensor judged(Tensor difference_BCFHW, Levels at, TrainingStep step) {
    LossError error = asked.manner().error();
    Tensor plain = asked.target().error(difference_BCFHW, at, error);
    double beta = asked.manner().debias();
    if (beta == 0) {
      return plain;
    }
    int anchor = new SplittableRandom(random(step).key("anchor")).nextInt(cut.frames);
    return plain.add(error.of(debiased(difference_BCFHW, anchor, beta), at));
  }

  /** {@code sqrt(beta^2 + 1) d_i - beta d_anchor}; linear, so of answers and targets alike. */
  static Tensor debiased(Tensor d_BCFHW, long anchor, double beta) {
    Tensor shared = Ops.mul(d_BCFHW.narrow(2, anchor, 1), beta);
    return Ops.mul(d_BCFHW, Math.sqrt(beta * beta + 1)).sub(shared);
  }

  /** The noise and a number of its own for each clip and channel. */
  private Tensor offset(TrainingStep step, Tensor eps_BCFHW) {
    if (asked.manner().noiseOffset() == 0) {
      return eps_BCFHW;
    }
    try (RandomStream stream = random(step).stream("noise-offset")) {
      Tensor shift =
          step.share().of(stream.normal(cut.batch, eps_BCFHW.size(1), 1 + cut.images, 1, 1));
      Tensor each =
          Tensors.cat(
              List.of(
                  shift.narrow(2, 0, 1).expand(-1, -1, cut.frames, 1, 1),
                  shift.narrow(2, 1, cut.images)),
              2);
      return eps_BCFHW.add(Ops.mul(each, asked.manner().noiseOffset()));
    }
  }

  /** The noise that is seen: more of it than is aimed at. */
  private Tensor perturbed(TrainingStep step, Tensor eps_BCFHW) {
    if (asked.manner().perturbation() == 0) {
      return eps_BCFHW;
    }
    try (RandomStream stream = random(step).stream("perturbation")) {
      long[] whole = Tensors.shape(eps_BCFHW);
      whole[0] = cut.batch;
      Tensor more = step.share().of(stream.normal(whole));
      return eps_BCFHW.add(Ops.mul(more, asked.manner().perturbation()));
    }
  }

  /** The mean error of frames by their level: {@code loss_u0} of the cleanest, and so on. */
  private void logBins(TrainingStep step, Tensor error_BCFHW, Tensor u_BF) {
    int bins = asked.manner().bins();
    if (bins == 0) {
      return;
    }
    float[] each = Tensors.toFloats(Ops.mean(error_BCFHW.detach(), 1, 3, 4));
    float[] u = Tensors.toFloats(u_BF);
    double[] sums = new double[bins];
    int[] counts = new int[bins];
    for (int i = 0; i < each.length; i++) {
      int bin = Math.clamp((int) (u[i] * bins), 0, bins - 1);
      sums[bin] += each[i];
      counts[bin]++;
    }
    for (int bin = 0; bin < bins; bin++) {
      if (counts[bin] > 0) {
        step.metric("loss_u" + bin, sums[bin] / counts[bin]);
      }
    }
  }

  /** Each frame times a number of its level; itself where that is 1 everywhere. */
  private static Tensor scaled(Tensor x_BCFHW, Levels at, ToDoubleFunction<NoiseLevel> factor) {
    return at.allEqual(factor, 1) ? x_BCFHW : x_BCFHW.mul(at.coefficient(factor, x_BCFHW));
  }

  /** 0 for frames that are given, 1 for the others, [B, F]; none if none ever are. */
  private Optional<Tensor> learned(TrainingStep step) {
    if (asked.given() == 0) {
      return Optional.empty();
    }
    boolean[] given =
        new GivenFrames(asked.given())
            .draw(new SplittableRandom(random(step).key("given")), cut.batch, cut.frames);
    int row = cut.frames + cut.images;
    double[] learned = new double[cut.batch * row];
    for (int i = 0; i < learned.length; i++) {
      int frame = i % row;
      learned[i] = frame < cut.frames && given[i / row * cut.frames + frame] ? 0 : 1;
    }
    return Optional.of(Tensors.of(learned, cut.batch, row));
  }

  /**
   * The mean over the frames that are learned; of a share of the batch as much as makes the mean
   * over all shares that of the batch, however many are learned in each.
   */
  private static Tensor mean(Tensor error_BCFHW, Tensor learned_BF, Tensor all_BF, Share share) {
    Tensor each_BF = Ops.mean(error_BCFHW, 1, 3, 4);
    Tensor weight = learned_BF.to(each_BF.device(), each_BF.scalar_type());
    Tensor sum = all_BF.to(each_BF.device(), each_BF.scalar_type()).sum();
    return each_BF.mul(weight).sum().div(share.isWhole() ? sum : Ops.mul(sum, 1.0 / share.size()));
  }

  /** Noise of clips and of images from streams of their own. */
  private Tensor noise(TrainingStep step, long[] shape) {
    try (RandomStream noise = random(step).stream("noise");
        RandomStream other = random(step).stream("image-noise")) {
      Share share = step.share();
      Tensor clip = share.of(noise.normal(cut.batch, shape[1], cut.frames, shape[3], shape[4]));
      return cut.images == 0
          ? clip
          : Tensors.cat(
              List.of(
                  clip,
                  share.of(other.normal(cut.batch, shape[1], cut.images, shape[3], shape[4]))),
              2);
    }
  }

  /** Each image has a level of its own. */
  private Tensor levels(TrainingStep step) {
    try (RandomStream level = random(step).stream("level");
        RandomStream other = random(step).stream("image-level")) {
      Tensor clip = asked.levels().draw(asked.schedule(), level, cut.batch, cut.frames);
      Tensor all =
          cut.images == 0
              ? clip
              : Tensors.cat(
                  List.of(
                      clip,
                      asked
                          .levels()
                          .draw(asked.schedule(), other, (long) cut.batch * cut.images, 1)
                          .reshape(cut.batch, cut.images)),
                  1);
      return step.share().of(all);
    }
  }

  private Conditioning condition(ClipBatch batch, Share share) {
    int rows = share.of(cut.batch);
    Tensor times_BF = batch.times_1F().expand(rows, cut.frames + cut.images);
    Conditioning all =
        prompts
            .condition(batch.captions())
            .asTextsOf(rows)
            .with(Conditioning.FRAME_TIMES, times_BF);
    if (cut.images == 0) {
      return all;
    }
    // The clip is group 0 and reads text 0; so on with each image.
    long[] row = new long[cut.frames + cut.images];
    for (int i = 0; i < cut.images; i++) {
      row[cut.frames + i] = 1 + i;
    }
    Tensor groups = Tensors.of(row, 1, row.length).expand(rows, row.length);
    return all.with(Conditioning.FRAME_TEXTS, groups).with(Conditioning.FRAME_GROUPS, groups);
  }

  @Override
  public void sample(long step, Path folder) {
    sampler.accept(step, folder);
  }
}
