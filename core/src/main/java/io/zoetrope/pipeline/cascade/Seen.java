package io.zoetrope.pipeline.cascade;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.pipeline.family.Beside;
import io.zoetrope.pipeline.model.VideoRequest;
import io.zoetrope.pipeline.task.SeenBeside;
import io.zoetrope.pipeline.task.Upscale;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;

/**
 * How a model was trained to see what enters its stage.
 *
 * @param kind empty for models that see their video alone, or that were made elsewhere
 */
public record Seen(Optional<Beside> kind) {
  /**
   * Requires that a stage shows its model what that was trained to see.
   *
   * @throws UserError if its bridge does not
   */
  public static void requireCrossing(Beside kind, Stage stage) {
    Bridge bridge = stage.bridge();
    switch (kind) {
      case Beside.Smaller smaller -> require(bridge instanceof Bridge.Enlarge, smaller, "enlarge");
      case Beside.Pixels pixels -> {
        require(bridge instanceof Bridge.Enlarge, pixels, "enlarge");
        int unused = stage.label(pixels.labels());
      }
      case Beside.Slower slower -> {
        require(bridge instanceof Bridge.Repeat, slower, "repeat");
        new Seen(Optional.of(slower)).slower(bridge.times());
      }
      case Beside.Known known ->
          require(
              bridge instanceof Bridge.Masked || bridge instanceof Bridge.None,
              known,
              "masked or none");
      case Beside.Mask mask -> require(false, mask, "none of these");
      case Beside.GivenPixels given -> require(false, given, "none of these");
      case Beside.Picture picture -> require(false, picture, "none of these");
      case Beside.Structure structure -> require(false, structure, "none of these");
    }
    if (stage.augments() && !kind.noised()) {
      throw new UserError(
          Fault.UNSUPPORTED,
          "its model was not trained with noise on what it sees beside its video",
          "leave augmentation out");
    }
  }

  private static void require(boolean met, Beside kind, String bridge) {
    if (!met) {
      throw new UserError(
          Fault.MISMATCH,
          "its model was trained to see %s beside its video, which the bridge %s shows it"
              .formatted(kind.text(), bridge));
    }
  }

  /** Whether it sees which frames are known. */
  boolean known() {
    return kind.filter(Beside.Known.class::isInstance).isPresent();
  }

  /**
   * How a slower video is shown.
   *
   * @throws UserError if it was trained for another rate
   */
  Beside.Slower slower(int times) {
    Beside.Slower usual = new Beside.Slower(times, Beside.Fill.REPEAT, false);
    Beside.Slower own =
        kind.filter(Beside.Slower.class::isInstance).map(Beside.Slower.class::cast).orElse(usual);
    if (own.times() != times) {
      throw new UserError(
          Fault.MISMATCH,
          "its model makes %s frames of one, not %s".formatted(own.times(), times),
          "say times: " + own.times());
    }
    return own;
  }

  /** What pixels it sees, if it sees pixels. */
  Optional<Beside.Pixels> pixels() {
    return kind.filter(Beside.Pixels.class::isInstance).map(Beside.Pixels.class::cast);
  }

  /**
   * Requires that pixels [1, 3, F, h, w] are as many as latents of what is made.
   *
   * @throws UserError if not
   */
  static void requireSmall(Beside.Pixels pixels, Tensor x_13FHW, VideoRequest request) {
    requireTimes(pixels.times(), x_13FHW, request);
  }

  private static void requireTimes(int times, Tensor small, VideoRequest request) {
    if (small.size(3) * times != request.height() || small.size(4) * times != request.width()) {
      throw new UserError(
          Fault.MISMATCH,
          "this model makes videos %s times as large, not %sx%s of %sx%s"
              .formatted(times, request.width(), request.height(), small.size(4), small.size(3)),
          "give its stage the size %sx%s".formatted(times * small.size(4), times * small.size(3)));
    }
  }

  /**
   * A small video [1, 3, F, h, w] in the size of a request, as in training: a larger one is made as
   * small by the kernel of the training first.
   *
   * @throws UserError if it is another size than the model makes larger
   */
  Tensor smaller(Tensor x_13FHW, VideoRequest request) {
    int width = request.width();
    int height = request.height();
    Optional<Beside.Smaller> own =
        kind.filter(Beside.Smaller.class::isInstance).map(Beside.Smaller.class::cast);
    if (own.isEmpty()) {
      return Upscale.to(x_13FHW, height, width);
    }
    Beside.Smaller how = own.get();
    boolean large = x_13FHW.size(3) == height && x_13FHW.size(4) == width;
    Tensor small = large ? SeenBeside.small(how, x_13FHW) : x_13FHW;
    requireTimes(how.times(), small, request);
    return SeenBeside.enlarged(how, small);
  }
}
