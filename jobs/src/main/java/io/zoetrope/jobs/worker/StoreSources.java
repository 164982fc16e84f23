package io.zoetrope.jobs.worker;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.jobs.InputRef;
import io.zoetrope.jobs.JobId;
import io.zoetrope.jobs.Manifest;
import io.zoetrope.jobs.PartRef;
import io.zoetrope.jobs.Store;
import io.zoetrope.models.InstalledModels;
import io.zoetrope.pipeline.family.ModelChoice;
import io.zoetrope.pipeline.model.VideoModel;
import io.zoetrope.pipeline.order.SourceRef;
import io.zoetrope.pipeline.order.Sources;
import io.zoetrope.pipeline.order.VideoOrder;
import io.zoetrope.progress.Progress;
import io.zoetrope.record.Records;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What a stranger's order names, in the {@link Store} and among the models that are listed. Nothing
 * else of this machine is to be had by it, nor told to whoever made it.
 */
final class StoreSources implements Sources {
  private final Store store;
  private final InstalledModels installed;
  private final ModelCache models;
  private final Map<Path, String> names = new LinkedHashMap<>();

  StoreSources(Store store, InstalledModels installed, ModelCache models) {
    this.store = store;
    this.installed = installed;
    this.models = models;
  }

  /**
   * Requires that an order names nothing but inputs, results and parts, all of which are there.
   *
   * @throws UserError if it does
   */
  void require(VideoOrder order) {
    Records.all(order, SourceRef.class).forEach(ref -> file(ref.path()));
    Records.all(order, Path.class).forEach(path -> file(path.toString()));
  }

  @Override
  public Path model(String name) {
    return named(Shelves.require(installed, name), name);
  }

  @Override
  public Path file(String text) {
    Optional<PartRef> part = PartRef.tryParse(text);
    if (part.isPresent()) {
      return named(Parts.require(installed, part.get()), text);
    }
    InputRef ref = InputRef.tryParse(text).orElseThrow(StoreSources::refused);
    Path path =
        switch (ref) {
          case InputRef.Upload upload -> store.input(upload.sha256());
          case InputRef.Result result -> result(result.job());
        };
    if (!Files.isRegularFile(path)) {
      throw new UserError(
          Fault.NOT_FOUND, "'%s' is not there any more".formatted(text), "give it anew");
    }
    return named(path, text);
  }

  private Path named(Path path, String name) {
    names.put(path.toAbsolutePath().normalize(), name);
    return path;
  }

  private static UserError refused() {
    return new UserError(
        Fault.INVALID,
        "an order names files by 'input:SHA256' or 'job:ID' here",
        "upload it first");
  }

  /** The video of a job: that of its last attempt which made one. */
  private Path result(JobId job) {
    Path folder = store.job(job);
    try (Stream<Path> attempts = Files.list(folder)) {
      return attempts
          .sorted(Comparator.comparingInt(StoreSources::number).reversed())
          .flatMap(attempt -> Manifest.whole(attempt).map(m -> attempt.resolve(m.file())).stream())
          .findFirst()
          .orElse(folder);
    } catch (IOException e) {
      return folder;
    }
  }

  private static int number(Path attempt) {
    String digits = String.valueOf(attempt.getFileName()).replaceAll("\\D", "");
    return digits.isEmpty() || digits.length() > 9 ? 0 : Integer.parseInt(digits);
  }

  @Override
  public String lasting(String name) {
    return name;
  }

  @Override
  public VideoModel lend(ModelChoice choice, Progress progress) {
    return models.lend(choice, progress);
  }

  @Override
  public void giveBack(VideoModel model) {
    models.giveBack(model);
  }

  /** A text without the places of this machine: what a stranger named stands under that name. */
  String plain(String text) {
    String plain = text;
    for (Map.Entry<Path, String> name : names.entrySet()) {
      plain = plain.replace(name.getKey().toString(), name.getValue());
    }
    // What is left of absolute paths: their last part alone.
    plain = plain.replaceAll("'/[^']*/([^/']*)'", "'$1'");
    return plain.replaceAll("(?<![\\w.:/])/(?:[^/\\s']+/)+([^/\\s']*)", "$1");
  }

  /** By the name that it was found by: files tell nobody where they lay. */
  @Override
  public String place(Path found) {
    Path place = found.toAbsolutePath().normalize();
    return Optional.ofNullable(names.get(place))
        .orElseGet(() -> String.valueOf(place.getFileName()));
  }
}
