package io.zoetrope.pipeline.order;

import io.zoetrope.media.Fit;
import io.zoetrope.media.Frame;
import io.zoetrope.media.FrameTensors;
import io.zoetrope.media.Source;
import io.zoetrope.media.Video;
import io.zoetrope.pipeline.Engine;
import io.zoetrope.pipeline.GivenVideo;
import io.zoetrope.pipeline.Hints;
import io.zoetrope.pipeline.ShownPicture;
import io.zoetrope.pipeline.cascade.CascadeRun;
import io.zoetrope.pipeline.family.Beside;
import io.zoetrope.pipeline.model.VideoRequest;
import io.zoetrope.pipeline.task.FromGiven;
import io.zoetrope.progress.Progress;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.function.Consumer;
import org.bytedeco.pytorch.Tensor;

/**
 * A video that is being made: what its task reads its sources with.
 *
 * @param first the engine of the order's model
 * @param second that of the model which does the last part; the first, if there is no other
 * @param models engines of the models that stages name; {@code first} may be closed by asking for
 *     others alone
 * @param request size, rate, clip length and sampling
 * @param sounds whether the sound of a source goes with its frames
 * @param files the sources
 * @param controls beside the first model, and what they are shown
 * @param references pictures to take something from
 * @param said told in a line what was done to each source
 * @param note told what else a person may want to know
 * @param watch told of the stages of a cascade
 * @param progress told how far reading and encoding them is
 */
public record Making(
    Engine first,
    Engine second,
    CascadeRun.Models models,
    VideoRequest request,
    boolean sounds,
    SourceFiles files,
    List<ModelRef.Control> controls,
    References references,
    Consumer<String> said,
    Consumer<String> note,
    CascadeRun.Watch watch,
    Progress progress) {
  /** In the size and at the rate of what is made. */
  public Source.Wish wish() {
    return heard(Source.Wish.of(request.width(), request.height()).at(request.fps()));
  }

  /** Saying what becomes of sound. */
  Source.Wish heard(Source.Wish wish) {
    return wish.heard(sounds ? Source.Hearing.KEPT : Source.Hearing.LOST);
  }

  /** A picture as latents of the second model, [1, C, 1, h, w]. */
  public Tensor picture(SourceRef ref, Fit fit) {
    Source source = Source.picture(files.path(ref), wish().fitted(fit));
    said.accept(source.report());
    return second.encode(source.video(), progress);
  }

  /** The same where it comes after others ({@link Engine#encodeAtRest}). */
  public Tensor pictureAtRest(SourceRef ref, Fit fit) {
    Source source = Source.picture(files.path(ref), wish().fitted(fit));
    said.accept(source.report());
    return second.encodeAtRest(source.video(), progress);
  }

  /** Whether the second model makes videos of a picture that it is shown on every frame. */
  boolean showsPicture() {
    return ShownPicture.kind(second.model()).isPresent();
  }

  /** A picture for such a model. */
  ShownPicture shownPicture(SourceRef ref, Fit fit) {
    Source source = Source.picture(files.path(ref), wish().fitted(fit));
    said.accept(source.report());
    Tensor pixels_3HW = FrameTensors.toTensor(source.video()).select(1, 0);
    return ShownPicture.of(pixels_3HW, first.augmentation(), request.seed());
  }

  /** Whether the second model is shown the pixels of what is given. */
  boolean showsPixels() {
    return second.model().beside().filter(Beside.GivenPixels.class::isInstance).isPresent();
  }

  /**
   * The task of a model that is shown the pixels of what is given.
   *
   * @param pictures by the number of their frame, from the end where it is below 0
   */
  FromGiven fromGiven(SequencedMap<Integer, SourceRef> pictures, Fit fit) {
    int frames = second.model().grid().whole(request.frames());
    SequencedMap<Integer, Tensor> given = new LinkedHashMap<>();
    List<Frame> all = new ArrayList<>();
    pictures.forEach((at, ref) -> {
      Source source = Source.picture(files.path(ref), wish().fitted(fit));
      said.accept(source.report());
      all.add(source.video().frames().getFirst());
      given.put(at < 0 ? frames + at : at, FrameTensors.toTensor(source.video()).select(1, 0));
    });
    GivenVideo whole = references.beside(GivenVideo.of(frames, given), this);
    return new FromGiven(whole, looks(all.subList(0, Math.min(all.size(), mostLooks()))));
  }

  /** The task of such a model where no frame is given. */
  FromGiven fromNothing() {
    int frames = second.model().grid().whole(request.frames());
    GivenVideo nothing = GivenVideo.nothing(frames, request.height(), request.width());
    return new FromGiven(references.beside(nothing, this), looks(List.of()));
  }

  private int mostLooks() {
    return second.model().network().config().mostPictures().orElse(Integer.MAX_VALUE);
  }

  /** What the model's reader of pictures makes of them, in turn: [1, N, D]. */
  private Tensor looks(List<Frame> pictures) {
    return second
        .model()
        .pictures()
        .filter(reader -> !pictures.isEmpty())
        .map(reader ->
            Scopes.noGrad(() -> second.model().readPictures(pictures).tokens_PND())
                .flatten(0, 1)
                .unsqueeze(0))
        .orElseGet(() -> Tensors.zeros(1, 0, 1));
  }

  /** A video, so fitted. */
  public Source video(SourceRef ref, Source.Wish wish) {
    Source source = Source.video(files.path(ref), wish, progress);
    said.accept(source.report());
    return source;
  }

  /** The first engine, its controls being shown theirs for so many frames. */
  public Engine shown(int frames) {
    return shown(frames, Optional.empty());
  }

  /** The same where controls may be shown the video that the task is made from. */
  Engine shown(SourceRef ref, Video video) {
    return shown(video.frames().size(), Optional.of(new Shown.Own(ref, video)));
  }

  private Engine shown(int frames, Optional<Shown.Own> own) {
    if (controls.isEmpty()) {
      return first;
    }
    Hints hints = new Shown(this).hints(frames, own);
    return first.withHints(hints);
  }
}
