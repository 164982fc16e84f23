package io.zoetrope.studio;

import io.zoetrope.media.Frame;
import io.zoetrope.pipeline.model.Size;
import io.zoetrope.pipeline.order.FileSink;
import io.zoetrope.pipeline.order.FrameSink;
import io.zoetrope.pipeline.order.ModelRef;
import io.zoetrope.pipeline.order.SourceRef;
import io.zoetrope.pipeline.order.TaskSpec;
import io.zoetrope.pipeline.order.Tuning;
import io.zoetrope.pipeline.order.VideoOrder;
import io.zoetrope.pipeline.order.Wish;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * An order that grows: each call puts another value, which is checked where it is made, in place of
 * the one before.
 *
 * @param <S> the order as its user sees it
 * @param <T> what its task is told
 */
abstract class Draft<S extends Order<S>, T extends TaskSpec> implements Order<S> {
  private final Maker maker;
  private final Given given;
  private T task;
  private VideoOrder order;
  private Watcher watcher = update -> {};

  Draft(Maker maker, Given given, T task, String... prompts) {
    this.maker = maker;
    this.given = given;
    this.task = task;
    order = new VideoOrder(task, Wish.of(prompts), maker.model(), Tuning.NONE);
  }

  /** This, as its user sees it. */
  abstract S self();

  final T task() {
    return task;
  }

  /** A name for one picture or video more. */
  final SourceRef source(Media media) {
    return given.add(media);
  }

  final S task(T other) {
    return task(other, order.wish());
  }

  final S task(T other, Wish wish) {
    order = new VideoOrder(other, wish, order.model(), order.tuning());
    task = other;
    return self();
  }

  final S wish(UnaryOperator<Wish> change) {
    order = order.withWish(change.apply(order.wish()));
    return self();
  }

  final Wish wish() {
    return order.wish();
  }

  @Override
  public final S negative(String prompt) {
    return wish(wish -> wish.withNegative(prompt));
  }

  @Override
  public final S seed(long seed) {
    return wish(wish -> wish.withSeed(seed));
  }

  @Override
  public final S steps(int steps) {
    return wish(wish -> wish.withSteps(steps));
  }

  @Override
  public final S frames(int frames) {
    return wish(wish -> wish.withFrames(frames));
  }

  @Override
  public final S size(int width, int height) {
    return wish(wish -> wish.withSize(new Size(width, height)));
  }

  @Override
  public final S fps(double fps) {
    return wish(wish -> wish.withFps(fps));
  }

  @Override
  public final S guidance(double scale) {
    return wish(wish -> wish.withGuidance(scale));
  }

  @Override
  public final S sampler(Sampler sampler) {
    return wish(wish -> wish.withSampler(sampler.id()));
  }

  @Override
  public final S lora(Path file) {
    return lora(file, 1);
  }

  @Override
  public final S lora(Path file, double scale) {
    List<ModelRef.Lora> all = new ArrayList<>(order.model().loras());
    all.add(new ModelRef.Lora(file, scale));
    order = order.withModel(order.model().withLoras(all));
    return self();
  }

  @Override
  public final S reference(Media picture) {
    List<SourceRef> all = new ArrayList<>(order.model().references());
    all.add(source(picture));
    order = order.withModel(order.model().withReferences(all));
    return self();
  }

  @Override
  public final S tuning(Tuning tuning) {
    order = order.withTuning(tuning);
    return self();
  }

  @Override
  public final S watch(Watcher other) {
    watcher = other;
    return self();
  }

  @Override
  public final VideoOrder value() {
    return order;
  }

  @Override
  public final Video make() {
    HeapSink sink = new HeapSink();
    return sink.video(maker.make(order, given, sink, watcher));
  }

  @Override
  public final Summary to(Path file) {
    return Summary.of(maker.make(order, given, FileSink.of(file), watcher));
  }

  @Override
  public final Summary to(OutputStream out, Format format) {
    return Scratch.use(folder -> {
      Path file = folder.resolve("video" + format.ending());
      Summary summary =
          Summary.of(maker.make(order, given, FileSink.of(file, format.output()), watcher));
      copy(file, out);
      return summary;
    });
  }

  private static void copy(Path file, OutputStream out) {
    try {
      if (Files.exists(file)) {
        Files.copy(file, out);
        out.flush();
      }
    } catch (IOException e) {
      throw new UncheckedIOException("the stream does not take the video", e);
    }
  }

  @Override
  public final Summary each(Consumer<BufferedImage> taker) {
    FrameSink sink =
        new FrameSink() {
          @Override
          public void begin(io.zoetrope.pipeline.order.Shot shot) {}

          @Override
          public void frame(Frame frame) {
            taker.accept(Pictures.of(frame));
          }
        };
    return Summary.of(maker.make(order, given, sink, watcher));
  }
}
