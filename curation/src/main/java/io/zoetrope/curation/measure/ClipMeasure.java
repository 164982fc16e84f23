package io.zoetrope.curation.measure;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.eval.Cosine;
import io.zoetrope.eval.features.AestheticsHead;
import io.zoetrope.eval.features.ClipModel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleBiFunction;

/**
 * A measure by CLIP's embedding of a clip's first, middle and last frame; the clip's value is the
 * mean of the three. All of one CLIP share an embedding: {@code text-fit} is its cosine with that
 * of the caption, {@code aesthetics} what a head says of it.
 *
 * @param about what it measures, in a few words
 * @param files that it depends on
 * @param words whether a clip needs a caption for it
 * @param value of an embedding, beside the caption
 */
record ClipMeasure(
    String name,
    String about,
    List<Path> files,
    boolean words,
    ClipSight sight,
    ToDoubleBiFunction<double[], String> value)
    implements Measure {
  private static final String ALGORITHM = "1";

  ClipMeasure {
    files = List.copyOf(files);
  }

  /**
   * Those of a folder.
   *
   * @param folder of transformers' {@code CLIPModel}
   * @param head file of an aesthetics head; empty if there is none
   * @throws UserError if something is missing or wrong in them, or they do not fit together
   */
  static List<Measure> of(Path folder, Optional<Path> head) {
    ClipModel.Shape shape = ClipModel.check(folder);
    head.ifPresent(file -> requireReads(file, folder, shape.width()));
    ClipSight sight = new ClipSight(folder);
    List<Path> files = ClipModel.files(folder);
    List<Measure> measures = new ArrayList<>();
    measures.add(
        new ClipMeasure(
            "text-fit",
            "how well the caption fits, a cosine of CLIP",
            files,
            true,
            sight,
            (seen, caption) -> Cosine.of(seen, sight.words(caption))));
    head.ifPresent(file -> {
      HeadScore score = new HeadScore(file);
      List<Path> both = new ArrayList<>(files);
      both.add(file);
      measures.add(
          new ClipMeasure(
              "aesthetics",
              "how much people like it, about 1 to 10, by a head on CLIP",
              both,
              false,
              sight,
              (seen, caption) -> score.of(seen)));
    });
    return measures;
  }

  private static void requireReads(Path file, Path folder, int width) {
    try (AestheticsHead head = AestheticsHead.load(file)) {
      if (head.width() != width) {
        throw new UserError(
            Fault.MISMATCH,
            "%s reads embeddings of %s features, and the CLIP in %s makes %s"
                .formatted(file, head.width(), folder, width),
            "it goes with the CLIP that it was trained on; LAION's with ViT-L/14");
      }
    }
  }

  @Override
  public String version() {
    return ALGORITHM + "-" + FilePrints.of(files);
  }

  @Override
  public boolean costly() {
    return true;
  }

  @Override
  public Meter begin(About clip) {
    String caption = clip.caption().strip();
    return words && caption.isEmpty()
        ? ThreeFrames.none()
        : new ThreeFrames(clip, shot -> value.applyAsDouble(shot.seen(sight), caption));
  }
}
