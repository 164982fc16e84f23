package io.zoetrope.pipeline.model;

import io.zoetrope.checkpoint.LoadReport;
import io.zoetrope.checkpoint.WeightSource;
import io.zoetrope.nn.ParameterStore;
import io.zoetrope.nn.WeightCount;
import io.zoetrope.pipeline.family.Part;
import io.zoetrope.pipeline.family.Role;
import io.zoetrope.progress.Progress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Parts of a model on their weights, in the order in which they were asked for. */
final class LoadedParts implements AutoCloseable {
  private final List<LoadedPart<?>> parts = new ArrayList<>();

  /** A part whose files are open. */
  private record Opened<T>(Part<T> part, Optional<WeightSource> weights) {
    static <T> Opened<T> of(Part<T> part) {
      return new Opened<>(part, part.weights());
    }

    MemoryNeed.Weighed weighed() {
      return new MemoryNeed.Weighed(
          part, weights.map(WeightSource::count).orElse(WeightCount.NONE));
    }

    LoadedPart<T> load(Loading loading) {
      return LoadedPart.of(part, weights, loading);
    }
  }

  /**
   * Opens the files of all parts, then builds them.
   *
   * @throws io.zoetrope.error.UserError if files are missing or damaged, if what lies in them is
   *     not what the parts need, or if it will not fit into memory; nothing is loaded then
   * @throws java.util.concurrent.CancellationException when progress says so; nothing is loaded
   *     then either
   */
  static LoadedParts load(List<Part<?>> parts, Progress progress) {
    LoadedParts loaded = new LoadedParts();
    try {
      List<Opened<?>> opened = new ArrayList<>();
      parts.forEach(part -> opened.add(Opened.of(part)));
      MemoryNeed.requireRoom(
          MemoryNeed.available(),
          opened.stream().<MemoryNeed.Weighed>map(Opened::weighed).toList());
      List<WeightSource> weights =
          opened.stream()
              .<WeightSource>mapMulti((part, sink) -> part.weights.ifPresent(sink))
              .toList();
      Loading loading = new Loading(progress, weights);
      opened.forEach(part -> loaded.parts.add(part.load(loading)));
      loading.finished();
      return loaded;
    } catch (RuntimeException e) {
      loaded.close();
      throw e;
    }
  }

  /** The parts of a role, in order. */
  @SuppressWarnings("unchecked") // a part of a role is what the role says
  <T> List<LoadedPart<T>> all(Role<T> role) {
    return parts.stream()
        .filter(loaded -> loaded.part().role() == role)
        .map(loaded -> (LoadedPart<T>) loaded)
        .toList();
  }

  /** The first part of a role. */
  <T> Optional<LoadedPart<T>> part(Role<T> role) {
    return all(role).stream().findFirst();
  }

  /** What the parts of a role are, in order. */
  <T> List<T> made(Role<T> role) {
    return all(role).stream().map(LoadedPart::made).toList();
  }

  /** The weights of a role's first part. */
  Optional<ParameterStore> store(Role<?> role) {
    return part(role).map(LoadedPart::store);
  }

  /** The first weight that is not of finite numbers, its part and its file. */
  Optional<String> notFinite() {
    return parts.stream()
        .flatMap(loaded ->
            loaded.store().notFinite().stream()
                .map(name -> {
                  String where = loaded.report().map(r -> " (" + r.source() + ")").orElse("");
                  return "%s weight '%s'%s".formatted(loaded.part().name(), name, where);
                }))
        .findFirst();
  }

  List<LoadReport> reports() {
    return parts.stream().<LoadReport>mapMulti((p, sink) -> p.report().ifPresent(sink)).toList();
  }

  List<MemoryNeed.Weighed> weighed() {
    return parts.stream().<MemoryNeed.Weighed>map(LoadedPart::weighed).toList();
  }

  @Override
  public void close() {
    parts.forEach(LoadedPart::close);
  }
}
