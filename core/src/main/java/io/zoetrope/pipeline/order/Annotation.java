package io.zoetrope.pipeline.order;

import io.zoetrope.error.Fault;
import io.zoetrope.error.Mend;
import io.zoetrope.error.UserError;
import io.zoetrope.pixels.Annotator;
import io.zoetrope.pixels.Annotators;
import io.zoetrope.pixels.Depth;
import io.zoetrope.pixels.GraphRuntime;
import io.zoetrope.pixels.Pose;
import io.zoetrope.pixels.TensorGraph;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;

/**
 * How what a control is shown is drawn of a video.
 *
 * @param by the word of an {@link Annotators annotator}, {@code depth}, or the kind of its network,
 *     {@code pose}; empty for that which the control's name speaks of
 * @param network of depth or of poses, in a file of ONNX; for these alone
 */
public record Annotation(Optional<String> by, Optional<Path> network) {
  private static final String DEPTH = "depth";

  /** Folders of a path that may say what a control is: that of the hub's cache is the fourth. */
  private static final int TELLING = 4;

  public Annotation {
    by.ifPresent(word -> {
      if (!Annotators.known(word) && !byNetwork(word)) {
        throw Checks.wrong("unknown annotator '%s': it is one of %s".formatted(word, names()));
      }
      if (network.isPresent() && !byNetwork(word)) {
        throw Checks.wrong("%s draws without a network: leave it out".formatted(word));
      }
    });
  }

  /**
   * One with the network that it needs, if it needs one.
   *
   * @param by as in the record
   * @param net the control's folder, whose name says what is drawn where {@code by} does not
   * @param depth a network of depth
   * @param pose a network of poses
   */
  public static Annotation of(
      Optional<String> by, Path net, Optional<Path> depth, Optional<Path> pose) {
    String word = by.or(() -> meant(net)).orElse("");
    return new Annotation(by, word.equals(Pose.WORD) ? pose : depth.filter(path -> isDepth(word)));
  }

  private static String names() {
    return "%s, %s, %s, %s"
        .formatted(
            Annotators.names(),
            Pose.WORD,
            DEPTH,
            Arrays.stream(Depth.Kind.values())
                .map(Depth.Kind::word)
                .collect(Collectors.joining(", ")));
  }

  private static boolean isDepth(String word) {
    return word.equals(DEPTH)
        || Arrays.stream(Depth.Kind.values()).anyMatch(kind -> kind.word().equals(word));
  }

  private static boolean byNetwork(String word) {
    return word.equals(Pose.WORD) || isDepth(word);
  }

  /**
   * Requires that it can draw for a control.
   *
   * @param net its folder
   * @throws UserError if nobody says how, or what it needs is not here
   */
  void check(Path net, UnaryOperator<Path> file) {
    String word = by.orElseGet(() -> asked(net));
    if (byNetwork(word)) {
      Path graph = file.apply(graph(word));
      GraphRuntime.check(graph);
      if (isDepth(word)) {
        Depth.Kind unused = kind(word, graph);
      }
    }
  }

  /**
   * What it draws of a video.
   *
   * @param x_F3HW values 0..1
   */
  Tensor draw(Path net, UnaryOperator<Path> file, Tensor x_F3HW) {
    String word = by.orElseGet(() -> asked(net));
    if (!byNetwork(word)) {
      return Annotators.of(word).hints(x_F3HW);
    }
    Path path = file.apply(graph(word));
    try (TensorGraph graph = GraphRuntime.found().open(path)) {
      Annotator drawing = isDepth(word) ? new Depth(graph, kind(word, path)) : new Pose(graph);
      return drawing.hints(x_F3HW);
    }
  }

  /** What draws, in a word. */
  String word(Path net) {
    return by.orElseGet(() -> asked(net));
  }

  private Path graph(String word) {
    return network.orElseThrow(() ->
        new UserError(
            Fault.INVALID,
            "%s are drawn by a network in a file of ONNX, and none is given for '%s'"
                .formatted(isDepth(word) ? "depths" : "poses", word),
            Mend.of("name one by ")
                .and(isDepth(word) ? Mend.Knob.DEPTH_MODEL : Mend.Knob.POSE_MODEL)));
  }

  private static Depth.Kind kind(String word, Path graph) {
    return Depth.Kind.meant(word)
        .or(() -> Depth.Kind.meant(String.valueOf(graph.getFileName())))
        .orElseThrow(() ->
            new UserError(
                Fault.INVALID,
                "the name of '%s' does not say which kind of network it is".formatted(graph),
                "name the annotator midas, dpt or depth-anything"));
  }

  private static String asked(Path net) {
    return meant(net)
        .orElseThrow(() ->
            new UserError(
                Fault.INVALID,
                "the name of the control %s does not say what it is to be shown"
                    .formatted(net.getFileName()),
                "name the annotator, one of " + names()));
  }

  /** What the names of a control's folders speak of. */
  private static Optional<String> meant(Path net) {
    Path full = net.toAbsolutePath().normalize();
    for (int i = full.getNameCount() - 1; i >= Math.max(0, full.getNameCount() - TELLING); i--) {
      String name = full.getName(i).toString().toLowerCase(Locale.ROOT);
      Optional<String> meant =
          Annotators.meant(name)
              .or(() -> Stream.of(DEPTH, Pose.WORD).filter(name::contains).findFirst());
      if (meant.isPresent()) {
        return meant;
      }
    }
    return Optional.empty();
  }
}
