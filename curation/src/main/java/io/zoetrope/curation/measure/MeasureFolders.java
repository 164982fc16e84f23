package io.zoetrope.curation.measure;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What folders with networks measure, by what lies in them. */
final class MeasureFolders {
  /** What a folder is. */
  private enum Kind {
    /** One measure, as {@link ModelMeasure} has it. */
    DESCRIBED("measure.json"),
    /** A CLIP, perhaps with a head. */
    CLIP("config.json"),
    /** A head alone, for a CLIP of another folder. */
    HEAD("aesthetics.safetensors");

    private final String file;

    Kind(String file) {
      this.file = file;
    }

    boolean in(Path folder) {
      return Files.isRegularFile(folder.resolve(file));
    }

    /** The first that fits; what fits none is to be described. */
    static Kind of(Path folder) {
      for (Kind kind : values()) {
        if (kind.in(folder)) {
          return kind;
        }
      }
      return DESCRIBED;
    }
  }

  private MeasureFolders() {}

  /**
   * All measures, in the order of the folders.
   *
   * @throws UserError if something is missing or wrong in one, or they do not go together
   */
  static List<Measure> of(List<Path> folders) {
    List<Path> clips = folders.stream().filter(f -> Kind.of(f) == Kind.CLIP).toList();
    List<Path> heads =
        folders.stream()
            .filter(f -> Kind.of(f) == Kind.HEAD || (clips.contains(f) && Kind.HEAD.in(f)))
            .map(f -> f.resolve(Kind.HEAD.file))
            .toList();
    if (clips.size() > 1 || heads.size() > 1) {
      throw new UserError(
          Fault.INVALID,
          clips.size() > 1
              ? "'%s' and '%s' are a CLIP each".formatted(clips.get(0), clips.get(1))
              : "'%s' and '%s' are an aesthetics head each".formatted(heads.get(0), heads.get(1)),
          "measure by one");
    }
    if (clips.isEmpty() && !heads.isEmpty()) {
      throw new UserError(
          Fault.NOT_FOUND,
          "'%s' reads what a CLIP says of pictures, and there is none".formatted(heads.getFirst()),
          "name the folder of one, too");
    }
    Optional<Path> head = heads.stream().findFirst();
    List<Measure> measures = new ArrayList<>();
    for (Path folder : folders) {
      measures.addAll(
          switch (Kind.of(folder)) {
            case DESCRIBED -> List.of(ModelMeasure.of(folder));
            case CLIP -> ClipMeasure.of(folder, head);
            case HEAD -> List.<Measure>of();
          });
    }
    return measures;
  }
}
