package io.zoetrope.network.vision;

import com.fasterxml.jackson.annotation.JsonCreator;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/**
 * How pictures become what CLIP sees, as {@code preprocessor_config.json} says it: the shorter side
 * is scaled by Pillow's bicubic filter, the middle square is cut out, channels are normalised. What
 * the file leaves out is as in the first CLIP; other ways are refused.
 *
 * @param side pixels of the square
 * @param statistics of its channels
 */
public record ClipPreprocessing(int side, PictureStatistics statistics) {
  private static final int SIDE = 224;

  /** Pillow's number of its bicubic filter. */
  private static final int BICUBIC = 3;

  private static final double LEVELS = 1 / 255.0;

  /** Steps that a file may leave out in words, not in deed. */
  private static final List<String> STEPS =
      List.of("do_resize", "do_center_crop", "do_rescale", "do_normalize");

  /** The first CLIP's way, of another size. */
  public static ClipPreprocessing usual(int side) {
    return new ClipPreprocessing(side, PictureStatistics.CLIP);
  }

  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  static ClipPreprocessing of(JsonNode json) {
    for (String step : STEPS) {
      require(json.path(step).asBoolean(true), step + " is false");
    }
    int filter = json.path("resample").asInt(BICUBIC);
    require(filter == BICUBIC, "resample is " + filter);
    double levels = json.path("rescale_factor").asDouble(LEVELS);
    require(Math.abs(levels - LEVELS) < 1e-9, "rescale_factor is " + levels);
    int side = square(json.path("crop_size"), "crop_size");
    JsonNode size = json.path("size");
    JsonNode shorter = size.isObject() ? size.path("shortest_edge") : size;
    require(
        size.isMissingNode() || shorter.asInt(0) == side,
        "size %s is no shorter side of the crop_size %s".formatted(size, side));
    return new ClipPreprocessing(
        side,
        new PictureStatistics(
            numbers(json.path("image_mean"), PictureStatistics.CLIP.mean()),
            numbers(json.path("image_std"), PictureStatistics.CLIP.deviation())));
  }

  private static int square(JsonNode size, String name) {
    int width = size.isObject() ? size.path("width").asInt(0) : size.asInt(SIDE);
    int height = size.isObject() ? size.path("height").asInt(0) : width;
    require(width > 0 && width == height, "%s %s is no square".formatted(name, size));
    return width;
  }

  private static List<Double> numbers(JsonNode list, List<Double> otherwise) {
    if (list.isMissingNode()) {
      return otherwise;
    }
    List<Double> numbers = new ArrayList<>();
    list.forEach(value -> numbers.add(value.asDouble(Double.NaN)));
    return numbers;
  }

  private static void require(boolean fits, String what) {
    if (!fits) {
      throw new UserError(
          Fault.UNSUPPORTED,
          what + ": pictures are scaled bicubically, cut to a square and normalised, as for CLIP");
    }
  }
}
