package io.zoetrope.network.vision;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.nn.Parameters;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;

/**
 * What makes tokens of an encoded picture, such as an image network reads beside those of a text
 * (Ye et al., "IP-Adapter", 2023, section 3.2). Files say by their weights which kind they hold.
 */
public sealed interface PictureProjection permits WholePicture, Resampler, AllTokens {
  /** What it is made of. */
  enum Source {
    /** The embedding of the whole picture; nothing is zeros. */
    EMBEDDING,
    /** What the encoder's last block but one makes of each token; nothing is a grey picture. */
    TOKENS
  }

  Source source();

  /** Features of what it is made of. */
  int reads();

  /** Features of a token that it makes: those of the text that it stands beside. */
  int width();

  /** The projection on its weights, x [P, E] or [P, M, E] -> [P, N, width]. */
  Function<Tensor, Tensor> build(Parameters p);

  /**
   * By the shapes of its weights, named without the prefix of the file.
   *
   * @throws UserError if it is of a kind that this version does not run, or none
   */
  static PictureProjection of(Map<String, long[]> shapes) {
    if (shapes.keySet().stream().anyMatch(name -> name.startsWith("perceiver_resampler."))
        || (shapes.containsKey("proj.2.weight") && !shapes.containsKey("proj.3.weight"))) {
      throw new UserError(
          Fault.UNSUPPORTED,
          "it is an IP-Adapter FaceID, which reads features of a face recogniser",
          "use a plain, plus or full-face one");
    }
    return Stream.<Function<Map<String, long[]>, Optional<? extends PictureProjection>>>of(
            WholePicture::of, Resampler::of, AllTokens::of)
        .map(kind -> kind.apply(shapes))
        .<PictureProjection>flatMap(Optional::stream)
        .findFirst()
        .orElseThrow(() -> new UserError(Fault.DAMAGED, "it holds no image_proj of an IP-Adapter"));
  }

  /**
   * Requires that an encoder's pictures can be read.
   *
   * @throws UserError if it is another's
   */
  default void requireReads(ClipVisionConfig encoder) {
    int given = source() == Source.EMBEDDING ? encoder.projection() : encoder.width();
    if (given != reads()) {
      throw new UserError(
          Fault.MISMATCH,
          "it reads pictures of %s features, and its image encoder makes %s"
              .formatted(reads(), given),
          "plain, plus and full-face adapters of Stable Diffusion 1.x go with ViT-H/14");
    }
  }

  /** The n-th axis of a weight; empty where it is not there, or has fewer. */
  static Optional<Integer> size(Map<String, long[]> shapes, String name, int axis) {
    return Optional.ofNullable(shapes.get(name))
        .filter(shape -> shape.length > axis)
        .map(shape -> Math.toIntExact(shape[axis]));
  }

  /** Whether all of several weights are there. */
  static boolean has(Map<String, long[]> shapes, String... names) {
    return shapes.keySet().containsAll(List.of(names));
  }
}
