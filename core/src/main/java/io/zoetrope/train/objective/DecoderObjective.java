package io.zoetrope.train.objective;

import io.zoetrope.data.ClipDataset;
import io.zoetrope.media.ContactSheet;
import io.zoetrope.media.FrameTensors;
import io.zoetrope.media.Png;
import io.zoetrope.network.classifier.VideoClassifier;
import io.zoetrope.network.critic.PatchCritic;
import io.zoetrope.network.vae.Autoencoder;
import io.zoetrope.torch.Autograd;
import io.zoetrope.torch.Ops;
import io.zoetrope.torch.RandomStream;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Share;
import io.zoetrope.torch.Tensors;
import io.zoetrope.train.Objective;
import io.zoetrope.train.TrainingStep;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * A decoder that learns to make clips again from latents that stay as they are (Blattmann et al.,
 * "Align your Latents", 2023, section 3.1.1), and the critic that it learns against.
 */
public final class DecoderObjective implements Objective, AutoCloseable {
  /**
   * Keeps the adversary's weight finite (Esser et al., "Taming Transformers", 2021, equation 7).
   */
  private static final double EPS = 1e-4;

  private static final double MOST = 1e4;

  /** Clips of a sheet of samples. */
  private static final int SHOWN = 4;

  /** Errors of no direction are not divided by their length below this. */
  private static final double LEAST = 1e-6;

  /**
   * Weights of the terms, each a mean over elements.
   *
   * @param l1 of the absolute error
   * @param gradient of that of neighbouring pixels' differences
   * @param motion of that of neighbouring frames' differences
   * @param features of the squared error of a classifier's maps, each place's scaled to length 1
   * @param noise deviation of what is added to latents, which have about unit variance: no term,
   *     but what the decoder is to see through, frame by frame, as samplers leave it
   */
  public record Weights(double l1, double gradient, double motion, double features, double noise) {}

  /**
   * Who tells what was made.
   *
   * @param factor of the adaptive weight, above 0
   * @param from the first step, 0-based, in which it counts and learns
   */
  public record Adversary(PatchCritic critic, double factor, long from) {}

  private final ClipReconstruction clips;
  private final Weights weights;
  private final Optional<VideoClassifier> eye;
  private final Optional<Adversary> adversary;
  private final Tensor last;
  private final int batch;

  /**
   * @param autoencoder whose decoder learns
   * @param last weight of its last layer
   * @param eye whose maps are compared; needed where features have a weight
   * @param batch clips in a micro-batch
   * @param accumulate micro-batches in a step
   * @param share of each micro-batch that is computed here
   */
  public DecoderObjective(
      Autoencoder autoencoder,
      Tensor last,
      ClipDataset data,
      int batch,
      int accumulate,
      Share share,
      Weights weights,
      Optional<VideoClassifier> eye,
      Optional<Adversary> adversary) {
    clips = new ClipReconstruction(autoencoder, data, batch, accumulate, share);
    this.batch = batch;
    this.last = last;
    this.weights = weights;
    this.eye = eye;
    this.adversary = adversary;
  }

  @Override
  public Tensor loss(TrainingStep step) {
    Tensor x = clips.given(step.step(), step.micro());
    Tensor y = clips.made(x, z -> noisy(z, step));
    Tensor loss = reconstruction(step, x, y);
    if (adversary.isEmpty()) {
      return loss;
    }
    clips.remember(step, x, y);
    Adversary against = adversary.get();
    if (step.step() < against.from) {
      return loss;
    }
    Tensor doubt = Ops.mul(against.critic.forward(y).mean(), -1);
    double weight = against.factor * balance(step, loss, doubt);
    step.metric("adversary", doubt.item_double());
    step.metric("adversary_weight", weight);
    return Ops.addScaled(loss, doubt, weight);
  }

  private Tensor noisy(Tensor z, TrainingStep step) {
    if (weights.noise == 0) {
      return z;
    }
    try (RandomStream random = step.random().stream("latent")) {
      long[] whole = Tensors.shape(z);
      whole[0] = batch;
      return Ops.addScaled(z, step.share().of(random.normal(whole)), weights.noise);
    }
  }

  private Tensor reconstruction(TrainingStep step, Tensor x, Tensor y) {
    Tensor error = y.sub(x);
    Tensor absolute = error.abs().mean();
    Tensor edges = slope(error, 3).abs().mean().add(slope(error, 4).abs().mean());
    Tensor trembling = slope(error, 2).abs().mean();
    step.metric("l1", absolute.item_double());
    step.metric("psnr", 10 * Math.log10(4 / error.square().mean().item_double()));
    step.metric("edges", edges.item_double());
    step.metric("trembling", trembling.item_double());
    Tensor loss = Ops.mul(absolute, weights.l1);
    loss = Ops.addScaled(loss, edges, weights.gradient);
    loss = Ops.addScaled(loss, trembling, weights.motion);
    if (weights.features == 0) {
      return loss;
    }
    Tensor seen = seen(eye.orElseThrow(), x, y);
    step.metric("features", seen.item_double());
    return Ops.addScaled(loss, seen, weights.features);
  }

  /** Differences of neighbours along an axis. */
  private static Tensor slope(Tensor x, long axis) {
    long count = x.size(axis) - 1;
    return x.narrow(axis, 1, count).sub(x.narrow(axis, 0, count));
  }

  /** In the manner of LPIPS (Zhang et al., 2018), without weights of its own. */
  private static Tensor seen(VideoClassifier eye, Tensor x, Tensor y) {
    List<Tensor> given =
        Scopes.noGrad(() -> Scopes.tensors(() -> eye.maps(x).stream().map(m -> unit(m)).toList()));
    List<Tensor> made = eye.maps(y);
    Tensor sum = unit(made.getFirst()).sub(given.getFirst()).square().sum(1).mean();
    for (int i = 1; i < made.size(); i++) {
      sum = sum.add(unit(made.get(i)).sub(given.get(i)).square().sum(1).mean());
    }
    return sum;
  }

  private static Tensor unit(Tensor map_BCFHW) {
    Tensor map = map_BCFHW.to(ScalarType.Float).movedim(1, -1);
    return map.div(Ops.lengths(map, LEAST)).movedim(-1, 1);
  }

  /** How much stronger the loss pulls at the last layer than the critic's doubt does. */
  private double balance(TrainingStep step, Tensor loss, Tensor doubt) {
    return Math.min(MOST, pull(step, loss) / (pull(step, doubt) + EPS));
  }

  /** Of the whole batch: the length of a mean is no mean of lengths. */
  private double pull(TrainingStep step, Tensor scalar) {
    return Scopes.value(() ->
        Autograd.gradient(scalar, last, Autograd.Graph.KEPT)
            .map(gradient -> step.mean(gradient).square().sum().sqrt().item_double())
            .orElse(0.0));
  }

  /** What the critic minimises: the hinge of what was given and what was made in this step. */
  public Objective critics() {
    Adversary against = adversary.orElseThrow();
    return step -> {
      Tensor x = clips.rememberedGiven(step);
      if (step.step() < against.from) {
        // Before its time it learns nothing, but has its turn: every step has the same players.
        return Ops.mul(against.critic.forward(x.narrow(2, 0, 1)).mean(), 0);
      }
      Tensor hinge = against.critic.hinge(x, clips.rememberedMade(step));
      step.metric("hinge", hinge.item_double());
      return hinge;
    };
  }

  /** Originals above, reconstructions below. */
  @Override
  public void sample(long step, Path folder) {
    Tensor x = clips.given(step, 0);
    Tensor y = Ops.clamp(clips.made(x, z -> z), -1, 1);
    List<ContactSheet.Row> rows = new ArrayList<>();
    for (long i = 0; i < Math.min(SHOWN, x.size(0)); i++) {
      rows.add(new ContactSheet.Row(FrameTensors.toVideo(x.select(0, i), 1), "original"));
      rows.add(new ContactSheet.Row(FrameTensors.toVideo(y.select(0, i), 1), "made again"));
    }
    Png.write(folder.resolve("clips.png"), ContactSheet.of(rows, (int) x.size(2)));
  }

  @Override
  public void close() {
    clips.close();
  }
}
