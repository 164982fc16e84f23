package io.zoetrope.pipeline.family;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.record.RecordReader;
import io.zoetrope.torch.AtomicFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/**
 * A model put together from files: YAML that names them, each a path from where the YAML lies.
 *
 * @param transformer a file of weights
 * @param second the transformer for what little noise is left, of models of two
 * @param textEncoder a file of weights
 * @param vae a file of weights, or a folder
 * @param tokenizer a folder
 * @param imageEncoder a file of weights
 */
record PartsFile(
    String transformer,
    Optional<String> second,
    Optional<String> textEncoder,
    Optional<String> vae,
    Optional<String> tokenizer,
    Optional<String> imageEncoder) {
  /** A list of parts is short. */
  private static final long LONGEST = 1 << 16;

  /**
   * What it names, where it lies.
   *
   * @param late as {@code second}
   * @param eye as {@code imageEncoder}
   */
  record Parts(
      Path transformer,
      Optional<Path> late,
      Optional<Path> text,
      Optional<Path> vae,
      Optional<Path> tokenizer,
      Optional<Path> eye) {
    /** A choice of the model with what is named here; what it names itself counts. */
    ModelChoice into(ModelChoice choice) {
      return choice
          .withText(choice.text().or(() -> text))
          .withVae(choice.vae().or(() -> vae))
          .withTokenizer(choice.tokenizer().or(() -> tokenizer));
    }
  }

  /** Whether a file is one, by its name. */
  static boolean is(Path file) {
    String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
    return Files.isRegularFile(file) && (name.endsWith(".yaml") || name.endsWith(".yml"));
  }

  /**
   * Reads one.
   *
   * @throws UserError if it is none, or names what is not there
   */
  static Parts read(Path file) {
    PartsFile names = RecordReader.read(file.toString(), text(file), PartsFile.class);
    return new Parts(
        there(file, "transformer", names.transformer),
        names.second.map(name -> there(file, "second", name)),
        names.textEncoder.map(name -> there(file, "textEncoder", name)),
        names.vae.map(name -> there(file, "vae", name)),
        names.tokenizer.map(name -> there(file, "tokenizer", name)),
        names.imageEncoder.map(name -> there(file, "imageEncoder", name)));
  }

  private static String text(Path file) {
    try {
      if (Files.size(file) > LONGEST) {
        throw new UserError(Fault.INVALID, "%s is too large to name parts".formatted(file));
      }
      return Files.readString(file);
    } catch (IOException e) {
      throw AtomicFiles.cannot("read", file, e);
    }
  }

  private static Path there(Path file, String part, String name) {
    Path found = file.toAbsolutePath().resolveSibling(name).normalize();
    if (!Files.exists(found)) {
      throw new UserError(Fault.NOT_FOUND, "%s: there is no %s %s".formatted(file, part, found));
    }
    return found;
  }
}
