package io.zoetrope.pipeline;

import io.zoetrope.diffusion.guidance.SkipLayers;
import io.zoetrope.error.Fault;
import io.zoetrope.error.Mend;
import io.zoetrope.error.UserError;
import io.zoetrope.pipeline.family.Beside;
import io.zoetrope.pipeline.model.VideoModel;
import io.zoetrope.pipeline.model.VideoRequest;
import io.zoetrope.torch.Tensors;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;

/** What a model requires of what it is asked for. */
record Requirements(VideoModel model) {
  /** Frames that motion modules are trained on. */
  private static final int USUAL_WINDOW = 16;

  /** The first of a batch, after checking that the others agree with it and the model can do it. */
  VideoRequest first(List<VideoRequest> requests) {
    VideoRequest first = requests.getFirst();
    requests.forEach(request -> check(request, first));
    checkGuidance(requests);
    return first;
  }

  /** A network that guides itself was taught some scales, and leads away from nothing else. */
  private void checkGuidance(List<VideoRequest> requests) {
    if (!model.guidesItself()) {
      return;
    }
    double scale = requests.getFirst().guidance();
    model.scheduling().distilled().ifPresent(few -> few.requireGuidance(scale));
    if (requests.stream().anyMatch(request -> !request.negative().isBlank())) {
      throw new UserError(
          Fault.UNSUPPORTED,
          "guidance is in this model's network, which can be led away from no prompt",
          "leave the negative prompt out");
    }
  }

  private void check(VideoRequest request, VideoRequest first) {
    model.requireFrames(request.frames());
    checkSize(request.width(), request.height());
    if (request.steps() != first.steps()
        || request.frames() != first.frames()
        || request.width() != first.width()
        || request.height() != first.height()
        || request.guidance() != first.guidance()
        || !request.sampler().equals(first.sampler())) {
      throw new IllegalArgumentException("a batch may differ in prompts and seeds only");
    }
  }

  /**
   * Checks that another model can do the late steps of this one's videos.
   *
   * @param level from which on, in [0, 1]
   * @throws UserError if latents of the two do not agree, they lie on different devices, or there
   *     is no such level
   */
  void requireTogether(VideoModel other, double level) {
    if (!other.grid().equals(model.grid())) {
      throw new UserError(
          Fault.MISMATCH,
          "the two models work on different latents: %s, and %s"
              .formatted(model.grid(), other.grid()));
    }
    new Requirements(other).requireNothingBeside();
    if (!other.device().equals(model.device())) {
      throw new UserError(
          Fault.MISMATCH,
          "two models make one video on one device, not on %s and %s"
              .formatted(model.device(), other.device()));
    }
    if (!(level >= 0 && level <= 1)) {
      throw new UserError(
          Fault.INVALID, "the second model takes over at a level in [0, 1], not " + level);
    }
  }

  /**
   * Requires that the network sees the latents alone.
   *
   * @throws UserError if it is shown something beside them, of which only whole clips have one
   */
  void requireNothingBeside() {
    model
        .beside()
        .ifPresent(beside -> {
          throw switch (beside) {
            case Beside.Mask mask ->
                new UserError(
                    Fault.UNSUPPORTED,
                    "this model paints into masks, and there is none to show it here",
                    "restyle, animate, interpolate, extend and generate show it one");
            case Beside.GivenPixels given ->
                new UserError(
                    Fault.UNSUPPORTED,
                    "this model is shown the pixels that are given, and what is held here are"
                        + " latents",
                    "generate, animate and interpolate show it pixels");
            case Beside.Picture picture ->
                new UserError(
                    Fault.UNSUPPORTED,
                    "this model makes videos of a picture, and there is none to show it here",
                    "animate, interpolate, loop, extend and restyle show it one");
            case Beside.Structure structure ->
                new UserError(
                    Fault.UNSUPPORTED,
                    "this model follows the structure of a video, and there is none here",
                    "restyle shows it one");
            case Beside.Smaller smaller -> smallMissing(smaller.times());
            case Beside.Pixels pixels -> smallMissing(pixels.times());
            case Beside.Slower slower ->
                new UserError(
                    Fault.UNSUPPORTED,
                    "this model makes %s frames for each of a slower video, and there is none here"
                        .formatted(slower.times()),
                    "a cascade shows it one by the bridge repeat");
            case Beside.Known known ->
                new UserError(
                    Fault.UNSUPPORTED,
                    "this model is shown which frames are known, and there are none here",
                    "generate, animate, interpolate, extend and cascades show it some");
          };
        });
  }

  /** What the network is shown, if that is made of pixels that are given. */
  Beside.GivenPixels requireGivenPixels() {
    return model
        .beside()
        .filter(Beside.GivenPixels.class::isInstance)
        .map(Beside.GivenPixels.class::cast)
        .orElseThrow(() -> new IllegalStateException("a model that is shown no given pixels"));
  }

  void checkSize(int width, int height) {
    int multiple = model.sizeMultiple();
    if (width % multiple != 0 || height % multiple != 0) {
      throw new UserError(
          Fault.INVALID,
          "this model makes sizes that are multiples of %s; nearest to %sx%s is %sx%s"
              .formatted(
                  multiple, width, height, nearest(width, multiple), nearest(height, multiple)));
    }
  }

  /**
   * Checks that latents are of the size and channels of a request.
   *
   * @throws UserError if they are not
   */
  void requireFit(Tensor z_BCFHW, VideoRequest first) {
    int factor = model.grid().space();
    if (z_BCFHW.dim() != 5 || z_BCFHW.size(1) != model.grid().channels()) {
      throw new IllegalArgumentException(
          "these are no latents of this model: " + Arrays.toString(Tensors.shape(z_BCFHW)));
    }
    if (z_BCFHW.size(3) * factor != first.height() || z_BCFHW.size(4) * factor != first.width()) {
      throw new UserError(
          Fault.MISMATCH,
          "what is given has %sx%s pixels, the video %sx%s"
              .formatted(
                  z_BCFHW.size(4) * factor,
                  z_BCFHW.size(3) * factor,
                  first.width(),
                  first.height()),
          "make them agree");
    }
  }

  /**
   * Requires that the model can see so many frames at once.
   *
   * @param window of frames that it sees at once; empty for the whole clip
   * @throws UserError if its motion modules were made for shorter clips
   */
  void requireSeen(int frames, OptionalInt window) {
    int seen = Math.min(frames, window.orElse(frames));
    OptionalInt most = model.network().config().longest();
    if (most.isPresent() && seen > most.getAsInt()) {
      throw new UserError(
          Fault.TOO_LARGE,
          "this motion module was made for clips of at most %s frames, not %s"
              .formatted(most.getAsInt(), seen),
          Mend.NONE
              .and(Mend.Knob.WINDOW, String.valueOf(Math.min(USUAL_WINDOW, most.getAsInt())))
              .and(" or ")
              .and(Mend.Knob.FREE_NOISE)
              .and(" makes longer ones"));
    }
  }

  /**
   * Requires that the network has blocks, which guidance from outside can leave out.
   *
   * @throws UserError if it has not
   */
  void requireBlocks(SkipLayers skip) {
    if (model.guidesItself()) {
      throw new UserError(
          Fault.UNSUPPORTED,
          "guidance is in this model's network, which leaves no blocks out for it",
          "leave skip-layer guidance out");
    }
    int fewest =
        IntStream.concat(
                IntStream.of(model.network().config().blocksInARow()),
                model.late().stream().mapToInt(late -> late.network().config().blocksInARow()))
            .min()
            .orElseThrow();
    if (fewest == 0) {
      throw new UserError(
          Fault.UNSUPPORTED,
          "skip-layer guidance is for transformers of blocks in a row, and this model's network is"
              + " none",
          "leave it out");
    }
    int highest = Collections.max(skip.blocks());
    if (highest >= fewest) {
      throw new UserError(
          Fault.INVALID,
          "this network has blocks 0 to %s, and no block %s".formatted(fewest - 1, highest),
          "name some of these");
    }
  }

  /**
   * Requires a network whose first block is given something that levels modulate.
   *
   * @throws UserError if it has none
   */
  void requireModulated() {
    if (model.network().config().blocksInARow() == 0) {
      throw new UserError(
          Fault.UNSUPPORTED,
          "TeaCache goes by the modulated input of a transformer's first block, and this model's"
              + " network has none",
          "EasyCache goes with every network");
    }
  }

  private static int nearest(int size, int multiple) {
    return Math.max(multiple, Math.round((float) size / multiple) * multiple);
  }

  /**
   * Requires that each frame has a latent of its own.
   *
   * @param what needs that
   * @throws UserError if one holds several
   */
  void requireLatentPerFrame(String what) {
    if (model.grid().time() > 1) {
      throw new UserError(
          Fault.UNSUPPORTED,
          "%s is for models with a latent for each frame; one of this model holds %s"
              .formatted(what, model.grid().time()));
    }
  }

  private static UserError smallMissing(int times) {
    return new UserError(
        Fault.UNSUPPORTED,
        "this model makes a small video %s times as large, and there is none here".formatted(times),
        "a cascade shows it one by the bridge enlarge");
  }
}
