package io.zoetrope.eval.suite;

import io.zoetrope.data.toybox.Adherence;
import io.zoetrope.data.toybox.ToyboxPrompts.Prompt;
import io.zoetrope.diffusion.PromptCues;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.eval.AdherenceRates;
import io.zoetrope.eval.Curves;
import io.zoetrope.eval.IdentityDrift;
import io.zoetrope.eval.Rate;
import io.zoetrope.eval.Spread;
import io.zoetrope.eval.features.FeatureSet;
import io.zoetrope.eval.features.VideoFeatures;
import io.zoetrope.eval.picture.Flicker;
import io.zoetrope.media.FrameTensors;
import io.zoetrope.media.Video;
import io.zoetrope.pipeline.model.VideoRequest;
import io.zoetrope.pipeline.task.Roll;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.bytedeco.pytorch.Tensor;

/**
 * The moving window: long videos of motions that never end, looked at window by window. Does memory
 * stay as it is, does speed, does what is shown?
 *
 * <p>First a video is rolled, each frame decoded and thrown away as the command does, with nothing
 * else in between; then its latents are decoded again and judged.
 *
 * @param frames of each video, at least one window
 * @param window frames of each window
 * @param context finished frames in the network's sight
 */
record RollSuite(int frames, int window, int context) implements Suite {
  /** Frames of a window, unless somebody says otherwise. */
  static final int WINDOW = 64;

  private static final double MEMORY = 1.03;

  RollSuite {
    if (frames < window) {
      throw new UserError(
          Fault.INVALID,
          "a roll is looked at by %s frames".formatted(window),
          "make at least as many, not %s".formatted(frames));
    }
  }

  /**
   * A window over all videos.
   *
   * @param first its first frame
   * @param adherence to the prompt
   * @param colour videos whose object still has the colour of the first window
   * @param shape likewise
   * @param size radius over that of the first window
   * @param features one minus the cosine to the first window's
   * @param flicker in 8-bit levels
   * @param fps frames made per second
   * @param memory of the process after it, bytes; of the first video
   */
  record Window(
      int first,
      AdherenceRates adherence,
      Rate colour,
      Rate shape,
      Spread size,
      Spread features,
      Spread flicker,
      Spread fps,
      double memory) {}

  record Result(List<Window> windows) {
    /** Resident memory after the last window over that after the first. */
    double growth() {
      return windows.getLast().memory / windows.getFirst().memory;
    }

    Report report() {
      Report report = new Report();
      for (Window w : windows) {
        report
            .section("frames from " + w.first)
            .adherence(w.adherence)
            .rate("same colour", w.colour)
            .rate("same shape", w.shape)
            .spread("size, times", w.size)
            .spread("features, 1 - cosine", w.features)
            .spread("flicker, levels", w.flicker)
            .spread("frames per second", w.fps)
            .number("memory, MB", w.memory / 1e6);
      }
      report.end();
      if (windows.size() > 1) {
        report
            .number("memory, last over first", growth())
            .promise("memory grows by less than 3 %", growth() < MEMORY)
            .plot("roll", plot());
      }
      return report;
    }

    private Curves plot() {
      double[] x = windows.stream().mapToDouble(Window::first).toArray();
      return new Curves(
          "What a rolling video keeps",
          "first frame of the window",
          "share of videos",
          List.of(
              series("all right", x, w -> w.adherence.all().value()),
              series("same colour", x, w -> w.colour.value()),
              series("same shape", x, w -> w.shape.value()),
              series("features, cosine", x, w -> 1 - w.features.mean())),
          false);
    }

    private Curves.Series series(String name, double[] x, Function<Window, Double> y) {
      return new Curves.Series(name, x, windows.stream().mapToDouble(y::apply).toArray());
    }
  }

  @Override
  public Report run(Bench bench) {
    return measure(bench).report();
  }

  Result measure(Bench bench) {
    List<List<Look>> all = new ArrayList<>();
    bench.eachBatch(
        Shots.ENDLESS,
        batch -> {
          for (int i = 0; i < batch.size(); i++) {
            Prompt prompt = batch.clips().get(i).prompt();
            all.add(one(bench, batch.requests().get(i), prompt));
          }
        });
    List<Window> windows = new ArrayList<>();
    for (int w = 0; w < all.getFirst().size(); w++) {
      int number = w;
      windows.add(window(all.stream().map(looks -> looks.get(number)).toList()));
    }
    return new Result(windows);
  }

  private static Window window(List<Look> looks) {
    return new Window(
        looks.getFirst().drift.first(),
        AdherenceRates.of(looks.stream().map(Look::adherence).toList()),
        Rate.of(looks, l -> l.drift.colour()),
        Rate.of(looks, l -> l.drift.shape()),
        Spread.of(looks.stream().map(l -> l.drift.size()).toList()),
        Spread.of(looks.stream().map(l -> l.drift.features()).toList()),
        Spread.of(looks.stream().map(Look::flicker).toList()),
        Spread.of(looks.stream().map(Look::fps).toList()),
        looks.getFirst().memory);
  }

  /** A window of one video. */
  private record Look(
      IdentityDrift.Window drift, Adherence adherence, double flicker, double fps, double memory) {}

  private List<Look> one(Bench bench, VideoRequest request, Prompt prompt) {
    Film film = film(bench, request, prompt);
    List<Video> videos = new ArrayList<>();
    List<Double> flicker = new ArrayList<>();
    for (int from = 0; from + window <= frames; from += window) {
      int first = from;
      Scopes.run(() -> {
        Shots shots = Shots.decoded(bench.engine(), film.latents(first, window), request.fps());
        videos.add(shots.videos().getFirst());
        flicker.add(Flicker.of(shots.one(0)));
      });
    }
    videos.forEach(v -> bench.show(prompt.text(), v));
    Optional<Function<Video, double[]>> features =
        bench.features().map(f -> v -> features(f, v, request.frames()));
    IdentityDrift drift = IdentityDrift.of(videos, features);
    List<Look> looks = new ArrayList<>();
    for (int w = 0; w < videos.size(); w++) {
      IdentityDrift.Window seen = drift.windows().get(w);
      looks.add(
          new Look(
              seen,
              Adherence.of(seen.seen(), prompt),
              flicker.get(w),
              film.fps.get(w),
              film.memory.get(w)));
    }
    return looks;
  }

  /** The mean over the clips of a window. */
  private static double[] features(VideoFeatures extractor, Video video, int clip) {
    FeatureSet set = new FeatureSet();
    int length = Math.min(clip, video.frames().size());
    for (int from = 0; from + length <= video.frames().size(); from += length) {
      Video part = new Video(video.frames().subList(from, from + length), video.fps());
      Scopes.run(() -> set.add(extractor, FrameTensors.toTensor(part).unsqueeze(0)));
    }
    return set.mean();
  }

  /** Rolls a video and notes time and memory after each window. */
  private Film film(Bench bench, VideoRequest request, Prompt prompt) {
    long size = bench.engine().canvas(List.of(request), 1).numel();
    Film film = new Film(new float[Math.toIntExact(size * frames)]);
    long[] start = {System.nanoTime()};
    new Roll(PromptCues.single(), List.of(List.of(prompt.text())), context, Optional.empty())
        .latents(
            bench.engine(),
            List.of(request),
            frames,
            (number, z) -> {
              film.keep((int) number, z);
              bench.engine().decode(z, request.fps());
              if ((number + 1) % window == 0) {
                film.fps.add(window * 1e9 / (System.nanoTime() - start[0]));
                film.memory.add((double) ProcessMemory.resident().orElse(0));
                start[0] = System.nanoTime();
              }
            },
            bench.progress("roll"));
    return film;
  }

  /** Latents of a whole video, kept in one piece of memory that is there from the beginning. */
  private static final class Film {
    private final float[] latents;
    private final List<Double> fps = new ArrayList<>();
    private final List<Double> memory = new ArrayList<>();
    private long[] shape = new long[0];

    Film(float[] latents) {
      this.latents = latents;
    }

    void keep(int number, Tensor z_1C1HW) {
      shape = Tensors.shape(z_1C1HW);
      float[] frame = Tensors.toFloats(z_1C1HW);
      System.arraycopy(frame, 0, latents, number * frame.length, frame.length);
    }

    /** [1, C, n, h, w]. */
    Tensor latents(int first, int n) {
      int size = Math.toIntExact(shape[1] * shape[3] * shape[4]);
      float[] some = Arrays.copyOfRange(latents, first * size, (first + n) * size);
      return Tensors.of(some, n, shape[1], shape[3], shape[4]).transpose(0, 1).unsqueeze(0);
    }
  }
}
