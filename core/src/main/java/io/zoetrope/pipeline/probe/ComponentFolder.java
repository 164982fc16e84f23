package io.zoetrope.pipeline.probe;

import io.zoetrope.checkpoint.Component;
import io.zoetrope.checkpoint.WeightSet;
import io.zoetrope.checkpoint.WeightSource;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.nn.ParameterStore;
import io.zoetrope.nn.Parameters;
import io.zoetrope.torch.Precision;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import tools.jackson.databind.JsonNode;

/**
 * The folder of a component, in a model directory or by itself.
 *
 * @param name of the component's folder in a model directory
 */
record ComponentFolder(Path path, String name) {
  /**
   * @throws UserError if there is none
   */
  static ComponentFolder find(Path model, String name) {
    if (!Files.isDirectory(model)) {
      throw Files.exists(model)
          ? new UserError(Fault.INVALID, model + " is no folder", "probe takes a model directory")
          : new UserError(Fault.NOT_FOUND, "there is no model directory " + model);
    }
    Path inside = model.resolve(name);
    if (Files.isDirectory(inside)) {
      return new ComponentFolder(inside, name);
    }
    boolean itself =
        Files.isRegularFile(model.resolve("config.json"))
            || Files.isRegularFile(model.resolve(SchedulerProbe.CONFIG));
    if (itself && !Files.exists(model.resolve("model_index.json"))) {
      return new ComponentFolder(model, name);
    }
    throw new UserError(Fault.NOT_FOUND, "%s has no folder %s".formatted(model, name));
  }

  Component diffusion() {
    return Component.diffusion(path);
  }

  Component encoder() {
    return Component.encoder(path);
  }

  /**
   * The config, of one of the classes that are known here.
   *
   * @param classes of {@code _class_name}
   * @throws UserError if it is of another
   */
  JsonNode config(String... classes) {
    String kind = diffusion().className();
    if (!List.of(classes).contains(kind)) {
      throw new UserError(
          Fault.UNSUPPORTED,
          "%s: its config is of a '%s'; probe runs %s here"
              .formatted(path, kind, String.join(" or ", classes)));
    }
    return diffusion().config(JsonNode.class);
  }

  /** What stands on weights, with them open. */
  static final class Built<T> implements AutoCloseable {
    private final WeightSet files;
    private final ParameterStore store;
    private final T network;

    private Built(WeightSet files, ParameterStore store, T network) {
      this.files = files;
      this.store = store;
      this.network = network;
    }

    T network() {
      return network;
    }

    @Override
    public void close() {
      store.close();
      files.close();
    }
  }

  /** Puts the component's weights into a network; each is needed and used. */
  <T> Built<T> build(
      Component component,
      UnaryOperator<String> names,
      Function<WeightSource, WeightSource> more,
      Precision precision,
      Function<Parameters, T> make) {
    WeightSet files = component.open(Optional.empty());
    try {
      WeightSource weights = more.apply(WeightSource.of(name, files, names));
      ParameterStore store = ParameterStore.forInference(weights.tensors(), precision);
      T network = make.apply(store.root());
      weights.report(store).requireWhole();
      return new Built<>(files, store, network);
    } catch (RuntimeException e) {
      files.close();
      throw e;
    }
  }

  <T> Built<T> build(
      Component component,
      UnaryOperator<String> names,
      Precision precision,
      Function<Parameters, T> make) {
    return build(component, names, own -> own, precision, make);
  }
}
