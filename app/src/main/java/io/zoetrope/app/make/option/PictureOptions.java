package io.zoetrope.app.make.option;

import io.zoetrope.app.cli.option.SourceFile;
import io.zoetrope.app.cli.terminal.Session;
import io.zoetrope.app.cli.words.UsageError;
import io.zoetrope.pipeline.order.ModelRef.Picture;
import io.zoetrope.pipeline.order.ModelRef.Pictures;
import io.zoetrope.pipeline.order.SourceRef;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Pictures that a video is to be like, and the IP-Adapter by which a model sees them. */
public final class PictureOptions {
  private static final Pattern AT = Pattern.compile("(?<frame>[0-9]{1,7}):(?<file>.+)");
  private static final double LARGEST = 10;

  @Option(
      names = "--picture-prompt",
      paramLabel = "[FRAME:]FILE",
      description = {
        "A picture that the video is to be like, beside its prompt; needs --ip-adapter, but with"
            + " models that are told pictures as they are (unCLIP, Stable Video Diffusion). May be given"
            + " several times: all are seen together, or each from its frame on, one turning into"
            + " the next."
      })
  private List<String> pictures = List.of();

  @Option(
      names = "--ip-adapter",
      paramLabel = "MODEL",
      description = {
        "The IP-Adapter by which a model of Stable Diffusion 1.x sees pictures: a .safetensors file,"
            + " or ORG/NAME after 'zoetrope pull', or ORG/NAME/FILE of it."
      })
  private @Nullable String adapter;

  @Option(
      names = "--image-encoder",
      paramLabel = "MODEL",
      description = {
        "The encoder of pictures that the IP-Adapter goes with (default: the folder image_encoder"
            + " beside it or in the model)."
      })
  private @Nullable String encoder;

  @Option(
      names = "--picture-scale",
      paramLabel = "S",
      description = "How much pictures count beside the prompt, 0 to 10 (default: 1).")
  private @Nullable Double scale;

  /**
   * What was asked for; empty if nothing was.
   *
   * @throws UsageError if something of it is missing
   */
  Optional<Pictures> read(Session session) {
    if (pictures.isEmpty()) {
      requireNone("--ip-adapter", adapter);
      requireNone("--image-encoder", encoder);
      requireNone("--picture-scale", scale);
      return Optional.empty();
    }
    if (adapter == null && (encoder != null || scale != null)) {
      throw new UsageError(
          "%s needs the adapter by which the model sees pictures: give --ip-adapter FILE"
              .formatted(encoder != null ? "--image-encoder" : "--picture-scale"));
    }
    if (scale != null && !(scale >= 0 && scale <= LARGEST)) {
      throw new UsageError("--picture-scale must be 0 to 10, not %s".formatted(scale));
    }
    List<Picture> shown = pictures.stream().map(word -> picture(session, word)).toList();
    requireOrder(shown);
    return Optional.of(
        new Pictures(
            Optional.ofNullable(adapter).map(a -> PartFile.find(session, "--ip-adapter", a)),
            Optional.ofNullable(encoder).map(e -> PartFile.find(session, "--image-encoder", e)),
            shown,
            scale == null ? 1 : scale));
  }

  private static void requireNone(String option, @Nullable Object value) {
    if (value != null) {
      throw new UsageError(
          "%s does nothing without a picture: give --picture-prompt FILE".formatted(option));
    }
  }

  private static Picture picture(Session session, String word) {
    Matcher at = AT.matcher(word);
    Path whole = SourceFile.of(session, "--picture-prompt", word);
    if (!at.matches() || Files.exists(whole)) {
      return new Picture(SourceRef.of(whole), Optional.empty());
    }
    int frame = Integer.parseInt(at.group("frame"));
    if (frame > 1_000_000) {
      throw new UsageError(
          "--picture-prompt '%s': there is no frame %s in any video".formatted(word, frame));
    }
    Path file = SourceFile.of(session, "--picture-prompt", at.group("file"));
    return new Picture(SourceRef.of(file), Optional.of(frame));
  }

  private static void requireOrder(List<Picture> shown) {
    List<Integer> frames = shown.stream().flatMap(picture -> picture.frame().stream()).toList();
    if (!frames.isEmpty() && frames.size() < shown.size()) {
      throw new UsageError(
          "--picture-prompt: say of each picture at which frame it stands, as in 8:%s, or of none"
              .formatted("FILE"));
    }
    for (int i = 1; i < frames.size(); i++) {
      if (frames.get(i) <= frames.get(i - 1)) {
        throw new UsageError(
            "--picture-prompt: frames rise, and %s does not come after %s"
                .formatted(frames.get(i), frames.get(i - 1)));
      }
    }
  }
}
