package io.zoetrope.train.latents;

import io.zoetrope.data.ClipShape;
import io.zoetrope.data.table.Row;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.stream.Collectors;

/**
 * A row of an index of latents. Its columns are the components, in any order.
 *
 * @param number of the clip in its data set, from 0; the order of the index
 * @param key what tells these latents from all others: of the content, the part of it, the shape
 *     and the autoencoder. Clips that look alike share one
 * @param shard file with the latents, in the index' folder
 * @param tensor their name in it
 * @param shape of the tensor, {@code CxFxHxW}
 * @param dtype {@code BF16} or {@code F32}
 * @param width of the clip, in pixels
 * @param height of the clip, in pixels
 * @param frames of the clip
 * @param rate frames per second
 * @param start seconds in the source at which it begins
 * @param crop what was taken of each frame, {@code WxH+X+Y} in pixels of the source; may be empty
 * @param caption what is to be seen
 * @param source file below the folder of clips, or a member of a tar
 * @param sha256 of the source's content
 * @param model print of the autoencoder ({@link AutoencoderPrint})
 */
public record LatentRow(
    long number,
    String key,
    String shard,
    String tensor,
    String shape,
    String dtype,
    int width,
    int height,
    int frames,
    double rate,
    double start,
    String crop,
    String caption,
    String source,
    String sha256,
    String model) {
  /** Names of the columns. */
  public static final List<String> COLUMNS =
      Arrays.stream(LatentRow.class.getRecordComponents()).map(c -> c.getName()).toList();

  /**
   * That of a table.
   *
   * @throws UserError naming file and row, if something that is needed is not there, or no number
   */
  static LatentRow of(Row row) {
    String shard = row.needText("shard");
    if (shard.contains("/") || shard.contains("\\") || shard.contains("..")) {
      throw new UserError(
          Fault.INVALID,
          "%s: a shard lies beside its index, not in '%s'".formatted(row.where(), shard));
    }
    LatentRow read =
        new LatentRow(
            row.whole("number").orElse(Long.MAX_VALUE),
            row.needText("key"),
            shard,
            row.text("tensor").orElseGet(() -> row.needText("key")),
            row.needText("shape"),
            row.text("dtype").orElse(""),
            row.needInt("width", 1),
            row.needInt("height", 1),
            row.needInt("frames", 1),
            row.needReal("rate"),
            row.real("start").orElse(0),
            row.text("crop").orElse(""),
            row.text("caption").orElse(""),
            row.text("source").orElse(""),
            row.text("sha256").orElse(""),
            row.needText("model"));
    if (!read.shape.matches("\\d{1,9}(x\\d{1,9}){3}")) {
      throw new UserError(
          Fault.INVALID, "%s: shape must be CxFxHxW, is '%s'".formatted(row.where(), read.shape));
    }
    return read;
  }

  /** Its cells by the names of their columns, in order. */
  public SequencedMap<String, Object> cells() {
    SequencedMap<String, Object> cells = new LinkedHashMap<>();
    cells.put("number", number);
    cells.put("key", key);
    cells.put("shard", shard);
    cells.put("tensor", tensor);
    cells.put("shape", shape);
    cells.put("dtype", dtype);
    cells.put("width", width);
    cells.put("height", height);
    cells.put("frames", frames);
    cells.put("rate", rate);
    cells.put("start", start);
    cells.put("crop", crop);
    cells.put("caption", caption);
    cells.put("source", source);
    cells.put("sha256", sha256);
    cells.put("model", model);
    return cells;
  }

  /** Of the clip. */
  public ClipShape clip() {
    return new ClipShape(width, height, frames);
  }

  /** Of the tensor. */
  List<Long> sizes() {
    List<Long> sizes = new ArrayList<>();
    for (String size : shape.split("x", -1)) {
      sizes.add(Long.valueOf(size));
    }
    return sizes;
  }

  static String shape(List<Long> sizes) {
    return sizes.stream().map(String::valueOf).collect(Collectors.joining("x"));
  }
}
