package io.zoetrope.train.method;

import io.zoetrope.data.ClipDataset;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.media.FrameTensors;
import io.zoetrope.media.Video;
import io.zoetrope.network.vae.LatentGrid;
import io.zoetrope.progress.Progress;
import io.zoetrope.torch.Ops;
import io.zoetrope.torch.Tensors;
import io.zoetrope.train.footage.ClipCut;
import io.zoetrope.train.footage.Footage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.SequencedSet;
import org.bytedeco.pytorch.Tensor;

/**
 * How much errors count at each place of clips: white wholly, black not at all.
 *
 * @param kind where the masks come from
 * @param folder that they lie in, where they lie in one
 * @param clips that they are of
 * @param grid of their latents: the mask of a latent is the mean of those of its frames
 */
record ClipMasks(Kind kind, Path folder, ClipDataset clips, LatentGrid grid)
    implements Footage.Masks {
  /** Where masks come from. */
  enum Kind {
    /** What stands before the background of the toy world. */
    MASK("mask"),
    /** How opaque a file is. */
    ALPHA("alpha"),
    /** A file of the same name in a folder. */
    FOLDER("");

    private final String word;

    Kind(String word) {
      this.word = word;
    }

    /** That a recipe means; a word, or the path of a folder. */
    static Kind of(String where) {
      return Arrays.stream(values())
          .filter(kind -> kind.word.equals(where))
          .findFirst()
          .orElse(FOLDER);
    }
  }

  /** Clips that a message names. */
  private static final int SHOWN = 3;

  /**
   * Requires that a recipe names masks.
   *
   * @throws UserError if it is no word for any, and no folder
   */
  static void requireKnown(String where) {
    if (where.isBlank() || Kind.of(where) == Kind.FOLDER && !Files.isDirectory(Path.of(where))) {
      throw new UserError(
          Fault.NOT_FOUND,
          "mask '%s' is no folder".formatted(where),
          "it is a folder, or one of alpha, mask");
    }
  }

  /**
   * Requires that clips can have masks of a kind: to be known before anything of them is encoded.
   *
   * @throws UserError if the first has none
   */
  static void requireFor(String where, ClipDataset clips) {
    Object unused =
        new ClipMasks(Kind.of(where), Path.of(where), clips, LatentGrid.ofPictures(1, 1)).video(0);
  }

  /**
   * Those that a recipe means, looked at: each clip has one, of its size, in which something
   * counts.
   *
   * @param count of clips, from the first
   * @throws UserError if a clip has none or nothing counts in it, or if masks leave nothing out
   */
  static ClipMasks open(
      String where, ClipDataset clips, LatentGrid grid, int count, Progress progress) {
    ClipMasks masks = new ClipMasks(Kind.of(where), Path.of(where), clips, grid);
    if (masks.kind == Kind.MASK) {
      Object unused = masks.video(0); // the world knows all of its clips, or none
      return masks;
    }
    SequencedSet<String> dark = new LinkedHashSet<>(); // clips of one file once
    boolean all = true;
    for (int i = 0; i < count; i++) {
      progress.requireGoing(i, count);
      Video video = masks.video(i);
      boolean black = true;
      boolean white = true;
      for (var frame : video.frames()) {
        for (byte value : frame.rgb()) {
          black &= value == 0;
          white &= value == (byte) 255;
        }
      }
      if (black) {
        dark.add(clips.origin(i).source());
      }
      all &= white;
    }
    if (!dark.isEmpty()) {
      List<String> empty = List.copyOf(dark);
      String more = empty.size() > SHOWN ? ", and %s more".formatted(empty.size() - SHOWN) : "";
      throw new UserError(
          Fault.INVALID,
          "nothing of %s%s counts: %s"
              .formatted(
                  String.join(", ", empty.subList(0, Math.min(SHOWN, empty.size()))),
                  more,
                  masks.kind == Kind.ALPHA ? "wholly transparent" : "black in the masks"),
          "leave such clips out");
    }
    if (all) {
      throw new UserError(
          Fault.INVALID,
          masks.kind == Kind.ALPHA
              ? "mask: alpha has no effect: no clip is transparent anywhere"
              : "mask has no effect: all of them are white",
          "leave mask out");
    }
    return masks;
  }

  /** White where errors count, of the pixels of a clip. */
  private Video video(long clip) {
    return switch (kind) {
      case MASK -> clips.truth(clip, ClipDataset.Truth.MASK);
      case ALPHA -> clips.opacity(clip);
      case FOLDER -> clips.beside(clip, folder);
    };
  }

  @Override
  public Tensor of(ClipCut cut) {
    Tensor all_1FHW =
        Ops.mul(Ops.add(FrameTensors.toTensor(video(cut.clip())).narrow(0, 0, 1), 1), 0.5);
    List<Tensor> each = new ArrayList<>();
    for (int latent : cut.frames()) {
      long from = latent == 0 ? 0 : grid.frames(latent);
      long to = Math.min(grid.frames(latent + 1), all_1FHW.size(1));
      each.add(Ops.mean(all_1FHW.narrow(1, from, to - from), 1).unsqueeze(1));
    }
    return Tensors.cat(each, 1);
  }
}
