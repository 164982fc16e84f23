package io.zoetrope.jobs.worker;

import io.zoetrope.error.Fault;
import io.zoetrope.error.Mend;
import io.zoetrope.error.NativeErrors;
import io.zoetrope.error.UserError;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What went wrong, as it is told to whoever ordered it. */
final class Failures {
  private static final Map<Fault, String> CODES = new EnumMap<>(Fault.class);

  /** Where an order says what an error speaks of. */
  private static final Map<Mend.Knob, String> KEYS = new EnumMap<>(Mend.Knob.class);

  private static final Pattern SIZE = Pattern.compile("(\\d{1,5}x\\d{1,5})");
  private static final Pattern FRAMES = Pattern.compile("at most (\\d{1,6}) frames");

  /** "line 3: wish.stepz is ..." */
  private static final Pattern KEY =
      Pattern.compile("\\b((?:task|wish|model|tuning)(?:\\.[a-zA-Z]+(?:\\[\\d+])?)+)\\b");

  static {
    CODES.put(Fault.INVALID, "invalid_order");
    CODES.put(Fault.ORDER, "invalid_order");
    CODES.put(Fault.NOT_FOUND, "not_found");
    CODES.put(Fault.DAMAGED, "invalid_media");
    CODES.put(Fault.UNSUPPORTED, "unsupported");
    CODES.put(Fault.MISMATCH, "mismatch");
    CODES.put(Fault.NOT_FINITE, "not_finite");
    CODES.put(Fault.TOO_LARGE, "does_not_fit");
    CODES.put(Fault.OCCUPIED, "internal");
    CODES.put(Fault.NO_ACCESS, "internal");
    CODES.put(Fault.UNREACHABLE, "unreachable");
    KEYS.put(Mend.Knob.SAMPLER, "wish.sampler");
    KEYS.put(Mend.Knob.STEPS, "wish.steps");
    KEYS.put(Mend.Knob.GUIDANCE, "wish.guidance");
    KEYS.put(Mend.Knob.GUIDANCE_APART, "tuning.guidanceApart");
    KEYS.put(Mend.Knob.PRECISION, "model.dtype");
    KEYS.put(Mend.Knob.WINDOW, "tuning.window");
    KEYS.put(Mend.Knob.FREE_NOISE, "tuning.freeNoise");
  }

  private Failures() {}

  /**
   * What is told of an error.
   *
   * @param plain takes the places of this machine out of a text
   */
  static Tell.End.Failed of(Throwable thrown, UnaryOperator<String> plain) {
    Throwable e = thrown instanceof RuntimeException run ? NativeErrors.plain(run) : thrown;
    if (e instanceof UserError error) {
      return of(error, plain);
    }
    if (e instanceof OutOfMemoryError) {
      return new Tell.End.Failed(
          "does_not_fit",
          "memory ran out: ask for fewer or smaller frames",
          Optional.of("wish.size"),
          List.of());
    }
    String id = UUID.randomUUID().toString().substring(0, 8);
    System.err.println("internal error " + id);
    e.printStackTrace();
    return new Tell.End.Failed(
        "internal",
        "something went wrong inside; the log has it as " + id,
        Optional.empty(),
        List.of());
  }

  private static Tell.End.Failed of(UserError e, UnaryOperator<String> plain) {
    List<Tell.Fix> mends = mends(e);
    Matcher key = KEY.matcher(e.reason());
    Optional<String> param =
        key.find() ? Optional.of(key.group(1)) : mends.stream().map(Tell.Fix::key).findFirst();
    boolean model = e.fault() == Fault.NOT_FOUND && e.reason().startsWith("there is no model");
    return new Tell.End.Failed(
        model ? "model_not_found" : CODES.getOrDefault(e.fault(), "internal"),
        plain.apply(String.valueOf(e.getMessage())),
        model ? Optional.of("model.name") : param,
        mends);
  }

  /** Turns of knobs that an order has, with their values; sizes and frames that words name. */
  private static List<Tell.Fix> mends(UserError e) {
    List<Tell.Fix> mends = new ArrayList<>();
    for (Mend.Part part : e.mend().parts()) {
      switch (part) {
        case Mend.Turn(Mend.Knob knob, String value) when KEYS.containsKey(knob) -> {
          String key = String.valueOf(KEYS.get(knob));
          String set = knob == Mend.Knob.FREE_NOISE ? "true" : value;
          if (!set.isEmpty()) {
            mends.add(fix(key, set));
          }
        }
        case Mend.Turn other -> {}
        case Mend.Act act -> {}
        case Mend.Words(String words) -> {
          Matcher frames = FRAMES.matcher(words);
          Matcher size = SIZE.matcher(words);
          if (frames.find()) {
            mends.add(fix("wish.frames", frames.group(1)));
          } else if (size.find()) {
            mends.add(fix("wish.size", size.group(1)));
          }
        }
      }
    }
    return mends;
  }

  private static Tell.Fix fix(String key, String value) {
    return new Tell.Fix(key.substring(key.lastIndexOf('.') + 1) + " " + value, key, value);
  }
}
