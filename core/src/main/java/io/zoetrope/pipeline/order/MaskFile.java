package io.zoetrope.pipeline.order;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.media.Fit;
import io.zoetrope.media.FrameTensors;
import io.zoetrope.media.Source;
import io.zoetrope.media.Video;
import io.zoetrope.network.vae.LatentGrid;
import io.zoetrope.network.vae.Stretches;
import io.zoetrope.pipeline.Engine;
import io.zoetrope.pipeline.GivenVideo;
import io.zoetrope.pipeline.Region;
import io.zoetrope.torch.Ops;
import io.zoetrope.torch.Tensors;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * A picture or video that is white where a video is to be made anew. It goes along with the video:
 * the same fit, the same seconds; a picture stands for all frames.
 */
record MaskFile(SourceRef file) {
  /**
   * The region of a video.
   *
   * @param fit of the video
   * @param start seconds at which the video begins
   * @param video in the size of what is made
   * @param kept_1CFHW its latents
   * @throws UserError if it is too short, or white nowhere
   */
  Region region(Making making, Fit fit, double start, Video video, Tensor kept_1CFHW) {
    Engine engine = making.first();
    Tensor made_FHW = white(making, fit, start, video.frames().size());
    LatentGrid grid = engine.model().grid();
    Tensor made_11FHW = inLatents(made_FHW, grid, Math.toIntExact(kept_1CFHW.size(2)));
    if (!made_11FHW.any().item_bool()) {
      throw whiteNowhere();
    }
    Tensor holed =
        engine.model().beside().isPresent()
            ? engine.encode(grey(video, made_FHW), making.progress())
            : kept_1CFHW;
    return new Region(made_11FHW, kept_1CFHW, holed);
  }

  /**
   * A video of which this part is to be made, for models that are shown that.
   *
   * @param video in the size of what is made
   * @throws UserError if it is too short, or white nowhere
   */
  GivenVideo given(Making making, Fit fit, double start, Video video) {
    Tensor made_FHW = white(making, fit, start, video.frames().size());
    if (!made_FHW.any().item_bool()) {
      throw whiteNowhere();
    }
    Stretches filling = new Stretches(making.first().model().autoencoder());
    Tensor x_13FHW = filling.filled(FrameTensors.toTensor(video).unsqueeze(0));
    Tensor made_11FHW = filling.filled(made_FHW.unsqueeze(0).unsqueeze(0));
    return new GivenVideo(x_13FHW, made_11FHW);
  }

  private UserError whiteNowhere() {
    return new UserError(
        Fault.INVALID,
        "the mask '%s' is white nowhere: nothing would be made".formatted(file.path()));
  }

  /** Where it is white, bool. */
  private Tensor white(Making making, Fit fit, double start, int frames) {
    Source read = making.video(file, making.wish().fitted(fit).from(start).first(frames));
    int have = read.video().frames().size();
    if (have != 1 && have < frames) {
      throw new UserError(
          Fault.MISMATCH,
          "the mask '%s' has %s frames, the video %s: a mask is one picture, or as long"
              .formatted(file.path(), have, frames));
    }
    Tensor x_3FHW = FrameTensors.toTensor(read.video());
    Tensor light_FHW = Ops.mean(x_3FHW, 0);
    Tensor white = light_FHW.gt(Tensors.full(0, 1));
    return white.expand(frames, white.size(1), white.size(2));
  }

  /** A latent is made where any of its pixels, in any of its frames, is. */
  private static Tensor inLatents(Tensor made_FHW, LatentGrid grid, int latents) {
    int side = grid.space();
    long rows = made_FHW.size(1) / side;
    long columns = made_FHW.size(2) / side;
    Tensor share_Fhw =
        Ops.mean(
            made_FHW.to(ScalarType.Float).reshape(made_FHW.size(0), rows, side, columns, side),
            2,
            4);
    List<Tensor> all = new ArrayList<>();
    for (int latent = 0; latent < latents; latent++) {
      long from = Math.min(grid.frames(latent), share_Fhw.size(0) - 1);
      long to = Math.min(grid.frames(latent + 1), share_Fhw.size(0));
      all.add(Ops.mean(share_Fhw.narrow(0, from, Math.max(1, to - from)), 0));
    }
    return Tensors.stack(all, 0).gt(Tensors.full(0, 1)).unsqueeze(0).unsqueeze(0);
  }

  /** Pixels [1, 3, F, H, W] of a video, grey where it is to be made. */
  private static Tensor grey(Video video, Tensor made_FHW) {
    Tensor x_3FHW = FrameTensors.toTensor(video);
    Tensor kept = made_FHW.logical_not().to(x_3FHW.scalar_type());
    return x_3FHW.mul(kept).unsqueeze(0);
  }
}
