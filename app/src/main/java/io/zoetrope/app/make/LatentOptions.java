package io.zoetrope.app.make;

import io.zoetrope.app.cli.option.OutOption;
import io.zoetrope.app.cli.option.SourceFile;
import io.zoetrope.app.cli.terminal.Session;
import io.zoetrope.error.UserError;
import io.zoetrope.pipeline.order.NoiseFile;
import io.zoetrope.pipeline.order.SourceRef;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Noise in, latents out: to compare with other programs (docs/parity.md). */
final class LatentOptions {
  private static final String FRAMES_FIRST = ":fchw";

  @Option(
      names = "--noise",
      paramLabel = "FILE",
      description = {
        "Begin with the noise in this .safetensors file, one tensor [1, C, F, h, w] or"
            + " [C, F, h, w]; FILE:fchw for [F, C, h, w]."
      })
  private @Nullable String noise;

  @Option(
      names = "--save-latents",
      paramLabel = "FILE",
      description = "Also write the latents at the end, to a .safetensors file.")
  private @Nullable String save;

  /** Where the noise is, if it is brought along. */
  Optional<NoiseFile> noise(Session session) {
    if (noise == null) {
      return Optional.empty();
    }
    boolean framesFirst = noise.toLowerCase(Locale.ROOT).endsWith(FRAMES_FIRST);
    String name = framesFirst ? noise.substring(0, noise.length() - FRAMES_FIRST.length()) : noise;
    Path path = SourceFile.of(session, "--noise", name);
    if (!Files.isRegularFile(path)) {
      throw new UserError("--noise: there is no file '%s'".formatted(name));
    }
    return Optional.of(
        new NoiseFile(
            SourceRef.of(path), framesFirst ? NoiseFile.Layout.FCHW : NoiseFile.Layout.CFHW));
  }

  /** Where latents go, if they are wanted. */
  Optional<Path> save(Session session) {
    return OutOption.file(session, "--save-latents", save, ".safetensors");
  }
}
