package io.zoetrope.train.method;

import io.zoetrope.data.ClipDataset;
import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.media.Frame;
import io.zoetrope.media.FrameTensors;
import io.zoetrope.media.Video;
import io.zoetrope.network.PictureSlots;
import io.zoetrope.pipeline.ShownPicture;
import io.zoetrope.pipeline.family.Beside;
import io.zoetrope.pipeline.model.VideoModel;
import io.zoetrope.torch.Ops;
import io.zoetrope.torch.RandomStream;
import io.zoetrope.torch.RandomStreams;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Share;
import io.zoetrope.torch.Tensors;
import io.zoetrope.train.footage.ClipCut;
import io.zoetrope.train.footage.Showing;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.bytedeco.pytorch.Tensor;

/**
 * The first frame of each cut, for networks that are shown the picture that a video is made of: as
 * they look at it, and beside every frame with noise of which they are told (Blattmann et al.,
 * "Stable Video Diffusion", 2023, appendix D).
 *
 * @param model the base
 * @param kind how it is shown pictures
 * @param data the clips as frames
 * @param block how much noise, and how often nothing
 * @param seen what the model made of pictures, by clip and frame: each is looked at once
 */
record PictureShowing(
    VideoModel model,
    Beside.Picture kind,
    ClipDataset data,
    PictureBlock block,
    Map<Long, float[]> seen)
    implements Showing {
  PictureShowing(VideoModel model, Beside.Picture kind, ClipDataset data, PictureBlock block) {
    this(model, kind, data, block, new HashMap<>());
  }

  /** What is drawn for a cut. */
  private record Fate(double noise, boolean unseen, boolean absent) {}

  /** With the noise that is usual: what samples of a training are shown. */
  @Override
  public Conditioning of(List<ClipCut> cuts, boolean nothing) {
    Fate fate = new Fate(ShownPicture.USUAL_NOISE, nothing, nothing);
    return shown(cuts, Collections.nCopies(cuts.size(), fate), Share.WHOLE, new RandomStreams(0));
  }

  /**
   * One number u decides for a cut: what the network looks at is left away where u is below 2 d,
   * the picture beside its frames where u is d to 3 d, so that it meets every pair of the two.
   */
  @Override
  public Drawn draw(List<ClipCut> cuts, Share share, RandomStreams random) {
    SplittableRandom dice = new SplittableRandom(random.key("picture"));
    List<Fate> fates = new ArrayList<>();
    for (int i = 0; i < cuts.size(); i++) {
      double u = dice.nextDouble();
      double noise = Math.exp(block.mean() + block.std() * dice.nextGaussian());
      double d = block.drop();
      fates.add(new Fate(noise, u < 2 * d, u >= d && u < 3 * d));
    }
    return new Drawn(
        shown(cuts, fates, share, random), Collections.nCopies(share.of(cuts.size()), false));
  }

  /** Of our share of some cuts; the noise is drawn for all. */
  private Conditioning shown(
      List<ClipCut> cuts, List<Fate> fates, Share share, RandomStreams random) {
    int frames = cuts.getFirst().frames().size();
    int own = share.of(cuts.size());
    List<Tensor> beside = new ArrayList<>();
    List<Tensor> tokens = new ArrayList<>();
    double[] told = new double[own * frames];
    Frame first = picture(cuts.get(share.row(0)));
    try (RandomStream noise = random.stream("picture-noise")) {
      for (int i = 0; i < cuts.size(); i++) {
        if (!share.has(i)) {
          Scopes.run(() -> noise.normal(1, 3, 1, first.height(), first.width()));
          continue;
        }
        Fate fate = fates.get(i);
        Frame picture = picture(cuts.get(i));
        int row = i / share.size();
        Arrays.fill(told, row * frames, (row + 1) * frames, fate.noise);
        beside.add(Scopes.tensor(() -> Scopes.noGrad(() -> latent(picture, fate, noise, frames))));
        float[] look = look(cuts.get(i), picture);
        tokens.add(Tensors.of(fate.unseen ? new float[look.length] : look, 1, 1, 1, look.length));
      }
    }
    Conditioning all =
        Conditioning.none()
            .with(Conditioning.BESIDE, Tensors.cat(beside, 0))
            .with(PictureSlots.TOKENS, Tensors.cat(tokens, 0));
    return model.network().config().reads().contains(Conditioning.AUGMENTATION)
        ? all.with(Conditioning.AUGMENTATION, Tensors.of(told, own, frames))
        : all;
  }

  private Frame picture(ClipCut cut) {
    return data.get(cut.clip()).video().frames().get(cut.frames().getFirst());
  }

  /** [1, C, F, h, w]: the same on all frames, not scaled; zeros where it is absent. */
  private Tensor latent(Frame picture, Fate fate, RandomStream noise, int frames) {
    Tensor x_131HW = FrameTensors.toTensor(new Video(List.of(picture), 1)).unsqueeze(0);
    Tensor drawn = Ops.mul(noise.normal(Tensors.shape(x_131HW)), fate.noise);
    Tensor z = model.autoencoder().encode(x_131HW.add(drawn));
    Tensor one = Ops.mul(z, fate.absent ? 0 : 1 / kind.scale());
    return one.expand(1, one.size(1), frames, one.size(3), one.size(4)).contiguous();
  }

  /** The vector that stands for a picture. */
  private float[] look(ClipCut cut, Frame picture) {
    long key = (long) cut.clip() << 20 | cut.frames().getFirst();
    return seen.computeIfAbsent(
        key,
        unseen ->
            Scopes.value(() ->
                Scopes.noGrad(
                    () -> Tensors.toFloats(model.readPictures(List.of(picture)).tokens_PND()))));
  }
}
