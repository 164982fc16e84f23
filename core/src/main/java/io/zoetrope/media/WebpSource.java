package io.zoetrope.media;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.media.ReadOptions.Damaged;
import java.io.EOFException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Set;

/** Plays an animated WebP: each part is decoded by itself and put onto the canvas. */
final class WebpSource implements FrameSource {
  /** What browsers take where a file does not say how long a frame is shown. */
  private static final int USUAL_MILLIS = 100;

  private static final long MOST_PIXELS = 1 << 28;

  private final Path path;
  private final Damaged damaged;
  private final RandomAccessFile file;
  private final AnimatedWebp webp;
  private final StillDecoder decoder;
  private final WebpCanvas canvas;
  private final VideoInfo info;
  private final Set<String> found = new LinkedHashSet<>();
  private int next;
  private double time;

  private WebpSource(
      Path path,
      Damaged damaged,
      ReadOptions.Plane plane,
      RandomAccessFile file,
      AnimatedWebp webp,
      StillDecoder decoder) {
    this.path = path;
    this.damaged = damaged;
    this.file = file;
    this.webp = webp;
    this.decoder = decoder;
    canvas = new WebpCanvas(webp.width(), webp.height(), plane);
    int frames = webp.parts().size();
    double seconds = webp.parts().stream().mapToDouble(WebpSource::seconds).sum();
    info =
        new VideoInfo(
            webp.width(),
            webp.height(),
            frames > 1 ? frames / seconds : 1,
            frames > 1 ? OptionalDouble.of(seconds) : OptionalDouble.empty(),
            OptionalLong.of(frames),
            false,
            "webp",
            List.of());
  }

  /**
   * Opens a file.
   *
   * @throws UserError if there is no whole frame in it
   */
  static WebpSource open(Path path, Damaged damaged, ReadOptions.Plane plane) {
    try {
      RandomAccessFile file = new RandomAccessFile(path.toFile(), "r");
      boolean open = false;
      try {
        AnimatedWebp webp = AnimatedWebp.of(file);
        if (webp.parts().isEmpty()) {
          throw MediaFiles.unreadable(path);
        }
        Intake.current().requirePixels(path, webp.width(), webp.height());
        if ((long) webp.width() * webp.height() > MOST_PIXELS) {
          throw new UserError(
              Fault.TOO_LARGE,
              "'%s' has %sx%s pixels, too many".formatted(path, webp.width(), webp.height()));
        }
        WebpSource source =
            new WebpSource(path, damaged, plane, file, webp, new StillDecoder("webp"));
        open = true;
        return source;
      } finally {
        if (!open) {
          file.close();
        }
      }
    } catch (EOFException e) {
      throw MediaFiles.unreadable(path);
    } catch (IOException e) {
      throw new UserError(Fault.NO_ACCESS, "cannot read '" + path + "': " + e.getMessage(), e);
    }
  }

  private static double seconds(AnimatedWebp.Part part) {
    return (part.millis() == 0 ? USUAL_MILLIS : part.millis()) / 1000.0;
  }

  @Override
  public VideoInfo info() {
    return info;
  }

  @Override
  public Set<String> found() {
    return found;
  }

  /** Every frame builds upon those before it. */
  @Override
  public void seek(double seconds) {}

  private record Painted(double time, double end, Frame frame) implements Shown {}

  @Override
  public Optional<Shown> next() {
    if (next == webp.parts().size()) {
      if (webp.breaksOff()) {
        breaks();
      }
      return Optional.empty();
    }
    AnimatedWebp.Part part = webp.parts().get(next);
    if (!decoder.decode(
        still(part), (rgba, width, height) -> canvas.put(part, rgba, width, height))) {
      breaks();
    }
    next++;
    double from = time;
    time += seconds(part);
    Frame frame = canvas.frame();
    if (canvas.transparent()) {
      found.add(Stored.TRANSPARENT);
    }
    return Optional.of(new Painted(from, time, frame));
  }

  private byte[] still(AnimatedWebp.Part part) {
    try {
      return AnimatedWebp.still(file, part);
    } catch (IOException e) {
      throw new UserError(Fault.NO_ACCESS, "cannot read '" + path + "': " + e.getMessage(), e);
    }
  }

  private void breaks() {
    if (damaged == Damaged.REFUSE) {
      throw new UserError(
          Fault.DAMAGED, "'%s' is damaged or cut off after %s frames".formatted(path, next));
    }
  }

  @Override
  public void close() {
    decoder.close();
    try {
      file.close();
    } catch (IOException e) {
      throw new UserError(Fault.NO_ACCESS, "cannot close '" + path + "'", e);
    }
  }
}
