package io.zoetrope.pipeline.model;

import io.zoetrope.checkpoint.LoadReport;
import io.zoetrope.checkpoint.WeightSource;
import io.zoetrope.error.UserError;
import io.zoetrope.nn.ParameterStore;
import io.zoetrope.pipeline.family.Part;
import java.util.Map;
import java.util.Optional;

/**
 * A part of a model on its weights.
 *
 * @param store its weights; borrowed by {@code made}
 * @param report what became of each key of its files; empty if it has no weights
 * @param <T> what it is
 */
record LoadedPart<T>(Part<T> part, ParameterStore store, T made, Optional<LoadReport> report)
    implements AutoCloseable {
  /**
   * Builds a part.
   *
   * @param weights its own, open
   * @param loading told of them
   * @throws UserError if they do not fit it to a tensor
   */
  static <T> LoadedPart<T> of(Part<T> part, Optional<WeightSource> weights, Loading loading) {
    ParameterStore store =
        ParameterStore.of(weights.map(loading::told).orElse(Map.of()), part.holding());
    try {
      T made = make(part, store, weights.map(WeightSource::source));
      return new LoadedPart<>(
          part, store, made, weights.map(source -> source.report(store).requireWhole(part.anew())));
    } catch (RuntimeException e) {
      store.close();
      throw e;
    }
  }

  /** Builds; what is said about the weights begins with the file's name. */
  private static <T> T make(Part<T> part, ParameterStore store, Optional<String> source) {
    try {
      return part.make().apply(store.root());
    } catch (UserError e) {
      throw source.map(e::at).orElse(e);
    }
  }

  /** What it takes of memory. */
  MemoryNeed.Weighed weighed() {
    return new MemoryNeed.Weighed(part, store.weights());
  }

  @Override
  public void close() {
    store.close();
  }
}
