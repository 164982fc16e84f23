package io.zoetrope.jobs.worker;

import io.zoetrope.jobs.Job;
import io.zoetrope.media.Frame;
import io.zoetrope.pipeline.model.VideoRequest;
import io.zoetrope.pipeline.order.Estimates;
import io.zoetrope.pipeline.order.FileSink;
import io.zoetrope.pipeline.order.FrameSink;
import io.zoetrope.pipeline.order.Shot;
import io.zoetrope.progress.Progress;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** The folder of an attempt: its video, and pictures of that. */
final class AttemptSink implements FrameSink {
  private final Path folder;
  private final Teller teller;
  private final UnaryOperator<String> plain;
  private final FileSink file;
  private final Looks looks = new Looks();
  private final Strips strips;
  private final Course course;
  private Job.Shape shape = Job.Shape.UNKNOWN;
  private long frames;

  /**
   * @param course told of pictures of steps
   * @param plain takes the places of this machine out of a text
   */
  AttemptSink(Path folder, Teller teller, Course course, UnaryOperator<String> plain) {
    this.folder = folder;
    this.teller = teller;
    this.course = course;
    this.plain = plain;
    file = FileSink.of(folder.resolve("video.mp4"));
    strips = new Strips(folder, course::previewed);
  }

  /** The file that its frames are in. */
  Path video() {
    return file.path();
  }

  /** What was made. */
  Job.Shape shape(long made) {
    return new Job.Shape(shape.width(), shape.height(), made, shape.fps(), shape.steps());
  }

  @Override
  public void begin(Shot shot) {
    VideoRequest request = shot.request();
    shape =
        new Job.Shape(
            request.width(), request.height(), shot.frames(), request.fps(), request.steps());
    teller.tell(new Tell.Shaped(shape));
    course.shape((long) request.width() * request.height() * shot.frames());
    looks.begin(shot.frames());
    boolean single = !shot.growing() && shot.frames() <= request.frames();
    strips.begin(request.width(), request.height(), single);
    file.begin(shot);
  }

  @Override
  public Optional<Estimates> estimates() {
    return Optional.of(strips);
  }

  @Override
  public boolean sounds() {
    return file.sounds();
  }

  @Override
  public void frame(Frame frame) {
    file.frame(frame);
    looks.add(frame);
    frames++;
    teller.tell(new Tell.Frames(frames));
  }

  @Override
  public void note(String line) {
    teller.tell(new Tell.Note(plain.apply(line)));
  }

  @Override
  public void finish(Progress progress) {
    strips.end(looks.cells());
    course.tell();
    file.finish(progress);
    looks.write(folder);
  }

  @Override
  public void close() {
    file.close();
  }
}
