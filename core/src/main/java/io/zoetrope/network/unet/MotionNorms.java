package io.zoetrope.network.unet;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import java.util.List;
import java.util.Locale;

/**
 * Over which pixels norms reach in a network with motion modules: programs that run the same
 * modules differ in it. In text the first scope, and the second if it is not {@code frame}: {@code
 * clip}, {@code frame}, {@code frame,clip}, {@code clip,clip}.
 *
 * @param modules the motion modules' own norms
 * @param resnets those of the image network's residual blocks, and its last
 */
public record MotionNorms(NormScope modules, NormScope resnets) {
  /** As diffusers has it, and this program where nothing is said. */
  public static final MotionNorms USUAL = new MotionNorms(NormScope.CLIP, NormScope.FRAME);

  /** What can be said. */
  public static final List<String> TEXTS = List.of("clip", "frame", "frame,clip", "clip,clip");

  /**
   * Of a text.
   *
   * @throws UserError if it says something else
   */
  public static MotionNorms of(String text) {
    if (!TEXTS.contains(text)) {
      throw new UserError(
          Fault.INVALID,
          "norms of motion modules are over %s, not '%s'"
              .formatted(String.join(", ", TEXTS), text));
    }
    String[] scopes = text.split(",");
    return new MotionNorms(
        scope(scopes[0]), scopes.length == 1 ? NormScope.FRAME : scope(scopes[1]));
  }

  private static NormScope scope(String name) {
    return NormScope.valueOf(name.toUpperCase(Locale.ROOT));
  }

  /** As {@link #of} reads it. */
  public String text() {
    String first = modules.name().toLowerCase(Locale.ROOT);
    return resnets == NormScope.FRAME ? first : first + ",clip";
  }
}
