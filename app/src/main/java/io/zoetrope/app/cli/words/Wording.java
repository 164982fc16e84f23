package io.zoetrope.app.cli.words;

import io.zoetrope.error.Fault;
import io.zoetrope.error.Mend;
import io.zoetrope.error.UserError;
import java.util.List;
import java.util.Locale;

/** How the command line words what errors of the library leave to their door. */
public final class Wording {
  private Wording() {}

  /** An error in one line. */
  public static String line(UserError e) {
    return e.line(Wording::of);
  }

  /**
   * An error in one line, in which an order's wish that is an option here is called by that.
   *
   * @param options of the command
   */
  public static String line(UserError e, List<String> options) {
    String line = line(e);
    int end = line.indexOf(' ');
    String option = "--" + kebab(line.substring(0, Math.max(0, end)));
    return e.fault() == Fault.ORDER && options.contains(option)
        ? option + line.substring(end)
        : line;
  }

  private static String kebab(String name) {
    return name.replaceAll("([a-z0-9])([A-Z])", "$1-$2").toLowerCase(Locale.ROOT);
  }

  private static String of(Mend.Slot slot) {
    return switch (slot) {
      case Mend.Turn turn ->
          turn.value().isEmpty() ? option(turn.knob()) : option(turn.knob()) + " " + turn.value();
      case Mend.Act act -> deed(act);
    };
  }

  /** The option of a setting. */
  static String option(Mend.Knob knob) {
    return switch (knob) {
      case SAMPLER -> "--sampler";
      case STEPS -> "--steps";
      case GUIDANCE -> "--guidance";
      case GUIDANCE_APART -> "--guidance-apart";
      case PRECISION -> "--dtype";
      case TOKENIZER -> "--tokenizer";
      case TEXT_ENCODER -> "--text-encoder";
      case VAE -> "--vae";
      case IMAGE_ENCODER -> "--image-encoder";
      case IP_ADAPTER -> "--ip-adapter";
      case PICTURE -> "--picture-prompt";
      case MOTION_ADAPTER -> "--motion-adapter";
      case DEPTH_MODEL -> "--depth-model";
      case POSE_MODEL -> "--pose-model";
      case WINDOW -> "--window";
      case FREE_NOISE -> "--free-noise";
      case INCLUDED -> "--include";
      case EXCLUDED -> "--exclude";
      case RESUMING -> "--resume";
    };
  }

  private static String deed(Mend.Act act) {
    return switch (act.deed()) {
      case FETCH -> "run 'zoetrope pull %s'".formatted(act.object());
      case LIST_MODELS -> "'zoetrope models' lists those that are there";
      case INSPECT -> "'zoetrope inspect' shows what it has";
      case ONE_FRAME ->
          "make one frame with 'generate', 'restyle --frames 1' or 'animate --noise 0.6'";
      case MORE_HEAP -> "give Java more: ZOETROPE_JAVA_OPTS=-Xmx4g";
      case ADD_ONNX ->
          "run ZOETROPE_ONNX=on ./zoetrope once, which adds io.zoetrope:zoetrope-onnx (75 MB)";
      case ANIMATE -> "'zoetrope animate' makes it a video";
    };
  }
}
