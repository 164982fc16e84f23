package io.zoetrope.train.objective;

import static io.zoetrope.torch.Rearrange.rearrange;

import io.zoetrope.data.Clip;
import io.zoetrope.data.ClipDataset;
import io.zoetrope.media.ContactSheet;
import io.zoetrope.media.Frame;
import io.zoetrope.media.FrameTensors;
import io.zoetrope.media.Png;
import io.zoetrope.media.Video;
import io.zoetrope.network.vae.CompactAutoencoder;
import io.zoetrope.network.vae.Posterior;
import io.zoetrope.torch.Ops;
import io.zoetrope.torch.RandomStream;
import io.zoetrope.torch.Share;
import io.zoetrope.torch.Tensors;
import io.zoetrope.train.BatchSource;
import io.zoetrope.train.Objective;
import io.zoetrope.train.Prefetch;
import io.zoetrope.train.TrainingStep;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Reconstruction of single frames through a noisy bottleneck: mean absolute error + {@code mse}
 * times the mean squared error + {@code kl} times the divergence of the latents from a standard
 * normal (Kingma &amp; Welling, 2014; weights in the manner of Rombach et al., 2022, section 3.1).
 * All three are means over elements.
 */
public final class AutoencoderObjective implements Objective, AutoCloseable {
  private final CompactAutoencoder autoencoder;
  private final double l1;
  private final double mse;
  private final double gradient;
  private final double kl;
  private final int batch;
  private final Prefetch<List<Frame>> frames;

  /**
   * @param data the first frame of each clip is used
   * @param batch frames in a micro-batch
   * @param accumulate micro-batches in a step
   * @param share of each micro-batch that is computed here
   */
  public AutoencoderObjective(
      CompactAutoencoder autoencoder,
      ClipDataset data,
      int batch,
      int accumulate,
      Share share,
      double l1,
      double mse,
      double gradient,
      double kl) {
    this.autoencoder = autoencoder;
    this.batch = batch;
    this.l1 = l1;
    this.mse = mse;
    this.gradient = gradient;
    this.kl = kl;
    BatchSource<List<Frame>> source =
        (step, micro) -> {
          List<Frame> built = new ArrayList<>();
          for (int i = 0; i < share.of(batch); i++) {
            long index = ((step * accumulate + micro) * batch + share.row(i)) % data.size();
            Clip clip = data.get(index);
            built.add(clip.video().frames().getFirst());
          }
          return built;
        };
    frames = new Prefetch<>(source, accumulate, 4, unused -> {});
  }

  @Override
  public Tensor loss(TrainingStep step) {
    Tensor x = tensor(frames.batch(step.step(), step.micro()));
    Posterior posterior = autoencoder.posterior(x);
    Tensor z;
    try (RandomStream random = step.random().stream("latent")) {
      long[] whole = Tensors.shape(posterior.mean());
      whole[0] = batch;
      z = posterior.sample(step.share().of(random.normal(whole)));
    }
    Tensor error = autoencoder.decodeRaw(z).sub(x);
    Tensor absolute = error.abs().mean();
    Tensor squared = error.square().mean();
    Tensor edges = slope(error, 2).abs().mean().add(slope(error, 3).abs().mean());
    Tensor divergence = posterior.kl();
    step.metric("l1", absolute.item_double());
    step.metric("psnr", 10 * Math.log10(4 / squared.item_double()));
    step.metric("kl", divergence.item_double());
    step.metric("edges", edges.item_double());
    Tensor pixels = Ops.addScaled(Ops.mul(absolute, l1), squared, mse);
    return Ops.addScaled(Ops.addScaled(pixels, edges, gradient), divergence, kl);
  }

  /** Differences of neighbouring pixels along an axis. */
  private static Tensor slope(Tensor x, long axis) {
    long last = x.size(axis) - 1;
    return x.narrow(axis, 1, last).sub(x.narrow(axis, 0, last));
  }

  /** Originals above, reconstructions below. */
  @Override
  public void sample(long step, Path folder) {
    List<Frame> shown = frames.batch(step, 0);
    shown = shown.subList(0, Math.min(8, shown.size()));
    Tensor x = tensor(shown);
    Tensor y = autoencoder.decodeRaw(autoencoder.posterior(x).mean());
    List<ContactSheet.Row> rows =
        List.of(
            new ContactSheet.Row(new Video(shown, 1), "originals"),
            new ContactSheet.Row(FrameTensors.toVideo(y.transpose(0, 1), 1), "reconstructions"));
    Png.write(folder.resolve("pairs.png"), ContactSheet.of(rows, shown.size()));
  }

  /** [N, 3, H, W] in [-1, 1]. */
  private static Tensor tensor(List<Frame> frames) {
    List<Tensor> parts = new ArrayList<>();
    for (Frame frame : frames) {
      parts.add(Tensors.ofBytes(frame.rgb(), frame.height(), frame.width(), 3));
    }
    Tensor bytes = Tensors.stack(parts, 0).to(ScalarType.Float);
    return Ops.add(Ops.mul(rearrange(bytes, "n h w c -> n c h w").contiguous(), 1 / 127.5), -1);
  }

  @Override
  public void close() {
    frames.close();
  }
}
