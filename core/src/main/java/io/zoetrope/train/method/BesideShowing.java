package io.zoetrope.train.method;

import io.zoetrope.data.ClipDataset;
import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.media.FrameTensors;
import io.zoetrope.media.Video;
import io.zoetrope.pipeline.ShownPicture;
import io.zoetrope.pipeline.family.Beside;
import io.zoetrope.pipeline.model.VideoModel;
import io.zoetrope.pipeline.task.StructureClip;
import io.zoetrope.torch.Ops;
import io.zoetrope.torch.RandomStreams;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Share;
import io.zoetrope.torch.Tensors;
import io.zoetrope.train.footage.ClipCut;
import io.zoetrope.train.footage.Showing;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.bytedeco.pytorch.Tensor;

/**
 * The structure of clips beside their latents, in training: blurred as often as is drawn for each
 * clip (Esser et al. 2023, section 3.2). Its caption may be left away, never the structure.
 */
record BesideShowing(VideoModel model, StructureClip clip, ClipDataset clips) implements Showing {
  /**
   * What a base is to be shown.
   *
   * @param picture how it is shown one, for bases that are
   * @return empty if its network sees the latents alone
   * @throws io.zoetrope.error.UserError if it is masks, which this version does not train with
   */
  static Optional<Showing> of(VideoModel model, ClipDataset clips, Optional<PictureBlock> picture) {
    Optional<Beside.Picture> kind = ShownPicture.kind(model);
    if (kind.isPresent()) {
      return Optional.of(
          new PictureShowing(model, kind.get(), clips, picture.orElse(PictureBlock.USUAL)));
    }
    if (picture.isPresent()) {
      throw new UserError(
          Fault.MISMATCH, "this base is shown no picture on its frames", "leave picture out");
    }
    return model
        .beside()
        .map(beside -> new BesideShowing(model, new StructureClip(structure(beside)), clips));
  }

  private static Beside.Structure structure(Beside beside) {
    return beside
        .structure()
        .orElseThrow(() ->
            new UserError(
                Fault.UNSUPPORTED,
                "a base that paints into masks runs, and is not trained here",
                "take one that is shown nothing, or structure"));
  }

  /** Not blurred: what samples of a training are shown. */
  @Override
  public Conditioning of(List<ClipCut> cuts, boolean nothing) {
    return shown(cuts, Collections.nCopies(cuts.size(), 0));
  }

  @Override
  public Drawn draw(List<ClipCut> all, Share share, RandomStreams random) {
    SplittableRandom dice = new SplittableRandom(random.key("structure"));
    List<Integer> blurs = new ArrayList<>();
    for (int i = 0; i < all.size(); i++) {
      blurs.add(dice.nextInt(clip.kind().blurs() + 1));
    }
    return new Drawn(
        shown(share.of(all), share.of(blurs)), Collections.nCopies(share.of(all.size()), false));
  }

  private Conditioning shown(List<ClipCut> cuts, List<Integer> blurs) {
    List<Tensor> rows = new ArrayList<>();
    for (int i = 0; i < cuts.size(); i++) {
      ClipCut cut = cuts.get(i);
      int times = blurs.get(i);
      rows.add(Scopes.tensor(() -> Scopes.noGrad(() -> row(cut, times))));
    }
    return Conditioning.none().with(Conditioning.BESIDE, Tensors.cat(rows, 0));
  }

  private Tensor row(ClipCut cut, int times) {
    Video video = clips.get(cut.clip()).video();
    Video frames =
        new Video(cut.frames().stream().map(f -> video.frames().get(f)).toList(), video.fps());
    Tensor x_F3HW = Ops.mul(Ops.add(FrameTensors.toTensor(frames), 1), 0.5).transpose(0, 1);
    return clip.beside(clip.drawn(x_F3HW), times, model.autoencoder()::encode);
  }
}
