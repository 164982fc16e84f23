package io.zoetrope.app.make;

import io.zoetrope.app.cli.words.UsageError;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** {@code --method}: video by models of single pictures. */
final class MethodOption {
  static final String ZERO = "text2video-zero";
  static final String CONTROL_VIDEO = "controlvideo";

  @Option(
      names = "--method",
      paramLabel = "NAME",
      description = {
        "Video by a model of single pictures, of Stable Diffusion 1.x say, without motion modules."
            + " controlvideo: --cross-frame all --smooth 0.6, 50 steps of ddim, guidance 12.5, from"
            + " noise alone. text2video-zero, of 'generate': a view that moves."
      })
  private @Nullable String method;

  /**
   * Which one was asked for; empty text for none.
   *
   * @throws UsageError if it is none of those that the command knows
   */
  String name(String... known) {
    if (method == null) {
      return "";
    }
    if (!List.of(known).contains(method)) {
      throw new UsageError(
          "--method '%s' is none: use %s, or leave it out"
              .formatted(method, String.join(" or ", known)));
    }
    return method;
  }
}
