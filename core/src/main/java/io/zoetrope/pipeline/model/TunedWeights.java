package io.zoetrope.pipeline.model;

import io.zoetrope.checkpoint.Provenance;
import io.zoetrope.checkpoint.safetensors.Safetensors;
import io.zoetrope.checkpoint.safetensors.SafetensorsFile;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.network.VideoNetwork;
import io.zoetrope.nn.ParameterStore;
import io.zoetrope.pipeline.family.Role;
import io.zoetrope.torch.Finite;
import io.zoetrope.torch.PackedTensor;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;

/** Weights of a loaded model that a training left, in place of those that were loaded. */
final class TunedWeights {
  private static final String TEXT = "text_encoder.";

  private final List<Tensor> held = new ArrayList<>();

  /**
   * Puts them in place; without a file, nothing is touched.
   *
   * @param print by which the model is known again
   * @throws UserError if they were trained on another model, or do not fit
   */
  static TunedWeights put(Optional<Path> file, LoadedParts parts, String print) {
    TunedWeights tuned = new TunedWeights();
    file.ifPresent(path -> {
      try (SafetensorsFile open = Safetensors.open(path)) {
        requireBase(path, Provenance.of(open.metadata()), print);
        open.tensors().forEach((name, tensor) -> tuned.put(path, parts, name, tensor));
      } catch (RuntimeException e) {
        tuned.free();
        throw e;
      }
    });
    return tuned;
  }

  private static void requireBase(Path path, Provenance said, String print) {
    said.differences(String.valueOf(path.getFileName()), print, Optional.empty()).stream()
        .findFirst()
        .ifPresent(line -> {
          throw new UserError(Fault.MISMATCH, line, "use it with the model it was trained on");
        });
  }

  private void put(Path path, LoadedParts parts, String name, Tensor tensor) {
    String network =
        parts
                .part(Role.DENOISER)
                .map(LoadedPart::made)
                .map(VideoNetwork::config)
                .orElseThrow()
                .folder()
            + ".";
    Role<?> role = name.startsWith(TEXT) ? Role.TEXT : Role.DENOISER;
    String prefix = name.startsWith(TEXT) ? TEXT : network;
    Map<String, Tensor> there =
        parts.store(role).map(ParameterStore::parameters).map(Map::copyOf).orElse(Map.of());
    Optional<Tensor> handle =
        name.startsWith(prefix)
            ? Optional.ofNullable(there.get(name.substring(prefix.length())))
            : Optional.empty();
    if (handle.filter(h -> Arrays.equals(Tensors.shape(h), Tensors.shape(tensor))).isEmpty()) {
      throw new UserError(
          Fault.MISMATCH,
          "%s: this model has no weight '%s' of shape %s"
              .formatted(path, name, Arrays.toString(Tensors.shape(tensor))));
    }
    if (!Finite.all(tensor)) {
      throw new UserError(
          Fault.DAMAGED, "%s: weight '%s' is not of finite numbers".formatted(path, name));
    }
    Tensor place = handle.get();
    if (PackedTensor.of(place).isPresent()) {
      throw new UserError(
          Fault.UNSUPPORTED,
          "%s: weight '%s' of this model is quantised".formatted(path, name),
          "use the model whose weights are not");
    }
    Tensor own =
        Scopes.keep(
            Scopes.tensor(() -> tensor.clone().to(place.device(), place.scalar_type()).detach()));
    held.add(own);
    place.set_data(own);
  }

  void free() {
    held.forEach(Scopes::free);
    held.clear();
  }
}
