package io.zoetrope.pipeline.order;

import io.zoetrope.error.UserError;
import io.zoetrope.media.VideoMetadata;
import io.zoetrope.record.RecordReader;
import io.zoetrope.record.RecordWriter;
import io.zoetrope.record.Records;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What a finished file remembers: the order from which it can be made once more, with every source
 * by its place and hash, and which models and which version made it.
 *
 * @param version of Zoetrope
 * @param models each model, adapter, LoRA and control, and its fingerprint
 * @param order with its seed
 */
public record Remembered(String version, List<Print> models, VideoOrder order) {
  /** Under which key of {@link VideoMetadata} it lies. */
  public static final String KEY = "zoetrope";

  /**
   * Which model it was.
   *
   * @param path where it lay
   * @param sha256 see {@link Fingerprint#ofModel}
   */
  public record Print(Path path, String sha256) {}

  public Remembered {
    models = List.copyOf(models);
  }

  /**
   * Of an order, now: reads its sources, and a little of its models.
   *
   * @param models the folders and files of the models that make it
   */
  static Remembered of(VideoOrder order, List<Path> models, Sources sources) {
    List<Path> beside = new ArrayList<>();
    order.model().motion().ifPresent(beside::add);
    order.model().loras().forEach(lora -> beside.add(lora.file()));
    order.model().controls().forEach(control -> beside.add(control.net()));
    order.model().embeddings().forEach(word -> beside.add(word.file()));
    order.model().vae().ifPresent(beside::add);
    order.model().text().ifPresent(beside::add);
    order.model().pictures().flatMap(ModelRef.Pictures::adapter).ifPresent(beside::add);
    order.model().pictures().flatMap(ModelRef.Pictures::encoder).ifPresent(beside::add);
    List<Print> prints =
        Stream.concat(models.stream(), beside.stream().map(path -> sources.file(path.toString())))
            .map(found -> new Print(Path.of(sources.place(found)), Fingerprint.ofModel(found)))
            .toList();
    return new Remembered(Version.NAME, prints, lasting(order, sources));
  }

  /** The same order wherever it is read again. */
  private static VideoOrder lasting(VideoOrder order, Sources sources) {
    VideoOrder named =
        new VideoOrder(
            order.task().naming(sources::lasting),
            order.wish(),
            order.model().named(sources.lasting(order.model().name())),
            order.tuning());
    VideoOrder hashed =
        Records.map(
            named,
            SourceRef.class,
            ref -> {
              Path found = sources.file(ref.path());
              return new SourceRef(sources.place(found), Optional.of(Fingerprint.of(found)));
            });
    return Records.map(
        hashed, Path.class, path -> Path.of(sources.place(sources.file(path.toString()))));
  }

  /** What has changed since, a line each: then the video will be another. */
  public List<String> changes() {
    List<String> lines = new ArrayList<>();
    if (!version.equals(Version.NAME)) {
      lines.add("it was made by version %s, this is %s".formatted(version, Version.NAME));
    }
    for (Print print : models) {
      boolean there = Files.exists(print.path);
      if (there && !Fingerprint.ofModel(print.path).equals(print.sha256)) {
        lines.add("'%s' has changed since it was made".formatted(print.path));
      }
    }
    return lines;
  }

  /** One line of JSON. */
  public String toJson() {
    return RecordWriter.write(this);
  }

  /** For a file to carry. */
  public VideoMetadata metadata() {
    return VideoMetadata.of(KEY, toJson()).with(VideoMetadata.SOFTWARE, "Zoetrope " + version);
  }

  /**
   * What a video or picture remembers.
   *
   * @return empty if it remembers nothing
   * @throws UserError if it is no video or picture, or what it remembers is damaged
   */
  public static Optional<Remembered> read(Path file) {
    return read(file, List.of(), "setting");
  }

  /**
   * As {@link #read(Path)} with settings put over it.
   *
   * @param settings as in {@code order.wish.steps=50}
   * @param named what errors call a setting
   */
  public static Optional<Remembered> read(Path file, List<String> settings, String named) {
    return VideoMetadata.read(file)
        .get(KEY)
        .map(json -> RecordReader.read(file.toString(), json, settings, named, Remembered.class));
  }
}
