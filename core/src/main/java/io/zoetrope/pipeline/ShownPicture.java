package io.zoetrope.pipeline;

import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.media.FrameTensors;
import io.zoetrope.network.PictureSlots;
import io.zoetrope.network.vision.PictureReader;
import io.zoetrope.pipeline.family.Beside;
import io.zoetrope.pipeline.model.VideoModel;
import io.zoetrope.progress.Progress;
import io.zoetrope.torch.Ops;
import io.zoetrope.torch.RandomStreams;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * The picture that a video is made of, for networks that have it on every frame ({@link
 * Beside.Picture}): looked at as it is, and with a little noise beside the video.
 *
 * @param picture_3HW pixels, -1 to 1
 * @param noised_3HW the same with noise
 * @param noise its deviation, of which the network is told, 0 or more
 */
public record ShownPicture(Tensor picture_3HW, Tensor noised_3HW, double noise) {
  /** Noise that is usual. */
  public static final double USUAL_NOISE = 0.02;

  /** With noise of a seed. */
  public static ShownPicture of(Tensor picture_3HW, double noise, long seed) {
    Tensor drawn =
        new RandomStreams(seed).stream("augmentation").normal(Tensors.shape(picture_3HW));
    return new ShownPicture(picture_3HW, picture_3HW.add(Ops.mul(drawn, noise)), noise);
  }

  /**
   * An engine whose network is shown it on so many frames; guidance leads away from no picture.
   *
   * @throws UserError if the model is shown no picture so
   */
  public Engine over(Engine engine, int frames, Progress progress) {
    VideoModel model = engine.model();
    Beside.Picture kind = kind(model).orElseThrow(ShownPicture::none);
    return Scopes.noGrad(() -> {
      Tensor z_1C1HW = engine.encode(noised_3HW.unsqueeze(0).unsqueeze(2), progress);
      Tensor one = Ops.div(z_1C1HW, kind.scale());
      Tensor each = one.expand(1, one.size(1), frames, one.size(3), one.size(4));
      Conditioning beside = Conditioning.none().with(Conditioning.BESIDE, each);
      PictureReader.Read read = read(model);
      Conditioning nothing =
          Conditioning.none()
              .with(PictureSlots.TOKENS, read.nothing_1ND().unsqueeze(1))
              .with(Conditioning.BESIDE, torch.zeros_like(each));
      return engine
          .withBeside(told(model, beside, frames))
          .withPictures(
              Conditioning.none().with(PictureSlots.TOKENS, read.tokens_PND().unsqueeze(1)),
              nothing);
    });
  }

  /** Engines whose network looks at pictures already, and is shown none on its frames. */
  static Engine nothing(Engine engine, Tensor like_BCFHW, int frames) {
    Tensor one = torch.zeros_like(like_BCFHW.narrow(0, 0, 1).narrow(2, 0, 1));
    Tensor none = one.expand(1, one.size(1), frames, one.size(3), one.size(4));
    return engine.withBeside(Conditioning.none().with(Conditioning.BESIDE, none));
  }

  /** What a model is shown, if it is that. */
  public static Optional<Beside.Picture> kind(VideoModel model) {
    return model.beside().filter(Beside.Picture.class::isInstance).map(Beside.Picture.class::cast);
  }

  private Conditioning told(VideoModel model, Conditioning beside, int frames) {
    return model.network().config().reads().contains(Conditioning.AUGMENTATION)
        ? beside.with(Conditioning.AUGMENTATION, Tensors.full(noise, 1, frames))
        : beside;
  }

  private PictureReader.Read read(VideoModel model) {
    if (model.pictures().isEmpty()) {
      throw none();
    }
    return model.readPictures(FrameTensors.toVideo(picture_3HW.unsqueeze(1), 1).frames());
  }

  private static UserError none() {
    return new UserError(Fault.UNSUPPORTED, "this model is shown no picture on its frames");
  }
}
