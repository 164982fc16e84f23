package io.zoetrope.pipeline.probe;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.torch.Tensors;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** Tensors by the names of a component's arguments; every one of them is known to it. */
final class Inputs {
  /** Any size, where a shape is asked for. */
  static final long ANY = -1;

  /**
   * The arguments of a component.
   *
   * @param needed those that it cannot do without
   * @param optional the others; a name ending in {@code .N} stands for {@code .0}, {@code .1}, ...
   */
  record Signature(List<String> needed, List<String> optional) {
    Signature {
      needed = List.copyOf(needed);
      optional = List.copyOf(optional);
    }

    private boolean knows(String name) {
      String family = name.replaceFirst("\\.\\d{1,3}$", ".N");
      return needed.contains(name) || optional.contains(name) || optional.contains(family);
    }

    private String list() {
      String all = String.join(", ", needed);
      return optional.isEmpty() ? all : all + "; it may have " + String.join(", ", optional);
    }
  }

  private final Map<String, Tensor> tensors;

  private Inputs(Map<String, Tensor> tensors) {
    this.tensors = tensors;
  }

  /**
   * Checks names.
   *
   * @param component for messages
   * @throws UserError naming what is missing or not known
   */
  static Inputs of(String component, Signature signature, Map<String, Tensor> tensors) {
    for (String name : signature.needed) {
      if (!tensors.containsKey(name)) {
        throw new UserError(
            Fault.INVALID,
            "%s needs an input '%s', and the file has %s"
                .formatted(component, name, names(tensors)),
            "it needs %s".formatted(signature.list()));
      }
    }
    for (String name : tensors.keySet()) {
      if (!signature.knows(name)) {
        throw new UserError(
            Fault.INVALID,
            "%s has no input '%s'".formatted(component, name),
            "it needs %s".formatted(signature.list()));
      }
    }
    return new Inputs(new LinkedHashMap<>(tensors));
  }

  private static String names(Map<String, Tensor> tensors) {
    return tensors.isEmpty() ? "none" : String.join(", ", new TreeSet<>(tensors.keySet()));
  }

  boolean has(String name) {
    return tensors.containsKey(name);
  }

  private Tensor raw(String name) {
    Tensor t = tensors.get(name);
    if (t == null) {
      throw new UserError(Fault.NOT_FOUND, "there is no input '%s'".formatted(name));
    }
    return t;
  }

  /** Axes of an input. */
  long dims(String name) {
    return raw(name).dim();
  }

  /** As f32. */
  Tensor floats(String name) {
    return raw(name).to(ScalarType.Float);
  }

  /**
   * As f32.
   *
   * @param shape sizes, {@link #ANY} for any
   * @throws UserError if it has another shape
   */
  Tensor floats(String name, long... shape) {
    return shaped(name, shape).to(ScalarType.Float);
  }

  Optional<Tensor> maybe(String name) {
    return has(name) ? Optional.of(floats(name)) : Optional.empty();
  }

  Optional<Tensor> maybe(String name, long... shape) {
    return has(name) ? Optional.of(floats(name, shape)) : Optional.empty();
  }

  /** As it is. */
  Tensor shaped(String name, long... shape) {
    Tensor t = raw(name);
    boolean fits = t.dim() == shape.length;
    for (int i = 0; fits && i < shape.length; i++) {
      fits = shape[i] == ANY ? t.size(i) > 0 : t.size(i) == shape[i];
    }
    if (!fits) {
      throw wrong(name, text(shape));
    }
    return t;
  }

  /** An input's shape is not what it should be. */
  UserError wrong(String name, String shape) {
    return new UserError(
        Fault.MISMATCH,
        "input '%s' has shape %s, and %s is needed"
            .formatted(name, text(Tensors.shape(raw(name))), shape));
  }

  /**
   * A tensor of 4 or 5 axes with so many channels.
   *
   * @param channels {@link #ANY} for any
   */
  Tensor video(String name, long channels) {
    Tensor t = raw(name);
    if (t.dim() == 4) {
      return floats(name, ANY, channels, ANY, ANY).unsqueeze(2);
    }
    if (t.dim() != 5) {
      throw wrong(
          name,
          "%s or %s"
              .formatted(
                  text(new long[] {ANY, channels, ANY, ANY}),
                  text(new long[] {ANY, channels, ANY, ANY, ANY})));
    }
    return floats(name, ANY, channels, ANY, ANY, ANY);
  }

  /** What {@code [B, C, 1, h, w]} came from, if this input had four axes. */
  Tensor like(String name, Tensor t_BCFHW) {
    return dims(name) == 4 ? t_BCFHW.squeeze(2) : t_BCFHW;
  }

  /** The one number of a scalar. */
  double number(String name, double otherwise) {
    if (!has(name)) {
      return otherwise;
    }
    Tensor t = raw(name);
    if (t.numel() != 1) {
      throw wrong(name, "one number");
    }
    return Tensors.toDoubles(t)[0];
  }

  /** A whole number in a range. */
  int whole(String name, int least, int most) {
    double value = number(name, Double.NaN);
    if (!(value >= least && value <= most && value == Math.rint(value))) {
      throw new UserError(
          Fault.INVALID,
          "input '%s' must be a whole number from %s to %s, not %s"
              .formatted(name, least, most, value));
    }
    return (int) value;
  }

  /** Inputs {@code name.0}, {@code name.1}, ... as far as they go without a gap. */
  List<Tensor> family(String name) {
    List<Tensor> all = new ArrayList<>();
    while (has(name + "." + all.size())) {
      all.add(floats(name + "." + all.size()));
    }
    long given = tensors.keySet().stream().filter(key -> key.startsWith(name + ".")).count();
    if (given != all.size()) {
      throw new UserError(
          Fault.INVALID,
          "inputs '%s.N' must be numbered from 0 without a gap; there is no '%s.%s'"
              .formatted(name, name, all.size()));
    }
    return all;
  }

  static String text(long[] shape) {
    return LongStream.of(shape)
        .mapToObj(n -> n == ANY ? "*" : String.valueOf(n))
        .collect(Collectors.joining(", ", "[", "]"));
  }
}
