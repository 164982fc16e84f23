package io.zoetrope.app.cli;

import io.zoetrope.torch.Mend;
import io.zoetrope.torch.UserError;

/** How the command line words what errors of the library leave to their door. */
public final class Wording {
  private Wording() {}

  /** An error in one line. */
  public static String line(UserError e) {
    return e.line(Wording::of);
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
      case PRECISION -> "--dtype";
      case TOKENIZER -> "--tokenizer";
      case MOTION_ADAPTER -> "--motion-adapter";
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
    };
  }
}
