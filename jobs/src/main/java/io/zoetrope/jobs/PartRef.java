package io.zoetrope.jobs;

import io.zoetrope.pipeline.order.ModelRef;
import io.zoetrope.pipeline.order.VideoOrder;
import io.zoetrope.record.Records;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * How orders of strangers name what is put into a model: {@code part:loras/grain}, which a machine
 * has in a folder of its models. It is a name of a list and no path.
 *
 * @param kind what it is
 * @param name letters, digits and {@code . _ -}, at most 100
 */
public record PartRef(Kind kind, String name) {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}");
  private static final Pattern REF = Pattern.compile("part:([a-z]+)/(.+)");

  /** What there is to put into a model. */
  public enum Kind {
    LORA("loras"),
    /** Of ControlNets and SparseCtrls. */
    CONTROL("controls"),
    /** Words that a text encoder learned apart. */
    EMBEDDING("embeddings"),
    /** Of IP-Adapters. */
    ADAPTER("adapters"),
    /** Of pictures, for IP-Adapters. */
    ENCODER("encoders"),
    /** Networks of depth. */
    DEPTH("depths");

    private final String folder;

    Kind(String folder) {
      this.folder = folder;
    }

    /** The folder that they lie in, below one of models. */
    public String folder() {
      return folder;
    }

    private static Optional<Kind> in(String folder) {
      return Stream.of(values()).filter(kind -> kind.folder.equals(folder)).findFirst();
    }
  }

  public PartRef {
    if (!named(name)) {
      throw new IllegalArgumentException("'%s' is no name of a part".formatted(name));
    }
  }

  /** Whether a part may have that name. */
  public static boolean named(String name) {
    return NAME.matcher(name).matches() && !name.contains("..");
  }

  /** As it stands in an order. */
  public String text() {
    return "part:%s/%s".formatted(kind.folder, name);
  }

  /** Reads one; empty for everything else, as a path is. */
  public static Optional<PartRef> tryParse(String text) {
    Matcher ref = REF.matcher(text);
    if (!ref.matches() || !named(ref.group(2))) {
      return Optional.empty();
    }
    return Kind.in(ref.group(1)).map(kind -> new PartRef(kind, ref.group(2)));
  }

  /** Those that an order names. */
  public static List<PartRef> all(VideoOrder order) {
    return Records.all(order, Path.class).stream()
        .flatMap(path -> tryParse(path.toString()).stream())
        .toList();
  }

  /** A place of an order where a part may stand. */
  private record Place(String key, Kind kind, Path path) {
    boolean taken() {
      return tryParse(path.toString()).isPresent();
    }

    void check() {
      String text = path.toString();
      Optional<PartRef> part = tryParse(text);
      boolean fits = part.filter(p -> p.kind == kind).isPresent();
      if (!fits && InputRef.tryParse(text).isEmpty()) {
        throw new JobsException(
            JobsException.Kind.INVALID,
            "%s is named as part:%s/NAME here, not '%s'".formatted(key, kind.folder, text));
      }
    }
  }

  /**
   * Requires that parts stand where they may, each of the kind that is meant there.
   *
   * @throws JobsException INVALID if they do not
   */
  static void requirePlaced(VideoOrder order) {
    List<Place> places = places(order.model());
    places.forEach(Place::check);
    if (places.stream().filter(Place::taken).count() < all(order).size()) {
      throw new JobsException(
          JobsException.Kind.INVALID,
          "parts are put into a model, as %s: nothing else is made of them"
              .formatted(
                  Stream.of(Kind.values()).map(Kind::folder).collect(Collectors.joining(", "))));
    }
  }

  private static List<Place> places(ModelRef model) {
    List<Place> places = new ArrayList<>();
    for (int i = 0; i < model.loras().size(); i++) {
      places.add(
          new Place("model.loras[%s].file".formatted(i), Kind.LORA, model.loras().get(i).file()));
    }
    for (int i = 0; i < model.controls().size(); i++) {
      ModelRef.Control control = model.controls().get(i);
      places.add(new Place("model.controls[%s].net".formatted(i), Kind.CONTROL, control.net()));
      String key = "model.controls[%s].drawn.network".formatted(i);
      control
          .drawn()
          .flatMap(drawn -> drawn.network())
          .ifPresent(network -> places.add(new Place(key, Kind.DEPTH, network)));
    }
    for (int i = 0; i < model.embeddings().size(); i++) {
      Path file = model.embeddings().get(i).file();
      places.add(new Place("model.embeddings[%s].file".formatted(i), Kind.EMBEDDING, file));
    }
    model
        .pictures()
        .ifPresent(pictures -> {
          pictures
              .adapter()
              .ifPresent(
                  file -> places.add(new Place("model.pictures.adapter", Kind.ADAPTER, file)));
          pictures
              .encoder()
              .ifPresent(
                  file -> places.add(new Place("model.pictures.encoder", Kind.ENCODER, file)));
        });
    return places;
  }
}
