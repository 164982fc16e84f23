package io.zoetrope.pipeline.order;

import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.error.Fault;
import io.zoetrope.error.Mend;
import io.zoetrope.error.UserError;
import io.zoetrope.media.CentreSquare;
import io.zoetrope.media.Frame;
import io.zoetrope.media.FrameTensors;
import io.zoetrope.media.Video;
import io.zoetrope.media.VideoReader;
import io.zoetrope.network.PictureSlots;
import io.zoetrope.network.vision.PictureReader;
import io.zoetrope.pipeline.Engine;
import io.zoetrope.pipeline.model.Embeddings;
import io.zoetrope.pipeline.model.TextPrior;
import io.zoetrope.pipeline.model.VideoModel;
import io.zoetrope.torch.Ops;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/**
 * Pictures that a video is to be like, read for its network.
 *
 * @param pictures at least one
 * @param files where they are
 */
record LikePictures(ModelRef.Pictures pictures, SourceFiles files) {
  /**
   * Requires that the pictures can be read, and that their frames are of the video.
   *
   * @throws UserError if not
   */
  void check() {
    pictures.shown().forEach(picture -> files.picture(picture.picture()));
  }

  /**
   * An engine whose model is shown them.
   *
   * @param frames of the video; where it may grow, as many as may become of it
   * @param growing whether it may
   * @throws UserError if a picture stands at a frame that the video does not have
   */
  Engine over(Engine engine, int frames, boolean growing) {
    if (engine.model().pictures().isEmpty()) {
      return told(engine);
    }
    pictures.shown().stream()
        .flatMap(picture -> picture.frame().stream())
        .filter(frame -> !growing && frame >= frames)
        .findFirst()
        .ifPresent(frame -> {
          throw new UserError(
              "a picture stands at frame %s, and the frames of the video are 0 to %s"
                  .formatted(frame, frames - 1));
        });
    PictureReader.Read read = Scopes.noGrad(() -> engine.model().readPictures(frames()));
    Tensor nothing_1GND = read.nothing_1ND().unsqueeze(1);
    return pictures.shown().getFirst().frame().isEmpty()
        ? whole(engine, read, nothing_1GND)
        : each(engine, read.tokens_PND(), nothing_1GND, growing ? Wish.MOST_FRAMES : frames);
  }

  /**
   * Requires that a model can see them.
   *
   * @throws UserError if it needs an adapter for that, or something that it has not
   */
  void requireSeenBy(VideoModel model) {
    if (model.pictures().isPresent()) {
      return;
    }
    if (model.embeddings().flatMap(Embeddings::eye).isEmpty()) {
      throw new UserError(
          Fault.INVALID,
          "this model sees pictures by an adapter only",
          Mend.of("name one as ").and(Mend.Knob.IP_ADAPTER));
    }
    if (pictures.shown().stream().anyMatch(picture -> picture.frame().isPresent())) {
      throw new UserError(
          Fault.UNSUPPORTED,
          "this model is told one picture for all frames, and none at a frame of its own");
    }
  }

  /** A decoder is told the mean of their embeddings. */
  private Engine told(Engine engine) {
    Embeddings embeddings = engine.model().embeddings().orElseThrow();
    int side = embeddings.eye().orElseThrow().config().side();
    return Scopes.noGrad(() -> {
      Tensor read_PE = embeddings.ofPictures(shown(side));
      Tensor mean_1E = Ops.mean(read_PE, 0).unsqueeze(0);
      return engine.withPictures(
          embeddings.told(mean_1E, TextPrior.noise(List.of(0L))), Conditioning.none());
    });
  }

  /** All pictures for all frames: the tokens of each in turn, and as many of nothing. */
  private Engine whole(Engine engine, PictureReader.Read read, Tensor nothing_1GND) {
    long count = pictures.shown().size();
    Tensor tokens_1GND = read.tokens_PND().flatten(0, 1).unsqueeze(0).unsqueeze(0);
    List<Tensor> none = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      none.add(nothing_1GND);
    }
    return engine.withPictures(
        Conditioning.none().with(PictureSlots.TOKENS, tokens_1GND),
        Conditioning.none().with(PictureSlots.TOKENS, Tensors.cat(none, 2)));
  }

  /** One for each frame: between two pictures their mixture. */
  private Engine each(Engine engine, Tensor tokens_PND, Tensor nothing_1GND, int frames) {
    List<Integer> at = pictures.shown().stream().map(p -> p.frame().orElseThrow()).toList();
    List<Tensor> mixed = new ArrayList<>();
    for (int frame = at.getFirst(), p = 0; frame <= at.getLast(); frame++) {
      if (p + 1 < at.size() && frame == at.get(p + 1)) {
        p++;
      }
      Tensor here = tokens_PND.narrow(0, p, 1);
      if (frame == at.get(p)) {
        mixed.add(here);
      } else {
        double part = (double) (frame - at.get(p)) / (at.get(p + 1) - at.get(p));
        Tensor next = tokens_PND.narrow(0, p + 1, 1);
        mixed.add(here.add(Ops.mul(next.sub(here), part)));
      }
    }
    long[] which = new long[frames];
    for (int frame = 0; frame < frames; frame++) {
      which[frame] = Math.clamp(frame - (long) at.getFirst(), 0, mixed.size() - 1);
    }
    Conditioning shown =
        Conditioning.none()
            .with(PictureSlots.TOKENS, Tensors.cat(mixed, 0).unsqueeze(0))
            .with(PictureSlots.FRAMES, Tensors.of(which, 1, frames));
    return engine.withPictures(shown, Conditioning.none().with(PictureSlots.TOKENS, nothing_1GND));
  }

  private List<Frame> frames() {
    return pictures.shown().stream().map(picture -> read(files.path(picture.picture()))).toList();
  }

  /** The pictures as an encoder sees them, [P, 3, side, side], 0..1. */
  private Tensor shown(int side) {
    List<Frame> squares = frames().stream().map(frame -> CentreSquare.of(frame, side)).toList();
    Tensor x_3PHW = FrameTensors.toTensor(new Video(squares, 1));
    return Ops.mul(Ops.add(x_3PHW.permute(1, 0, 2, 3), 1), 0.5);
  }

  private static Frame read(Path file) {
    try (VideoReader reader = VideoReader.open(file)) {
      return reader.next().orElseThrow();
    }
  }
}
