package io.zoetrope.app.make;

import io.zoetrope.app.cli.option.ModelFolders;
import io.zoetrope.app.cli.option.SourceFile;
import io.zoetrope.app.cli.terminal.Session;
import io.zoetrope.app.cli.words.UsageError;
import io.zoetrope.pipeline.order.ModelRef.Control;
import io.zoetrope.pipeline.order.SourceRef;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import picocli.CommandLine.Option;

/** ControlNets and SparseCtrls, and what they are shown. */
final class ControlOption {
  /** A drive letter's colon parts nothing. */
  private static final Pattern FORM =
      Pattern.compile(
          "(?<net>(?:[A-Za-z]:[\\\\/])?[^:]+):(?<shown>(?:[A-Za-z]:[\\\\/])?[^:]+)(?::(?<scale>[^:]*))?");

  private static final Pattern AT = Pattern.compile("(?<file>.+)@(?<frames>[0-9]+(?:,[0-9]+)*)");
  private static final double LARGEST = 100;

  @Option(
      names = "--control",
      paramLabel = "NET:SHOWN[:SCALE]",
      description = {
        "A ControlNet's folder and what it is shown: a picture for all frames, or a video or folder"
            + " of pictures with one for each; for SparseCtrl SHOWN@0,8 says at which frames its"
            + " pictures stand. May be given several times; they add up."
      })
  private List<String> typed = List.of();

  /** What was asked for, in that order. */
  List<Control> read(Session session) {
    return typed.stream().map(word -> control(session, word)).toList();
  }

  private static Control control(Session session, String word) {
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
    return new Control(
        folder(session, form.group("net")),
        SourceRef.of(SourceFile.of(session, "--control", shown)),
        scale == null ? 1 : scale(word, scale),
        frames);
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
