package io.zoetrope.pipeline.family;

import io.zoetrope.checkpoint.Provenance;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.network.unet.Inflation;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Some weights of a model as a training left them.
 *
 * @param inflation recipe by which a U-Net of single pictures became one for video, see {@link
 *     Inflation#of}; empty for a network that stayed as it was
 * @param beside what its network is shown beside the latents since; empty for nothing more
 * @param file with the weights
 * @param frames of the clips that it was trained on; empty where nobody says
 */
public record TunedChoice(
    Optional<String> inflation, Optional<Beside> beside, Path file, OptionalInt frames) {
  /** Key of a file's header: the inflation. */
  public static final String INFLATION = "inflation";

  /** Key of a file's header: what is {@link Beside} the latents. */
  public static final String BESIDE = "beside";

  public TunedChoice {
    inflation.ifPresent(name -> {
      Inflation unused = Inflation.of(name);
    });
  }

  /**
   * What a training of weights wrote.
   *
   * @throws UserError if there is no such file, or it is another kind of file
   */
  public static TunedChoice of(Path file) {
    if (!Files.isRegularFile(file)) {
      throw new UserError(
          Fault.NOT_FOUND, "there is no file '%s' of tuned weights".formatted(file));
    }
    Provenance said = Provenance.read(file);
    if (!said.get("kind").equals(Optional.of("weights"))) {
      throw new UserError(
          Fault.INVALID,
          "%s is no file of tuned weights: its header says %s"
              .formatted(file, said.get("kind").map(k -> "'" + k + "'").orElse("nothing of it")));
    }
    OptionalInt frames =
        said.get("frames")
            .filter(text -> text.matches("[1-9][0-9]{0,3}"))
            .map(text -> OptionalInt.of(Integer.parseInt(text)))
            .orElseGet(OptionalInt::empty);
    return new TunedChoice(said.get(INFLATION), said.get(BESIDE).map(Beside::of), file, frames);
  }
}
