package io.zoetrope.jobs.worker;

import io.zoetrope.jobs.Job;
import io.zoetrope.jobs.Manifest;
import io.zoetrope.jobs.Runner.Signal;
import io.zoetrope.jobs.Store;
import io.zoetrope.pipeline.order.Made;
import io.zoetrope.pipeline.order.Studio;
import io.zoetrope.pipeline.order.VideoOrder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.function.Supplier;

/** One attempt, in the process of the worker. */
final class AttemptWork {
  private final Ask.Make make;
  private final String device;
  private final Teller teller;
  private final Supplier<Signal> signal;
  private final Path folder;
  private final StoreSources sources;
  private final Pace pace;
  private boolean exhausted;

  AttemptWork(
      Ask.Make make,
      String device,
      ModelCache models,
      Pace pace,
      Teller teller,
      Supplier<Signal> signal) {
    this.make = make;
    this.device = device;
    this.pace = pace;
    this.teller = teller;
    this.signal = signal;
    folder = make.folder();
    sources = new StoreSources(new Store(make.store()), Shelves.here(), models);
  }

  /** Makes it, whatever comes of it. */
  Tell.End end() {
    try {
      return made();
    } catch (CancellationException e) {
      return signal.get() == Signal.STOP ? new Tell.End.Stopped() : new Tell.End.Cancelled();
    } catch (RuntimeException e) {
      return Failures.of(e, sources::plain);
    } catch (OutOfMemoryError e) {
      exhausted = true;
      return Failures.of(e, sources::plain);
    }
  }

  /** Whether Java's heap ran out: then nobody knows what else in the process went wrong. */
  boolean exhausted() {
    return exhausted;
  }

  private Tell.End made() {
    sources.require(make.order());
    VideoOrder order = make.order().withModel(make.order().model().withDevice(device));
    Course course = new Course(teller, pace, () -> signal.get() != Signal.GO);
    course.tell();
    AttemptSink sink = new AttemptSink(folder, teller, course, sources::plain);
    KeptLatents latents =
        new KeptLatents(make.order(), folder, make.resume(), make.draftRows(), signal);
    Made made = Studio.make(order, sources, sink, course, latents);
    course.end();
    List<String> notes = made.notes().stream().map(sources::plain).toList();
    Manifest manifest = manifest(sink.video(), sink.shape(made.frames()), latents.drafted(), notes);
    manifest.write(folder);
    return new Tell.End.Made(result(manifest), manifest.shape(), notes, manifest.draft());
  }

  private Job.Result result(Manifest manifest) {
    String file = folder.getFileName() + "/" + manifest.file();
    return new Job.Result(file, manifest.bytes(), manifest.sha256());
  }

  private static Manifest manifest(Path video, Job.Shape shape, boolean draft, List<String> notes) {
    try {
      return Manifest.of(video, shape, draft, notes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
