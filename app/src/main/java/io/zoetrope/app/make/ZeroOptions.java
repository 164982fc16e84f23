package io.zoetrope.app.make;

import io.zoetrope.app.cli.option.SourceFile;
import io.zoetrope.app.cli.terminal.Session;
import io.zoetrope.app.cli.words.UsageError;
import io.zoetrope.pipeline.order.SourceRef;
import io.zoetrope.pipeline.order.ZeroMethod;
import io.zoetrope.pipeline.task.MotionField;
import io.zoetrope.pipeline.task.TextToVideoZero.Moments;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** {@code --method text2video-zero} and what it can be told. */
final class ZeroOptions {
  private static final String NAME = MethodOption.ZERO;

  @Option(
      names = "--motion-field",
      paramLabel = "X,Y",
      description = {
        "Of text2video-zero: by how many of 512 pixels the view moves from frame to frame, right"
            + " and down (12,12 if not said)."
      })
  private @Nullable String field;

  @Option(
      names = "--moments",
      paramLabel = "T0,T1",
      description = {
        "Of text2video-zero: how many steps before the end the first frame is moved, and from where"
            + " the others are made (44,47 of 50)."
      })
  private @Nullable String moments;

  @Option(
      names = "--foreground",
      paramLabel = "FILE",
      description = {
        "Of text2video-zero: a picture or video, white where something moves by itself; what is"
            + " black there is kept like the first frame."
      })
  private @Nullable String foreground;

  /**
   * Empty for another way.
   *
   * @param method that was asked for
   */
  Optional<ZeroMethod> read(Session session, String method) {
    if (!method.equals(NAME)) {
      String told =
          field != null
              ? "--motion-field"
              : moments != null ? "--moments" : foreground != null ? "--foreground" : "";
      if (!told.isEmpty()) {
        throw new UsageError("%s goes with --method %s".formatted(told, NAME));
      }
      return Optional.empty();
    }
    MotionField motion = MotionField.USUAL;
    if (field != null) {
      double[] pair = pair("--motion-field", field, 10_000);
      motion = new MotionField(pair[0], pair[1]);
    }
    return Optional.of(new ZeroMethod(motion, moments(), mask(session)));
  }

  private Optional<Moments> moments() {
    if (moments == null) {
      return Optional.empty();
    }
    double[] pair = pair("--moments", moments, 1000);
    if (pair[0] != Math.rint(pair[0]) || pair[1] != Math.rint(pair[1]) || pair[0] < 0) {
      throw new UsageError("--moments '%s' are two whole numbers from 0 on".formatted(moments));
    }
    if (pair[1] <= pair[0]) {
      throw new UsageError("--moments '%s': T1 is above T0".formatted(moments));
    }
    return Optional.of(new Moments((int) pair[0], (int) pair[1]));
  }

  private Optional<SourceRef> mask(Session session) {
    if (foreground == null) {
      return Optional.empty();
    }
    return Optional.of(SourceRef.of(SourceFile.of(session, "--foreground", foreground)));
  }

  private static double[] pair(String option, String text, double most) {
    String[] words = text.split(",", -1);
    if (words.length == 2) {
      try {
        double a = Double.parseDouble(words[0].strip());
        double b = Double.parseDouble(words[1].strip());
        if (Math.abs(a) <= most && Math.abs(b) <= most) {
          return new double[] {a, b};
        }
      } catch (NumberFormatException e) {
        // told below
      }
    }
    throw new UsageError("%s '%s' is no pair of numbers, as in 12,12".formatted(option, text));
  }
}
