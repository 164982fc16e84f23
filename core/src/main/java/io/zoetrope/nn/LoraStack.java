package io.zoetrope.nn;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.torch.Finite;
import io.zoetrope.torch.Ops;
import io.zoetrope.torch.PackedTensor;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.TreeSet;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * The LoRAs of a network, each under a name and with a scale of its own. They add up; what is taken
 * away leaves no trace: without any, every weight is what it was to the last bit, whatever was put
 * and removed in between and in which order.
 *
 * <p>There are two ways. <i>Merging</i> gives the layers new weights, {@code W + sum_i scale_i B_i
 * A_i} summed in f32 and rounded once: steps cost nothing more, updated weights take memory of
 * their own. The old weights stay where they are (in the mapped file, if they came from one), and
 * are put back by reference. <i>Beside</i> leaves the weights alone and adds {@code scale B (A x)}
 * to what layers compute, through their {@link LoraSlot}: it costs time at each step and hardly any
 * memory. Of packed weights ({@link PackedTensor}) it is beside always.
 *
 * <p>The network must not run in another thread meanwhile.
 */
public final class LoraStack implements AutoCloseable {
  static final String WEIGHT = ".weight";

  private record Scaled(Lora lora, double scale) {}

  private final ParameterStore store;
  private final Map<String, Tensor> layers;
  private final boolean merging;
  private final SequencedMap<String, Scaled> loras = new LinkedHashMap<>();
  private final Map<String, Tensor> originals = new LinkedHashMap<>();
  private final Map<String, Map<String, LoraSlot.Delta>> placed = new LinkedHashMap<>();

  private LoraStack(ParameterStore store, boolean merging) {
    this.store = store;
    this.layers = Lora.layers(store);
    this.merging = merging;
  }

  /** Puts updates into the weights of a network. */
  public static LoraStack merging(ParameterStore store) {
    return new LoraStack(store, true);
  }

  /** Computes updates beside the layers of a network. */
  public static LoraStack beside(ParameterStore store) {
    return new LoraStack(store, false);
  }

  /** Whether updates go into the weights. */
  public boolean merges() {
    return merging;
  }

  /** Names of all parameters, and what they are. */
  public Map<String, Tensor> parameters() {
    return store.parameters();
  }

  /** Names of the layers that can be updated. */
  public Set<String> layers() {
    return Collections.unmodifiableSet(layers.keySet());
  }

  /**
   * Adds a LoRA, or gives the one of that name another scale or content.
   *
   * @param scale 1 is as it was trained, 0 is nothing; any number
   * @throws UserError if an update does not fit its layer, or is not of finite numbers, or the
   *     weights are not with it; nothing has changed then
   */
  public void put(String name, Lora lora, double scale) {
    if (!Double.isFinite(scale)) {
      throw new UserError(Fault.INVALID, "a LoRA cannot have the scale " + scale);
    }
    lora.updates()
        .forEach((layer, update) -> {
          if (!Float.isFinite((float) (scale * update.scale()))) {
            throw new UserError(
                Fault.INVALID, "the scale %s is too large for layer '%s'".formatted(scale, layer));
          }
          Tensor weight = layers.get(layer);
          if (weight == null) {
            throw new UserError(Fault.MISMATCH, "the network has no layer '%s'".formatted(layer));
          }
          if (beside(layer) && slot(layer).isEmpty()) {
            throw new UserError(
                Fault.UNSUPPORTED,
                "layer '%s' cannot compute updates".formatted(layer),
                merging ? "use weights that are not quantised" : "merge them");
          }
          update.requireFit(layer, weight);
          update.requireFinite(layer);
        });
    lora.shifts().forEach((parameter, shift) -> requireShift(parameter, shift, scale));
    Optional<Scaled> before = Optional.ofNullable(loras.put(name, new Scaled(lora, scale)));
    Set<String> touched = new TreeSet<>(lora.parameters());
    before.ifPresent(old -> touched.addAll(old.lora.parameters()));
    try {
      refresh(name, touched);
    } catch (UserError e) {
      before.ifPresentOrElse(old -> loras.put(name, old), () -> loras.remove(name));
      refresh(name, touched);
      throw e;
    }
  }

  private void requireShift(String parameter, Lora.Shift shift, double scale) {
    if (!Float.isFinite((float) (scale * shift.scale()))) {
      throw new UserError(
          Fault.INVALID, "the scale %s is too large for '%s'".formatted(scale, parameter));
    }
    Tensor held = store.parameters().get(parameter);
    if (held == null) {
      throw new UserError(Fault.MISMATCH, "the network has no '%s'".formatted(parameter));
    }
    if (PackedTensor.of(held).isPresent()) {
      throw new UserError(
          Fault.UNSUPPORTED,
          "'%s' is quantised, and an update of it is given whole".formatted(parameter),
          "use weights that are not quantised");
    }
    shift.require(parameter, held);
  }

  /** Takes a LoRA away; nothing happens if there is none of that name. */
  public void remove(String name) {
    Scaled old = loras.remove(name);
    if (old != null) {
      refresh(name, old.lora.parameters());
    }
  }

  /** Takes all away. */
  @Override
  public void close() {
    Set.copyOf(loras.keySet()).forEach(this::remove);
  }

  private void refresh(String name, Set<String> touched) {
    touched.forEach(this::merge);
    place(name);
  }

  /** A sum would be lost in the rounding of a packed weight, and would not stay in its file. */
  private boolean beside(String layer) {
    return !merging || PackedTensor.of(Objects.requireNonNull(layers.get(layer))).isPresent();
  }

  /** What one LoRA adds to a parameter. */
  private record Term(Scaled by, Optional<Lora.Update> update, Optional<Lora.Shift> shift) {
    boolean acts() {
      return by.scale != 0 && (update.isPresent() || shift.isPresent());
    }

    Tensor addTo(Tensor sum) {
      Tensor all = sum;
      if (update.isPresent()) {
        Tensor down = update.get().down().to(ScalarType.Float).flatten(1, -1);
        Tensor up = update.get().up().to(ScalarType.Float).flatten(1, -1);
        Tensor product = Tensors.beside(sum, up.matmul(down).view_as(sum));
        all = Ops.addScaled(all, product, by.scale * update.get().scale());
      }
      if (shift.isPresent()) {
        Tensor delta = shift.get().delta().to(ScalarType.Float).view_as(sum);
        all = Ops.addScaled(all, Tensors.beside(sum, delta), by.scale * shift.get().scale());
      }
      return all;
    }
  }

  private List<Term> terms(String parameter) {
    String layer =
        parameter.endsWith(WEIGHT)
            ? parameter.substring(0, parameter.length() - WEIGHT.length())
            : "";
    boolean merged = layers.containsKey(layer) && !beside(layer);
    return loras.values().stream()
        .map(s ->
            new Term(
                s,
                Optional.ofNullable(merged ? s.lora.updates().get(layer) : null),
                Optional.ofNullable(s.lora.shifts().get(parameter))))
        .filter(Term::acts)
        .toList();
  }

  private void merge(String parameter) {
    Tensor weight = Objects.requireNonNull(store.parameters().get(parameter));
    List<Term> terms = terms(parameter);
    if (terms.isEmpty()) {
      Optional.ofNullable(originals.remove(parameter))
          .ifPresent(original -> {
            weight.set_data(original);
            Scopes.free(original);
          });
      return;
    }
    Tensor original =
        originals.computeIfAbsent(parameter, p -> Scopes.keep(Scopes.tensor(weight::detach)));
    Scopes.run(() ->
        Scopes.noGrad(() -> {
          Tensor sum = original.to(ScalarType.Float);
          for (Term term : terms) {
            sum = term.addTo(sum);
          }
          // What waits in another format would lose what was added.
          boolean inUse = store.precision().fits(original);
          Tensor merged = inUse ? sum.to(original.scalar_type()) : sum;
          Finite.require(merged, "the numbers of '%s' with its updates".formatted(parameter));
          weight.set_data(merged);
          return sum;
        }));
  }

  private void place(String name) {
    Optional.ofNullable(placed.remove(name))
        .ifPresent(deltas ->
            deltas.forEach((layer, delta) -> {
              slot(layer).orElseThrow().remove(name);
              Scopes.free(delta.down());
              Scopes.free(delta.up());
            }));
    Scaled now = loras.get(name);
    if (now == null) {
      return;
    }
    Map<String, LoraSlot.Delta> deltas = new LinkedHashMap<>();
    now.lora
        .updates()
        .forEach((layer, update) -> {
          if (!beside(layer)) {
            return;
          }
          Tensor weight = Objects.requireNonNull(layers.get(layer));
          boolean convolution = weight.dim() == 4;
          LoraSlot.Delta delta =
              new LoraSlot.Delta(
                  part(update.down(), weight, convolution, true),
                  part(update.up(), weight, convolution, false),
                  now.scale * update.scale());
          deltas.put(layer, delta);
          slot(layer).orElseThrow().put(name, delta);
        });
    placed.put(name, deltas);
  }

  /** One factor, in the format and with the axes that the layer computes with. */
  private Tensor part(Tensor factor, Tensor weight, boolean convolution, boolean down) {
    return Scopes.keep(
        Scopes.tensor(() -> {
          Tensor matrix =
              Tensors.beside(weight, factor.detach().flatten(1, -1).to(store.precision().matmul()));
          if (!convolution) {
            return matrix;
          }
          long high = down ? weight.size(2) : 1;
          long wide = down ? weight.size(3) : 1;
          return matrix.view(matrix.size(0), down ? weight.size(1) : matrix.size(1), high, wide);
        }));
  }

  private Optional<LoraSlot> slot(String layer) {
    return Optional.ofNullable(store.slots().get(layer));
  }
}
