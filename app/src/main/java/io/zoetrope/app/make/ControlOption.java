package io.zoetrope.app.make;

import io.zoetrope.app.cli.option.ModelFolders;
import io.zoetrope.app.cli.option.SourceFile;
import io.zoetrope.app.cli.terminal.Session;
import io.zoetrope.app.cli.words.UsageError;
import io.zoetrope.pipeline.order.Annotation;
import io.zoetrope.pipeline.order.ModelRef.Control;
import io.zoetrope.pipeline.order.SourceRef;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** ControlNets and SparseCtrls, and what they are shown. */
final class ControlOption {
  /** A drive letter's colon parts nothing. */
  private static final Pattern FORM =
      Pattern.compile(
          "(?<net>(?:[A-Za-z]:[\\\\/])?[^:]+):(?<shown>(?:[A-Za-z]:[\\\\/])?[^:]+)(?::(?<scale>[^:]*))?");

  private static final Pattern AT = Pattern.compile("(?<file>.+)@(?<frames>[0-9]+(?:,[0-9]+)*)");
  private static final double LARGEST = 100;

  /** The source, and the annotator that a control's name speaks of. */
  private static final String AUTO = "auto";

  @Option(
      names = "--control",
      paramLabel = "NET:SHOWN[:SCALE]",
      description = {
        "A ControlNet's folder and what it is shown: a picture for all frames, or a video or folder"
            + " of pictures with one for each; for SparseCtrl SHOWN@0,8 says at which frames its"
            + " pictures stand. 'auto' draws what its name asks for of the source, 'auto=FILE' of"
            + " FILE, and 'canny=auto' by an annotator of your choice. May be given several times;"
            + " they add up."
      })
  private List<String> typed = List.of();

  @Option(
      names = "--depth-model",
      paramLabel = "FILE",
      description = {
        "A .onnx file that draws depths for --control: MiDaS, DPT or Depth Anything, by its name or"
            + " as in 'midas=auto'."
      })
  private @Nullable String depth;

  @Option(
      names = "--pose-model",
      paramLabel = "FILE",
      description = {
        "A .onnx file that finds people's joints for --control, which are drawn in the colours of"
            + " OpenPose: YOLO for poses, HRNet, ViTPose or OpenPose itself."
      })
  private @Nullable String pose;

  /** What was asked for, in that order, by a task without a video to begin with. */
  List<Control> read(Session session) {
    return read(session, Optional.empty());
  }

  /** The same for a task that begins with a video, which controls may be shown. */
  List<Control> read(Session session, SourceRef own) {
    return read(session, Optional.of(own));
  }

  private List<Control> read(Session session, Optional<SourceRef> own) {
    List<Control> all = typed.stream().map(word -> control(session, word, own)).toList();
    requireUse(session, "--depth-model", "depth", depth, all);
    requireUse(session, "--pose-model", "openpose", pose, all);
    return all;
  }

  /** Requires that something is drawn with a network that is named. */
  private static void requireUse(
      Session session, String option, String net, @Nullable String file, List<Control> all) {
    if (file == null) {
      return;
    }
    Path named = SourceFile.of(session, option, file);
    if (all.stream()
        .flatMap(control -> control.drawn().stream())
        .noneMatch(drawn -> drawn.network().equals(Optional.of(named)))) {
      throw new UsageError(
          "%s draws for --control: say for which, as in %s:auto".formatted(option, net));
    }
  }

  private Control control(Session session, String word, Optional<SourceRef> own) {
    Matcher form = FORM.matcher(word);
    if (!form.matches()) {
      throw new UsageError(
          "--control '%s': say a folder, what it is shown and perhaps a scale, as in canny:edges.mp4:0.8"
              .formatted(word));
    }
    String shown = form.group("shown");
    List<Integer> frames = new ArrayList<>();
    Matcher at = AT.matcher(shown);
    if (at.matches() && !Files.exists(SourceFile.of(session, "--control", shown))) {
      shown = at.group("file");
      for (String frame : at.group("frames").split(",", -1)) {
        frames.add(frame(word, frame, frames));
      }
    }
    String scale = form.group("scale");
    Path net = folder(session, form.group("net"));
    Optional<Annotation> drawn = annotation(session, net, shown);
    if (drawn.isPresent()) {
      shown = shown.substring(shown.indexOf('=') + 1);
    }
    SourceRef source =
        drawn.isPresent() && shown.equals(AUTO)
            ? own.orElseThrow(() -> nothingToDraw(word))
            : SourceRef.of(SourceFile.of(session, "--control", shown));
    return new Control(net, source, scale == null ? 1 : scale(word, scale), frames, drawn);
  }

  private static UsageError nothingToDraw(String word) {
    return new UsageError(
        "--control '%s': there is no video to draw it of: name one, as in auto=clip.mp4"
            .formatted(word));
  }

  /** How something is drawn, if it is; a file of such a name is shown as it is. */
  private Optional<Annotation> annotation(Session session, Path net, String shown) {
    int equals = shown.indexOf('=');
    String by = equals < 0 ? shown : shown.substring(0, equals);
    if (Files.exists(SourceFile.of(session, "--control", shown))
        || by.indexOf('/') >= 0
        || (equals < 0 && !by.equals(AUTO))) {
      return Optional.empty();
    }
    Optional<String> word = by.equals(AUTO) ? Optional.empty() : Optional.of(by);
    return Optional.of(
        Annotation.of(
            word,
            net,
            Optional.ofNullable(depth).map(d -> SourceFile.of(session, "--depth-model", d)),
            Optional.ofNullable(pose).map(p -> SourceFile.of(session, "--pose-model", p))));
  }

  private static int frame(String word, String text, List<Integer> before) {
    if (text.length() <= 6) {
      int frame = Integer.parseInt(text);
      if (before.isEmpty() || frame > before.getLast()) {
        return frame;
      }
    }
    throw new UsageError("--control '%s': frames after @ rise, from 0".formatted(word));
  }

  private static double scale(String word, String text) {
    try {
      double scale = Double.parseDouble(text);
      if (Math.abs(scale) <= LARGEST) {
        return scale;
      }
    } catch (NumberFormatException e) {
      // told below
    }
    throw new UsageError(
        "--control '%s': '%s' is no scale: give a number from -100 to 100".formatted(word, text));
  }

  private static Path folder(Session session, String name) {
    Path direct = SourceFile.of(session, "--control", name);
    return Stream.of(direct)
        .filter(Files::isDirectory)
        .findFirst()
        .or(() -> new ModelFolders(session).cached(name))
        .orElse(direct);
  }
}
