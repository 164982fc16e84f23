package io.zoetrope.pipeline.order;

import io.zoetrope.pipeline.Engine;
import io.zoetrope.pipeline.cascade.CascadeRun;
import io.zoetrope.pipeline.family.ModelChoice;
import io.zoetrope.pipeline.model.PriorModel;
import io.zoetrope.pipeline.model.VideoModel;
import io.zoetrope.progress.Progress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Models that an order has on loan, by name: those that are needed no more go back before others
 * come, so that several need no more memory than the largest. What is there at the end goes back
 * when it is closed.
 */
final class Lending implements CascadeRun.Models, AutoCloseable {
  private final Sources sources;
  private final Progress progress;
  private final Function<Optional<String>, ModelChoice> choices;
  private final BiFunction<Optional<String>, VideoModel, Engine> engines;
  private final Map<ModelChoice, VideoModel> lent = new LinkedHashMap<>();
  private final List<Engine> working = new ArrayList<>();
  private Optional<PriorModel> prior = Optional.empty();

  /**
   * Lends nothing yet.
   *
   * @param choices what is loaded by a name; empty is the order's own
   * @param engines how a model works
   */
  Lending(
      Sources sources,
      Progress progress,
      Function<Optional<String>, ModelChoice> choices,
      BiFunction<Optional<String>, VideoModel, Engine> engines) {
    this.sources = sources;
    this.progress = progress;
    this.choices = choices;
    this.engines = engines;
  }

  /** A model, which is lent if it is not there. */
  VideoModel model(Optional<String> name) {
    return lent.computeIfAbsent(choices.apply(name), choice -> sources.lend(choice, progress));
  }

  @Override
  public Engine engine(Optional<String> name) {
    Engine engine = engines.apply(name, model(name));
    working.add(engine);
    return engine;
  }

  /** Until other models are asked for alone: it is small, and nobody shares it. */
  @Override
  public PriorModel prior(Optional<String> name) {
    closePrior();
    PriorModel loaded = PriorModel.load(choices.apply(name), progress);
    prior = Optional.of(loaded);
    return loaded;
  }

  private void closePrior() {
    prior.ifPresent(PriorModel::close);
    prior = Optional.empty();
  }

  @Override
  public void only(Set<Optional<String>> names) {
    working.clear();
    closePrior();
    Set<ModelChoice> needed = names.stream().map(choices).collect(Collectors.toSet());
    for (ModelChoice choice : List.copyOf(lent.keySet())) {
      if (!needed.contains(choice)) {
        giveBack(choice);
      }
    }
  }

  /** Engines that were asked for by the stage that works. */
  List<Engine> working() {
    return List.copyOf(working);
  }

  private void giveBack(ModelChoice choice) {
    Optional.ofNullable(lent.remove(choice)).ifPresent(sources::giveBack);
  }

  @Override
  public void close() {
    closePrior();
    List.copyOf(lent.keySet()).forEach(this::giveBack);
  }
}
