package io.zoetrope.train.recipe;

import io.zoetrope.data.ClipShape;
import io.zoetrope.data.FolderDataset;
import io.zoetrope.data.FolderDataset.Crop;
import io.zoetrope.data.OneVideo;
import io.zoetrope.data.TarDataset;
import io.zoetrope.data.toybox.Split;
import io.zoetrope.data.toybox.ToyboxDataset;
import io.zoetrope.data.toybox.ToyboxLook.Camera;
import io.zoetrope.data.toybox.ToyboxLook.Style;
import io.zoetrope.data.toybox.ToyboxView;
import io.zoetrope.data.toybox.Traits.Colour;
import io.zoetrope.data.toybox.Traits.Motion;
import io.zoetrope.data.toybox.Traits.Shape;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.media.Fit;
import io.zoetrope.media.Source;
import io.zoetrope.record.Default;
import java.nio.file.Path;
import java.util.List;

/** What is learned from. */
public sealed interface DataBlock {
  /** Frames of a clip; 1 for still images. */
  int frames();

  /** Pixels across. */
  int width();

  /** Pixels down. */
  int height();

  /** Frames per second. */
  double fps();

  /**
   * The same with clips of another shape.
   *
   * @throws UserError if there is but one
   */
  DataBlock shaped(int width, int height, int frames);

  /**
   * The procedural world.
   *
   * @param seed of the data set
   * @param width of a frame, in pixels
   * @param height of a frame, in pixels
   * @param fps frames per second
   * @param styles of which each clip has one: plain, outline, pastel, night
   * @param watermark share of clips with a watermark
   * @param cameras of which each clip has one: still, pan-left, pan-right, pan-up, pan-down,
   *     zoom-in, zoom-out, roll
   * @param colours of toys; none for all
   * @param shapes of toys; none for all
   * @param motions of toys; none for all
   * @param pairs share of clips with two toys
   * @param beginnings share of still images that show how a clip begins, with its words
   * @param told whether captions tell style and camera
   */
  record Toybox(
      @Default("0") long seed,
      @Default("128") int width,
      @Default("128") int height,
      @Default("16") int frames,
      @Default("8") double fps,
      @Default("[plain]") List<Style> styles,
      @Default("0.0") double watermark,
      @Default("[still]") List<Camera> cameras,
      @Default("[]") List<Colour> colours,
      @Default("[]") List<Shape> shapes,
      @Default("[]") List<Motion> motions,
      @Default("0.15") double pairs,
      @Default("0.0") double beginnings,
      @Default("false") boolean told)
      implements DataBlock {
    public Toybox {
      check(width, height, frames, fps);
      styles = List.copyOf(styles);
      cameras = List.copyOf(cameras);
      colours = List.copyOf(colours);
      shapes = List.copyOf(shapes);
      motions = List.copyOf(motions);
      ToyboxView unused =
          new ToyboxView(
              styles, watermark, cameras, colours, shapes, motions, pairs, beginnings, told);
    }

    /** All of the world in its plain look. */
    public Toybox(long seed, int width, int height, int frames, double fps) {
      this(seed, width, height, frames, fps, ToyboxView.ALL);
    }

    private Toybox(long seed, int width, int height, int frames, double fps, ToyboxView view) {
      this(
          seed,
          width,
          height,
          frames,
          fps,
          view.styles(),
          view.watermark(),
          view.cameras(),
          view.colours(),
          view.shapes(),
          view.motions(),
          view.pairs(),
          view.beginnings(),
          view.told());
    }

    /** Which part of the world it shows. */
    public ToyboxView view() {
      return new ToyboxView(
          styles, watermark, cameras, colours, shapes, motions, pairs, beginnings, told);
    }

    @Override
    public Toybox shaped(int wide, int high, int many) {
      return new Toybox(seed, wide, high, many, fps, view());
    }

    /** The clips. */
    public ToyboxDataset clips() {
      return new ToyboxDataset(seed, Split.TRAIN, width, height, frames, fps, view());
    }
  }

  /**
   * A folder of videos or images with captions.
   *
   * @param path the folder
   * @param width frames are scaled and cropped to, in pixels
   * @param height frames are scaled and cropped to, in pixels
   * @param fps clips are resampled to
   * @param windows clips of each video, at places of their own
   * @param crop which part of a frame of another aspect is kept
   * @param seed of places and crops
   */
  record Folder(
      Path path,
      @Default("128") int width,
      @Default("128") int height,
      @Default("16") int frames,
      @Default("8") double fps,
      @Default("1") int windows,
      @Default("middle") Crop crop,
      @Default("0") long seed)
      implements DataBlock {
    public Folder {
      check(width, height, frames, fps);
      atLeast("windows", 1, windows);
    }

    @Override
    public Folder shaped(int wide, int high, int many) {
      return new Folder(path, wide, high, many, fps, windows, crop, seed);
    }

    /** How its clips are taken. */
    public FolderDataset.Options options() {
      return FolderDataset.Options.of(width, height, frames, fps)
          .windows(windows)
          .crop(crop)
          .seed(seed);
    }
  }

  /**
   * Tars of clips and captions, as webdataset has them.
   *
   * @param path a tar, a folder of such, or several by {@code clips-{000000..000007}.tar}
   * @param width frames are scaled and cropped to, in pixels
   * @param height frames are scaled and cropped to, in pixels
   * @param fps clips are resampled to
   * @param crop which part of a frame of another aspect is kept
   * @param seed of the order of tars and clips, of places in time and of crops
   * @param buffer clips among which the next one is drawn; 0 for the order in the tars
   */
  record Tar(
      String path,
      @Default("128") int width,
      @Default("128") int height,
      @Default("16") int frames,
      @Default("8") double fps,
      @Default("middle") Crop crop,
      @Default("0") long seed,
      @Default("1000") int buffer)
      implements DataBlock {
    public Tar {
      check(width, height, frames, fps);
      if (buffer < 0) {
        throw new UserError(Fault.INVALID, "buffer must be 0 or more, is " + buffer);
      }
    }

    @Override
    public Tar shaped(int wide, int high, int many) {
      throw new UserError(
          Fault.UNSUPPORTED, "clips of tars have one shape", "unpack them, or leave buckets out");
    }

    /** How its clips are taken. */
    public FolderDataset.Options options() {
      return FolderDataset.Options.of(width, height, frames, fps).crop(crop).seed(seed);
    }

    /** The tars. */
    public List<Path> tars() {
      return TarDataset.tars(path);
    }
  }

  /**
   * Latents that {@code zoetrope latents} wrote.
   *
   * @param path their folder, or an index in it
   * @param width of the clips that they are of, in pixels
   * @param height of the clips that they are of, in pixels
   * @param frames of these clips
   * @param fps of these clips
   */
  record Latents(
      Path path,
      @Default("128") int width,
      @Default("128") int height,
      @Default("16") int frames,
      @Default("8") double fps)
      implements DataBlock {
    public Latents {
      check(width, height, frames, fps);
    }

    @Override
    public Latents shaped(int wide, int high, int many) {
      return new Latents(path, wide, high, many, fps);
    }

    /** Which of them. */
    public ClipShape shape() {
      return new ClipShape(width, height, frames);
    }
  }

  /**
   * One clip of one video.
   *
   * @param path a video, or a folder of pictures
   * @param caption what it shows
   * @param width frames are scaled to, in pixels
   * @param height frames are scaled to, in pixels
   * @param fps the video is resampled to
   * @param start seconds at which the clip begins
   * @param fit what becomes of another shape
   */
  record Video(
      Path path,
      String caption,
      @Default("128") int width,
      @Default("128") int height,
      @Default("16") int frames,
      @Default("8") double fps,
      @Default("0.0") double start,
      @Default("crop") Fit fit)
      implements DataBlock {
    public Video {
      check(width, height, frames, fps);
      if (!(start >= 0 && start <= 1e6)) {
        throw new UserError(Fault.INVALID, "start must be 0 or more seconds, is " + start);
      }
    }

    @Override
    public Video shaped(int wide, int high, int many) {
      throw new UserError(
          Fault.UNSUPPORTED, "one clip of one video has one shape", "leave buckets out");
    }

    /** The clip. */
    public OneVideo clips() {
      Source.Wish wish =
          Source.Wish.of(width, height).at(fps).from(start).first(frames).fitted(fit);
      return new OneVideo(path, caption, wish);
    }
  }

  private static void check(int width, int height, int frames, double fps) {
    atLeast("width", 8, width);
    atLeast("height", 8, height);
    atLeast("frames", 1, frames);
    if (!(fps > 0 && fps <= 1000)) {
      throw new UserError(Fault.INVALID, "fps must be above 0 and at most 1000, is " + fps);
    }
  }

  private static void atLeast(String name, int least, int value) {
    if (value < least || value > 65_536) {
      throw new UserError(
          Fault.INVALID, "%s must be %s to 65536, is %s".formatted(name, least, value));
    }
  }
}
