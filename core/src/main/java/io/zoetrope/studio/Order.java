package io.zoetrope.studio;

import io.zoetrope.diffusion.Course;
import io.zoetrope.media.Fit;
import io.zoetrope.pipeline.order.Tuning;
import io.zoetrope.pipeline.order.VideoOrder;
import java.awt.image.BufferedImage;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.function.Consumer;

/**
 * What is wanted of a {@link Zoetrope}: say more, then take the video by one of {@link #make},
 * {@link #to(Path)}, {@link #to(OutputStream, Format)} and {@link #each}. What is not said is up to
 * the model. Every call changes this order and gives it back; it can be made as often as one likes.
 * Not for several threads at once: each has its own order, also of one {@link Zoetrope}.
 *
 * <p>A value that cannot be is refused where it is said, by a {@link io.zoetrope.error.UserError}
 * with {@link io.zoetrope.error.Fault#ORDER}; the order stays as it was. What only the model or a
 * file can tell is refused when the video is made, before anything is computed.
 *
 * <p>All that make a video:
 *
 * <ul>
 *   <li>wait until others in this process are made, in the order of the calls; the bytes are those
 *       that the order has alone, for the same seed on the same machine;
 *   <li>throw {@link io.zoetrope.error.UserError} for what a person can mend, {@link
 *       java.util.concurrent.CancellationException} when the watcher cancels, the thread is
 *       interrupted (its interrupt status is set then) or the zoetrope is closed meanwhile, and
 *       {@link IllegalStateException} when it was closed before;
 *   <li>leave no file unless they end well, and the model as it was in any case.
 * </ul>
 *
 * @param <S> the order itself
 */
public interface Order<S extends Order<S>> {
  /** What it shall not show. */
  S negative(String prompt);

  /** From which all noise is drawn: the same one makes the same video. 0 or more. */
  S seed(long seed);

  /** Of sampling, 1 to 1000: more take longer and show finer detail. */
  S steps(int steps);

  /** Of the result, 1 to 1,000,000, if the task and the model make so many. */
  S frames(int frames);

  /** Of the result in pixels, each even, 16 to 4096. */
  S size(int width, int height);

  /** Frames per second of the result, 0.1 to 240. */
  S fps(double fps);

  /** How much the prompt is followed, 0 to 100; 1 is off. */
  S guidance(double scale);

  /** How noise becomes a video. */
  S sampler(Sampler sampler);

  /** As {@link #lora(Path, double)} with scale 1. */
  S lora(Path file);

  /**
   * Low-rank factors on top of the model's weights. Several add up.
   *
   * @param file a safetensors file, or a folder with one
   * @param scale -100 to 100; 1 is as it was trained
   */
  S lora(Path file, double scale);

  /**
   * A picture of what the video is to have in it; several are shown in the order in which they are
   * said. For models that are shown such (VACE), where frames are made together: {@link Generate},
   * {@link Animate}, {@link Interpolate}, and {@link Restyle} under a mask that was said before.
   */
  S reference(Media picture);

  /** How long clips are made. */
  S tuning(Tuning tuning);

  /** Who is told how far it is, and may cancel; the last one said. */
  S watch(Watcher watcher);

  /**
   * All that was said, as the value that other doors of the library take. Pictures and videos that
   * are not files have names in it that mean nothing elsewhere.
   */
  VideoOrder value();

  /**
   * Makes the video into Java's heap: 3 bytes for each pixel of each frame.
   *
   * @throws io.zoetrope.error.UserError also if that is too small, before anything is computed
   */
  Video make();

  /**
   * Makes the video into a file, which is replaced if it exists, and appears whole or not at all.
   * Sound of a source goes with it where frames keep their times.
   *
   * @param file its ending says the format: {@code .mp4}, {@code .webm}, {@code .gif}, {@code
   *     .webp}, {@code .png} and {@code .jpg} (a contact sheet); a folder of PNGs without any
   */
  Summary to(Path file);

  /**
   * Makes the video and writes it when it is whole; the stream stays open.
   *
   * @throws java.io.UncheckedIOException if the stream does not take it
   */
  Summary to(OutputStream out, Format format);

  /**
   * Makes the video and hands over each frame as soon as it is there, on the thread that makes it.
   * What the taker throws ends the work.
   */
  Summary each(Consumer<BufferedImage> taker);

  /** From words to a video. */
  interface Generate extends Order<Generate> {}

  /** A picture moves. */
  interface Animate extends Order<Animate> {
    /** What happens to it. */
    Animate prompt(String prompt);

    /** How the picture is made to fit; cropped unless something else is said. */
    Animate fit(Fit fit);

    /** That it gets, 0 to 0.99: 0, the usual, leaves it as it is. A single frame needs some. */
    Animate noise(double noise);

    /** How it comes down from that noise; it waits unless something else is said. */
    Animate course(Course course);
  }

  /** What happens between two pictures. */
  interface Interpolate extends Order<Interpolate> {
    /** What happens. */
    Interpolate prompt(String prompt);

    /** How the pictures are made to fit; cropped unless something else is said. */
    Interpolate fit(Fit fit);
  }

  /** A picture moves and comes back, without a seam. */
  interface Loop extends Order<Loop> {
    /** What happens to it. */
    Loop prompt(String prompt);

    /** How the picture is made to fit; cropped unless something else is said. */
    Loop fit(Fit fit);

    /** That it gets, 0 to 0.99: 0 leaves it as it is. */
    Loop noise(double noise);

    /** How it comes down from that noise; it waits unless something else is said. */
    Loop course(Course course);
  }

  /** A video goes on; {@link Order#frames} counts its own too. */
  interface Extend extends Order<Extend> {
    /** What happens next. */
    Extend prompt(String prompt);

    /** How the video is made to fit; cropped unless something else is said. */
    Extend fit(Fit fit);

    /** Seconds at which it begins, 0 or more. */
    Extend from(double seconds);

    /** Frames that are made at once, and of these those of the clip before, from 1. */
    Extend clips(int frames, int overlap);
  }

  /** A video is made again, by other words. */
  interface Restyle extends Order<Restyle> {
    /** How the video is made to fit; cropped unless something else is said. */
    Restyle fit(Fit fit);

    /** Seconds at which it begins, 0 or more. */
    Restyle from(double seconds);

    /** How much of it is forgotten, 0.01 to 1; 0.6 unless something else is said. */
    Restyle strength(double strength);

    /**
     * Only what is white in this is made anew, the rest is kept: a picture for all frames, or a
     * video as long.
     */
    Restyle mask(Media mask);

    /** Frames that are made at once, and of these those of the clip before, from 1. */
    Restyle clips(int frames, int overlap);
  }

  /** A video is made larger and finer. */
  interface Refine extends Order<Refine> {
    /** What it shows. */
    Refine prompt(String prompt);

    /** How the video is made to fit; cropped unless something else is said. */
    Refine fit(Fit fit);

    /** Seconds at which it begins, 0 or more. */
    Refine from(double seconds);

    /** How many times as large, 1 to 8: 2 unless something else, or {@link Order#size}, is said. */
    Refine scale(double times);

    /** How much is made again, 0.01 to 1; 0.4 unless something else is said. */
    Refine strength(double strength);

    /** The name of the model that does it, in place of the one that the first model names. */
    Refine refiner(String model);

    /** Frames that are made at once, and of these those of the clip before, from 1. */
    Refine clips(int frames, int overlap);
  }

  /** A video whose prompt changes on the way. */
  interface Travel extends Order<Travel> {
    /** Another prompt from a frame on, later than the one before. */
    Travel then(int frame, String prompt);

    /** Frames that a change takes, 0 or more; 0, the usual, is a hard edge. */
    Travel blend(int frames);

    /** Frames that are made at once, and of these those of the clip before, from 1. */
    Travel clips(int frames, int overlap);
  }

  /**
   * A video as long as one likes, in memory that does not grow. Without {@link Order#frames} it
   * ends when it is cancelled, which then is its end and no failure; not by {@link Order#make}.
   */
  interface Roll extends Order<Roll> {
    /** Another prompt from a frame on, later than the one before. */
    Roll then(int frame, String prompt);

    /** Frames that a change takes, 0 or more; 0, the usual, is a hard edge. */
    Roll blend(int frames);

    /** Frames that are on their way at once, and of these finished ones of the past, from 0. */
    Roll clip(int frames, int context);
  }
}
