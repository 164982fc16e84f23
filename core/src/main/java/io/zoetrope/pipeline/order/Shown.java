package io.zoetrope.pipeline.order;

import io.zoetrope.error.UserError;
import io.zoetrope.media.FrameTensors;
import io.zoetrope.media.Source;
import io.zoetrope.media.Video;
import io.zoetrope.network.ControlHint;
import io.zoetrope.pipeline.Engine;
import io.zoetrope.pipeline.Hints;
import io.zoetrope.progress.Progress;
import io.zoetrope.torch.Ops;
import io.zoetrope.torch.Tensors;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Pictures that say where things are: what controls are shown, and masks.
 *
 * @param making in whose size they are read
 */
record Shown(Making making) {
  /** Pictures [1, 3, M, H, W] with values 0..1, M at most {@code frames}. */
  private Tensor pictures(SourceRef ref, int frames) {
    return unit(making.video(ref, making.wish().first(frames).heard(Source.Hearing.NONE)).video());
  }

  /** Pictures as they are, or what is drawn of them. */
  private Tensor pictures(ModelRef.Control control, int frames, Optional<Own> own) {
    Tensor pictures =
        own.filter(o -> o.ref().equals(control.shown()))
            .map(o -> unit(o.video()))
            .orElseGet(() -> pictures(control.shown(), frames));
    if (control.drawn().isEmpty()) {
      return pictures;
    }
    Annotation drawn = control.drawn().get();
    UnaryOperator<Path> file = path -> making.files().sources().file(path.toString());
    Path net = file.apply(control.net());
    making
        .said()
        .accept(
            "%s is shown what %s draws of %s"
                .formatted(net.getFileName(), drawn.word(net), control.shown().path()));
    Tensor x_F3HW = pictures.select(0, 0).transpose(0, 1);
    return drawn.draw(net, file, x_F3HW).transpose(0, 1).unsqueeze(0);
  }

  private static Tensor unit(Video video) {
    Tensor x = FrameTensors.toTensor(video).unsqueeze(0);
    return Ops.mul(Ops.add(x, 1), 0.5);
  }

  /**
   * The video that a task is made from, as it reads it: from its own start, fitted its own way.
   *
   * @param ref by which it is known again
   */
  record Own(SourceRef ref, Video video) {}

  /**
   * What the first model's controls see of a video of so many frames.
   *
   * @param own what a control may be shown as the task reads it
   */
  Hints hints(int frames, Optional<Own> own) {
    List<Hints.Hint> hints = new ArrayList<>();
    Engine engine = making.first();
    for (int i = 0; i < making.controls().size(); i++) {
      ModelRef.Control control = making.controls().get(i);
      ControlHint config = engine.model().controls().get(i);
      Tensor pictures = pictures(control, frames, own);
      hints.add(hint(control, config, pictures, engine, frames, making.progress()));
    }
    return new Hints(hints);
  }

  private static Hints.Hint hint(
      ModelRef.Control control,
      ControlHint config,
      Tensor pictures_13MHW,
      Engine engine,
      int frames,
      Progress progress) {
    int factor = engine.model().grid().space();
    boolean latents = config.kind() == ControlHint.Kind.LATENTS;
    int channels = config.channels();
    if (!latents && (config.factor() != factor || channels != 3)) {
      throw new UserError(
          "%s is shown %s channels at 1/%s, where the model makes pictures of 3 at 1/%s"
              .formatted(control.net(), channels, config.factor(), factor));
    }
    Tensor shown =
        latents ? engine.encode(Ops.add(Ops.mul(pictures_13MHW, 2), -1), progress) : pictures_13MHW;
    if (shown.size(1) != channels) {
      throw new UserError(
          "%s is shown latents of %s channels, the model has %s"
              .formatted(control.net(), channels, shown.size(1)));
    }
    return config.masked()
        ? sparse(control, shown, frames)
        : new Hints.Hint(every(control, shown, frames), Optional.empty());
  }

  /** One for each frame. */
  private static Tensor every(ModelRef.Control control, Tensor shown_1CMHW, int frames) {
    if (!control.at().isEmpty()) {
      throw new UserError(
          "%s is a ControlNet, which sees every frame: leave the frames after @ out"
              .formatted(control.net()));
    }
    long given = shown_1CMHW.size(2);
    if (given != 1 && given != frames) {
      throw new UserError(
          "%s shows %s frames, the video has %s: give one picture, or as many frames"
              .formatted(control.shown().path(), given, frames));
    }
    long[] shape = Tensors.shape(shown_1CMHW);
    shape[2] = frames;
    return shown_1CMHW.expand(shape);
  }

  /** Zeros where there is nothing, and a mask of where there is. */
  private static Hints.Hint sparse(ModelRef.Control control, Tensor shown_1CMHW, int frames) {
    int given = Math.toIntExact(shown_1CMHW.size(2));
    List<Integer> at =
        control.at().isEmpty() ? IntStream.range(0, given).boxed().toList() : control.at();
    if (at.size() != given || at.getLast() >= frames) {
      throw new UserError(
          "%s shows %s pictures, to stand at frames %s of %s"
              .formatted(control.shown().path(), given, at, frames));
    }
    List<Tensor> hint = new ArrayList<>();
    List<Tensor> mask = new ArrayList<>();
    Tensor nothing = torch.zeros_like(shown_1CMHW.narrow(2, 0, 1));
    for (int frame = 0; frame < frames; frame++) {
      int which = at.indexOf(frame);
      hint.add(which < 0 ? nothing : shown_1CMHW.narrow(2, which, 1));
      mask.add(Tensors.full(which < 0 ? 0 : 1, 1, 1, 1, nothing.size(3), nothing.size(4)));
    }
    return new Hints.Hint(Tensors.cat(hint, 2), Optional.of(Tensors.cat(mask, 2)));
  }

  /** A mask at the size of latents, [1, 1, M, h, w], 0..1: how bright the pictures are. */
  Tensor mask(SourceRef ref) {
    Tensor grey_11MHW = Ops.mean(pictures(ref, making.request().frames()), 1).unsqueeze(1);
    int factor = making.first().model().grid().space();
    long h = grey_11MHW.size(3) / factor;
    long w = grey_11MHW.size(4) / factor;
    return Ops.mean(grey_11MHW.reshape(1, 1, grey_11MHW.size(2), h, factor, w, factor), 4, 6);
  }
}
