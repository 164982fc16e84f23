package io.zoetrope.network.wan;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What the shapes of weights say about a transformer of Wan. */
final class WanShapes {
  /** Features of a head, in all models that are known. */
  private static final int HEAD = 128;

  /** What every block has. */
  private static final String TABLE = ".scale_shift_table";

  private WanShapes() {}

  static WanConfig config(Map<String, long[]> shapes) {
    int width = axis(shapes, "scale_shift_table", -1);
    int headWidth = width % HEAD == 0 ? HEAD : width;
    int depth = count(shapes, "blocks.");
    boolean rate = shapes.containsKey("fps_embedding.weight");
    Optional<WanConfig.Pictures> pictures = pictures(shapes);
    Optional<WanConfig.Vace> vace = vace(shapes, depth);
    return new WanConfig(
        rate
            ? WanConfig.Kind.SKYREELS
            : vace.isPresent() ? WanConfig.Kind.VACE : WanConfig.Kind.WAN,
        width / headWidth,
        headWidth,
        axis(shapes, "patch_embedding.weight", 1),
        axis(shapes, "proj_out.weight", 0) / (WanConfig.PATCH * WanConfig.PATCH),
        axis(shapes, "condition_embedder.text_embedder.linear_1.weight", 1),
        axis(shapes, "condition_embedder.time_embedder.linear_1.weight", 1),
        axis(shapes, "blocks.0.ffn.net.0.proj.weight", 0),
        depth,
        shapes.containsKey("blocks.0.norm2.weight"),
        pictures,
        rate,
        1,
        vace);
  }

  private static Optional<WanConfig.Pictures> pictures(Map<String, long[]> shapes) {
    String embedder = "condition_embedder.image_embedder.";
    if (!shapes.containsKey(embedder + "norm1.weight")) {
      return Optional.empty();
    }
    int places =
        shapes.containsKey(embedder + "pos_embed") ? axis(shapes, embedder + "pos_embed", -2) : 0;
    return Optional.of(new WanConfig.Pictures(axis(shapes, embedder + "norm1.weight", 0), places));
  }

  /** Its blocks are heard at equal distances. */
  private static Optional<WanConfig.Vace> vace(Map<String, long[]> shapes, int depth) {
    int blocks = count(shapes, "vace_blocks.");
    if (blocks == 0) {
      return Optional.empty();
    }
    List<Integer> layers = new ArrayList<>();
    for (int i = 0; i < blocks; i++) {
      layers.add(i * Math.max(1, depth / blocks));
    }
    return Optional.of(new WanConfig.Vace(layers, axis(shapes, "vace_patch_embedding.weight", 1)));
  }

  private static int count(Map<String, long[]> shapes, String before) {
    int count = 0;
    while (shapes.containsKey(before + count + TABLE)) {
      count++;
    }
    return count;
  }

  /** The length of an axis, counted from the end where it is below 0. */
  private static int axis(Map<String, long[]> shapes, String name, int axis) {
    long[] shape = shapes.get(name);
    int at = shape == null || axis >= 0 ? axis : shape.length + axis;
    if (shape == null || at < 0 || at >= shape.length) {
      throw new UserError(
          Fault.MISMATCH, "it is no transformer of Wan: it has no '%s'".formatted(name));
    }
    return Math.toIntExact(shape[at]);
  }
}
