package io.zoetrope.spark.batch;

import io.zoetrope.pipeline.order.Fingerprint;
import io.zoetrope.pipeline.order.SourceRef;
import io.zoetrope.pipeline.order.Sources;
import io.zoetrope.pipeline.order.VideoOrder;
import io.zoetrope.record.Records;
import io.zoetrope.torch.FileDigest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Keys of orders: two have the same one if their videos have the same bytes, on one kind of
 * machine. A key hashes the order with its seed, the contents of the models and files that it
 * names, and the version of the code.
 */
final class Keys {
  /** A seed that nobody said is short enough to be typed. */
  private static final long DRAWN_BELOW = 1_000_000;

  private final Sources sources;
  private final Map<Path, String> prints = new HashMap<>();

  Keys(Sources sources) {
    this.sources = sources;
  }

  /** Which code this is, as its archive says, or {@code development}. */
  static String version() {
    return Optional.ofNullable(VideoOrder.class.getPackage().getImplementationVersion())
        .orElse("development");
  }

  /** With a seed: one that is not said follows from all that is, so that it stays the same. */
  static VideoOrder seeded(VideoOrder order) {
    if (order.wish().seed().isPresent()) {
      return order;
    }
    long drawn = Long.parseLong(hash(order.toJson()).substring(0, 15), 16) % DRAWN_BELOW;
    return order.withWish(order.wish().withSeed(drawn));
  }

  /** Of an order with a seed. */
  String of(VideoOrder order) {
    StringBuilder all = new StringBuilder(version()).append('\n').append(order.toJson());
    Set<Path> models = new LinkedHashSet<>();
    models.add(sources.model(order.model().name()));
    order.task().begins().map(sources::model).ifPresent(models::add);
    order.task().later().stream().map(sources::model).forEach(models::add);
    Records.all(order.model(), Path.class).stream()
        .map(path -> sources.file(path.toString()))
        .forEach(models::add);
    models.forEach(path -> all.append('\n').append(model(path)));
    Records.all(order, SourceRef.class).stream()
        .map(ref -> sources.file(ref.path()))
        .forEach(path -> all.append('\n').append(source(path)));
    return hash(all.toString());
  }

  private String model(Path path) {
    return Files.exists(path) ? prints.computeIfAbsent(path, Fingerprint::ofModel) : "absent";
  }

  /** What is not there yet may come, and is another then. */
  private String source(Path path) {
    return Files.exists(path) ? prints.computeIfAbsent(path, Fingerprint::of) : "absent";
  }

  static String hash(String text) {
    MessageDigest digest = FileDigest.sha256();
    digest.update(text.getBytes(StandardCharsets.UTF_8));
    return FileDigest.text(digest);
  }
}
