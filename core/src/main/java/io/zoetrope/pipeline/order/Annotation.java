package io.zoetrope.pipeline.order;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.pixels.Annotator;
import io.zoetrope.pixels.Annotators;
import java.nio.file.Path;
import java.util.Optional;

/**
 * How what a control is shown is drawn of a video.
 *
 * @param by the word of an {@link Annotators annotator}; empty for that which the control's name
 *     speaks of
 */
public record Annotation(Optional<String> by) {
  /** Folders of a path that may say what a control is: that of the hub's cache is the fourth. */
  private static final int TELLING = 4;

  public Annotation {
    by.ifPresent(word -> {
      if (!Annotators.known(word)) {
        throw Checks.wrong(
            "unknown annotator '%s': it is one of %s".formatted(word, Annotators.names()));
      }
    });
  }

  /**
   * What draws for a control.
   *
   * @param net its folder
   * @throws UserError if nobody says how
   */
  Annotator annotator(Path net) {
    return Annotators.of(by.orElseGet(() -> asked(net)));
  }

  private static String asked(Path net) {
    Path full = net.toAbsolutePath().normalize();
    for (int i = full.getNameCount() - 1; i >= Math.max(0, full.getNameCount() - TELLING); i--) {
      Optional<String> meant = Annotators.meant(full.getName(i).toString());
      if (meant.isPresent()) {
        return meant.get();
      }
    }
    throw new UserError(
        Fault.INVALID,
        "the name of the control %s does not say what it is to be shown"
            .formatted(net.getFileName()),
        "name the annotator, one of " + Annotators.names());
  }
}
