package io.zoetrope.curation.look;

import io.zoetrope.curation.cut.CutFinder;
import io.zoetrope.curation.cut.Signature;
import io.zoetrope.curation.measure.Measure;
import io.zoetrope.curation.measure.Measure.About;
import io.zoetrope.curation.measure.Measure.Meter;
import io.zoetrope.curation.measure.Measure.Reading;
import io.zoetrope.curation.measure.Measures;
import io.zoetrope.curation.measure.Shot;
import io.zoetrope.curation.table.ProbeRow;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.media.Frame;
import io.zoetrope.media.ReadOptions;
import io.zoetrope.media.VideoInfo;
import io.zoetrope.media.VideoReader;
import io.zoetrope.media.VideoWriter;
import io.zoetrope.media.WriteOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Looks in this process. */
public final class FileLooker implements Looker {
  /** Frames per second that are looked at, at most. */
  private static final double FASTEST = 60;

  /** Frames of one video, at most: their signatures are held in memory. */
  private static final int MOST = 300_000;

  /** A smaller change comes from the codec. */
  private static final double CODEC = 3.5 / 255;

  /** Of clips that are written: they are seen again by codecs, and should not be seen to be. */
  private static final int QUALITY = 97;

  private final Measures measures;

  /** By measures. */
  public FileLooker(Measures measures) {
    this.measures = measures;
  }

  @Override
  public Scan scan(Path file) {
    long start = System.nanoTime();
    try {
      return scanned(file, start);
    } catch (UserError e) {
      return new Scan(ProbeRow.bad("", reason(file, e), since(start)), List.of());
    }
  }

  /** Without the file's path: the table has it, and it is not the same everywhere. */
  private static String reason(Path file, UserError e) {
    return e.reason().replace(file.toString(), String.valueOf(file.getFileName()));
  }

  private static Scan scanned(Path file, long start) {
    List<Signature> film = new ArrayList<>();
    VideoInfo info;
    double fps;
    int width = 0;
    int height = 0;
    Bars bars = new Bars();
    try (VideoReader reader = open(file)) {
      info = reader.info();
      fps = reader.fps();
      for (Optional<Frame> f = reader.next(); f.isPresent(); f = reader.next()) {
        Frame frame = f.get();
        if (film.size() == MOST) {
          throw new UserError(
              Fault.TOO_LARGE,
              "'%s' has more than %s frames".formatted(file, MOST),
              "cut it into parts first");
        }
        width = frame.width();
        height = frame.height();
        if (film.size() % Math.max(1, (int) fps) == 0) {
          bars.add(frame);
        }
        film.add(Signature.of(frame));
      }
    }
    int black = 0;
    int frozen = 0;
    int step = Math.max(1, (int) Math.round(fps / 4));
    int looks = 0;
    for (int k = 0; k < film.size(); k++) {
      black += film.get(k).black() ? 1 : 0;
      if (k % step == 0 && k >= step) {
        frozen += film.get(k - step).largest(film.get(k)) <= CODEC ? 1 : 0;
        looks++;
      }
    }
    Bars.Box box = bars.box(width, height);
    return new Scan(
        new ProbeRow(
            "",
            ProbeRow.VERSION,
            true,
            "",
            width,
            height,
            fps,
            film.size(),
            film.size() / fps,
            box.top(),
            box.bottom(),
            box.left(),
            box.right(),
            rounded((double) black / film.size()),
            looks == 0 ? 0 : rounded((double) frozen / looks),
            since(start)),
        CutFinder.find(film, fps));
  }

  /** By times and not by numbers of frames: rates may vary. */
  private static VideoReader open(Path file) {
    VideoInfo info = VideoReader.probe(file);
    double fps = Math.min(FASTEST, info.fps());
    if (!(fps > 0)) {
      throw new UserError(Fault.DAMAGED, "'%s' has no rate".formatted(file));
    }
    return VideoReader.open(file, info.still() ? ReadOptions.ALL : ReadOptions.ALL.fps(fps));
  }

  private record Running(Measure measure, Meter meter, long[] nanos) {}

  @Override
  public Measured measure(Ask ask) {
    long start = System.nanoTime();
    List<Value> values = new ArrayList<>();
    double spent = 0;
    try (VideoReader reader = open(ask.file())) {
      int at = 0;
      for (Span span : ask.spans()) {
        List<Running> running = begin(ask, span);
        for (; at < span.to(); at++) {
          Optional<Frame> next = reader.next();
          if (next.isEmpty()) {
            throw new UserError(Fault.DAMAGED, "'%s' has become shorter".formatted(ask.file()));
          }
          if (at >= span.from()) {
            see(running, next.get(), at - span.from(), ask.probe());
          }
        }
        for (Running one : running) {
          Value value = end(one);
          spent += value.took();
          values.add(value);
        }
      }
      return new Measured("", values, since(start) - spent);
    } catch (UserError e) {
      return new Measured(reason(ask.file(), e), List.of(), since(start));
    }
  }

  @Override
  public String write(Path file, ProbeRow probe, int from, int to, Path target) {
    Bars.Box bars = Bars.Box.of(probe);
    int width = probe.width() - probe.left() - probe.right();
    int height = probe.height() - probe.top() - probe.bottom();
    WriteOptions options = WriteOptions.at(probe.fps()).quality(QUALITY);
    try (VideoReader reader = open(file);
        VideoWriter writer = VideoWriter.open(target, width, height, options)) {
      for (int at = 0; at < to; at++) {
        Frame frame =
            reader
                .next()
                .orElseThrow(
                    () -> new UserError(Fault.DAMAGED, "'%s' has become shorter".formatted(file)));
        if (at >= from) {
          writer.write(bars.cropped(frame));
        }
      }
      writer.commit();
      return "";
    } catch (UserError e) {
      return reason(file, e);
    }
  }

  private List<Running> begin(Ask ask, Span span) {
    About about = new About(span.to() - span.from(), ask.probe().fps(), span.caption());
    List<Running> running = new ArrayList<>();
    for (String name : span.measures()) {
      Measure measure = measures.of(name);
      running.add(new Running(measure, measure.begin(about), new long[1]));
    }
    return running;
  }

  private static void see(List<Running> running, Frame frame, int index, ProbeRow probe) {
    Optional<Shot> shot = Optional.empty();
    for (Running one : running) {
      if (one.meter().wants(index)) {
        long start = System.nanoTime();
        Shot seen =
            shot.orElseGet(
                () -> new Shot(Bars.Box.of(probe).cropped(frame), index, index / probe.fps()));
        shot = Optional.of(seen);
        one.meter().add(seen);
        one.nanos()[0] += System.nanoTime() - start;
      }
    }
  }

  private static Value end(Running one) {
    long start = System.nanoTime();
    try {
      Reading reading = one.meter().end();
      return new Value(
          reading.value(), reading.text(), "", (one.nanos()[0] + System.nanoTime() - start) / 1e9);
    } catch (UserError e) {
      return new Value(Optional.empty(), "", e.reason(), since(start));
    }
  }

  private static double rounded(double value) {
    return Math.rint(value * 1e6) / 1e6;
  }

  private static double since(long start) {
    return (System.nanoTime() - start) / 1e9;
  }

  @Override
  public void close() {}
}
