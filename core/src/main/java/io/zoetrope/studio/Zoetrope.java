package io.zoetrope.studio;

import io.zoetrope.media.VideoReader;
import io.zoetrope.models.InstalledModels;
import io.zoetrope.pipeline.order.ModelRef;
import io.zoetrope.torch.Natives;
import java.awt.image.BufferedImage;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A video model that is loaded and ready, and all that it can make. An interface, so that tests of
 * a program can put something else in its place.
 *
 * {@snippet :
 * try (Zoetrope zoetrope = Zoetrope.open("toybox")) {
 *   zoetrope.generate("a red ball moves right").seed(4).to(Path.of("ball.mp4"));
 *   zoetrope.animate(picture).prompt("a red ball falls").frames(16).to(Path.of("falls.gif"));
 * }
 * }
 *
 * <p>Any number of threads may use one, also virtual ones. Videos are made one at a time in a
 * process, in the order of the calls, whichever zoetrope makes them: all cores work at each. A
 * service opens one when it starts, keeps it, and closes it when it stops.
 */
public interface Zoetrope extends AutoCloseable {
  /**
   * Opens a model as it is, on the device and in the number form that are fastest here.
   *
   * @param model its name, see {@link Models}; {@code toybox} is the small model of {@code
   *     io.zoetrope:zoetrope-model-toybox}
   * @throws io.zoetrope.error.UserError if there is none of that name, it is damaged, or the native
   *     libraries of this machine are not on the class path
   */
  static Zoetrope open(String model) {
    return of(model).open();
  }

  /**
   * Says more of how a model is opened.
   *
   * @param model its name, see {@link Models}
   */
  static Opening of(String model) {
    return new Opening(ModelRef.of(model));
  }

  /** How a model is opened. Not for several threads at once. */
  final class Opening {
    private ModelRef model;
    private Watcher watcher = update -> {};

    private Opening(ModelRef model) {
      this.model = model;
    }

    /** Where it runs; {@link Device#auto} unless something else is said. */
    public Opening device(Device device) {
      model = model.withDevice(device.name());
      return this;
    }

    /** In which number form; {@link Precision#AUTO} unless something else is said. */
    public Opening precision(Precision precision) {
      model = model.withDtype(precision.id());
      return this;
    }

    /** Which weights of its folder, such as {@code fp16}. */
    public Opening variant(String name) {
      model = model.withVariant(Optional.of(name));
      return this;
    }

    /** Who is told of {@link io.zoetrope.progress.Phase#LOAD} in bytes, and may cancel. */
    public Opening watch(Watcher other) {
      watcher = other;
      return this;
    }

    /**
     * Loads it.
     *
     * @throws io.zoetrope.error.UserError as {@link Zoetrope#open} says, or if there is no such
     *     device
     * @throws java.util.concurrent.CancellationException when the watcher cancels, or the thread is
     *     interrupted; nothing is loaded then
     */
    public Zoetrope open() {
      Watching watching = Watching.of(watcher, () -> false);
      return watching.run(() -> {
        Natives.load();
        VideoReader.prepare();
        InstalledModels installed = InstalledModels.here();
        Path folder = installed.require(model.name());
        Shelf shelf = new Shelf(model.name(), folder, installed);
        shelf.open(model.choice(folder, path -> path), watching);
        return new OpenZoetrope(model, shelf);
      });
    }
  }

  /** From words to a video. */
  Order.Generate generate(String prompt);

  /** A picture moves; it is the first frame. */
  Order.Animate animate(Media image);

  /** What happens between two pictures, which are the first and the last frame. */
  Order.Interpolate interpolate(Media first, Media last);

  /** A picture moves and comes back, without a seam. */
  Order.Loop loop(Media image);

  /** A video goes on. Say by {@link Order.Extend#prompt} what it shows. */
  Order.Extend extend(Media video);

  /** A video is made again, by other words. */
  Order.Restyle restyle(Media video, String prompt);

  /** A video is made larger and finer. */
  Order.Refine refine(Media video);

  /** A video whose prompt changes: this one from the beginning, others by {@code then}. */
  Order.Travel travel(String prompt);

  /** A video as long as one likes. */
  Order.Roll roll(String prompt);

  /** The folder, or the file, of the model. */
  Path folder();

  /** Whether {@link #close} was called. */
  boolean isClosed();

  /**
   * Cancels what is being made and what waits to be made, waits until that has ended, and frees the
   * model. Called by a {@link Watcher} it does not wait: the model is freed when the video that is
   * watched has ended. A second call changes nothing. Orders of this are refused afterwards by
   * {@link IllegalStateException}; videos that were made stay.
   */
  @Override
  void close();

  /** As {@link #animate(Media)}. */
  default Order.Animate animate(Path image) {
    return animate(Media.of(image));
  }

  /** As {@link #animate(Media)}. */
  default Order.Animate animate(BufferedImage image) {
    return animate(Media.of(image));
  }

  /** As {@link #interpolate(Media, Media)}. */
  default Order.Interpolate interpolate(Path first, Path last) {
    return interpolate(Media.of(first), Media.of(last));
  }

  /** As {@link #interpolate(Media, Media)}. */
  default Order.Interpolate interpolate(BufferedImage first, BufferedImage last) {
    return interpolate(Media.of(first), Media.of(last));
  }

  /** As {@link #loop(Media)}. */
  default Order.Loop loop(Path image) {
    return loop(Media.of(image));
  }

  /** As {@link #loop(Media)}. */
  default Order.Loop loop(BufferedImage image) {
    return loop(Media.of(image));
  }

  /** As {@link #extend(Media)}. */
  default Order.Extend extend(Path video) {
    return extend(Media.of(video));
  }

  /** As {@link #extend(Media)} for {@link Media#of(InputStream)}. */
  default Order.Extend extend(InputStream video) {
    return extend(Media.of(video));
  }

  /** As {@link #extend(Media)}, one picture for each frame. */
  default Order.Extend extend(List<BufferedImage> frames) {
    return extend(Media.of(frames));
  }

  /** As {@link #restyle(Media, String)}. */
  default Order.Restyle restyle(Path video, String prompt) {
    return restyle(Media.of(video), prompt);
  }

  /** As {@link #restyle(Media, String)} for {@link Media#of(InputStream)}. */
  default Order.Restyle restyle(InputStream video, String prompt) {
    return restyle(Media.of(video), prompt);
  }

  /** As {@link #refine(Media)}. */
  default Order.Refine refine(Path video) {
    return refine(Media.of(video));
  }

  /** As {@link #refine(Media)} for {@link Media#of(InputStream)}. */
  default Order.Refine refine(InputStream video) {
    return refine(Media.of(video));
  }
}
