package io.zoetrope.elsewhere;

import io.zoetrope.torch.ComputeDevice;
import java.lang.invoke.CallSite;
import java.lang.invoke.ConstantCallSite;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.T_TensorTensorTensor_T;
import org.bytedeco.pytorch.T_TensorTensor_T;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorVector;
import org.jspecify.annotations.Nullable;

/**
 * The rules of a device that is not the CPU, for calls that {@link WatchedClasses} has redirected.
 * Its tensors lie in the CPU's memory and are marked: so results can be compared to the bit. As on
 * any other device an operation takes tensors of one place only, but for numbers of no axes; and
 * here nothing is read back, which on a real one would stop everything until it has caught up, but
 * by {@link ComputeDevice#place}, and that is written down unless it is a single number, which says
 * whether a step went well.
 */
public final class Elsewhere {
  /** What tensors there answer when asked for their device. */
  private static final String THERE = "meta";

  /** Operations that hand numbers to the CPU. */
  private static final Set<String> READING =
      Set.of("cpu", "data_ptr", "equal", "allclose", "nonzero", "is_nonzero", "masked_select");

  /** Addresses of what lies there. Every tensor that a watched call makes is put in or out. */
  private static final Set<Long> MARKED = new HashSet<>();

  /** Shapes of what was brought back. */
  private static final List<List<Long>> BROUGHT = new ArrayList<>();

  private record Site(MethodHandle real, String name, boolean isStatic, String caller) {}

  private static final MethodHandle CALL;

  static {
    try {
      CALL =
          MethodHandles.lookup()
              .findStatic(
                  Elsewhere.class,
                  "call",
                  MethodType.methodType(Object.class, Site.class, Object[].class));
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private Elsewhere() {}

  /** Called by the JVM for each place in the code that calls libtorch. */
  public static CallSite link(
      MethodHandles.Lookup lookup, String name, MethodType type, Class<?> owner, int isStatic)
      throws ReflectiveOperationException {
    MethodHandle real =
        isStatic == 1
            ? lookup.findStatic(owner, name, type)
            : lookup.findVirtual(owner, name, type.dropParameterTypes(0, 1));
    MethodHandle spread = real.asFixedArity().asSpreader(Object[].class, type.parameterCount());
    Site site =
        new Site(
            spread.asType(MethodType.methodType(Object.class, Object[].class)),
            name,
            isStatic == 1,
            lookup.lookupClass().getName());
    return new ConstantCallSite(
        CALL.bindTo(site).asCollector(Object[].class, type.parameterCount()).asType(type));
  }

  /** A copy of a tensor over there. */
  public static Tensor there(Tensor tensor) {
    return mark(tensor.detach().clone(), true);
  }

  /** A copy of a tensor, wherever it is, for the test to read. */
  public static Tensor back(Tensor tensor) {
    return mark(tensor.detach().clone(), false);
  }

  /** Shapes of what was brought back, since {@link #forget}. */
  public static List<List<Long>> brought() {
    return List.copyOf(BROUGHT);
  }

  /** Forgets what was brought back before. */
  public static void forget() {
    BROUGHT.clear();
  }

  /** Whether a tensor lies there. */
  public static boolean isThere(Tensor tensor) {
    return tensor.defined() && MARKED.contains(address(tensor));
  }

  private static @Nullable Object call(Site site, Object[] arguments) throws Throwable {
    List<Tensor> tensors = new ArrayList<>();
    for (Object argument : arguments) {
      gather(argument, tensors);
    }
    boolean there = tensors.stream().anyMatch(Elsewhere::isThere);
    if (!site.isStatic && there && isThere((Tensor) arguments[0])) {
      switch (site.name) {
        case "device" -> {
          return new Device(THERE);
        }
        case "is_cuda" -> {
          return true;
        }
        case "is_cpu" -> {
          return false;
        }
        default -> {}
      }
    }
    if (there && (READING.contains(site.name) || site.name.startsWith("item"))) {
      throw new IllegalStateException(
          "'%s' reads back what lies elsewhere, %s".formatted(site.name, shapes(tensors)));
    }
    if (site.name.equals("to")) {
      return to(site, arguments, tensors);
    }
    if (there && !site.name.equals("copy_")) {
      requireTogether(site, tensors);
    }
    Object result = site.real.invoke(arguments);
    boolean moved = site.name.equals("copy_") ? isThere(tensors.getFirst()) : there;
    List<Tensor> made = new ArrayList<>();
    gather(result, made);
    made.forEach(tensor -> mark(tensor, moved));
    return result;
  }

  private static Object to(Site site, Object[] arguments, List<Tensor> tensors) throws Throwable {
    Tensor self = (Tensor) arguments[0];
    boolean target = tensors.size() > 1 ? isThere(tensors.get(1)) : isThere(self);
    Object[] changed = arguments.clone();
    for (int i = 1; i < changed.length; i++) {
      if (changed[i] instanceof Device device) {
        target = device.is_meta();
        changed[i] = new Device("cpu");
      }
    }
    if (isThere(self) && !target && site.caller.equals(ComputeDevice.class.getName())) {
      if (self.dim() > 0) {
        BROUGHT.add(Arrays.stream(self.sizes().vec().get()).boxed().toList());
      }
    } else if (isThere(self) && !target) {
      throw new IllegalStateException(
          "'to' reads back what lies elsewhere, %s".formatted(shapes(tensors)));
    }
    Tensor result = (Tensor) site.real.invoke(changed);
    if (target != isThere(self) && address(result) == address(self)) {
      result = result.clone();
    }
    return mark(result, target);
  }

  private static void requireTogether(Site site, List<Tensor> tensors) {
    for (Tensor tensor : tensors) {
      if (tensor.dim() > 0 && !isThere(tensor)) {
        throw new IllegalStateException(
            "'%s' mixes a tensor of the CPU with those elsewhere: %s"
                .formatted(site.name, shapes(tensors)));
      }
    }
  }

  private static String shapes(List<Tensor> tensors) {
    return String.join(
        ", ",
        tensors.stream()
            .map(tensor ->
                "%s %s"
                    .formatted(
                        isThere(tensor) ? "elsewhere" : "CPU",
                        Arrays.toString(tensor.sizes().vec().get())))
            .toList());
  }

  private static void gather(@Nullable Object value, List<Tensor> into) {
    switch (value) {
      case Tensor tensor when !tensor.isNull() && tensor.defined() -> into.add(tensor);
      case TensorOptional optional when optional.has_value() -> gather(optional.get(), into);
      case TensorVector vector -> {
        for (long i = 0; i < vector.size(); i++) {
          gather(vector.get(i), into);
        }
      }
      case T_TensorTensor_T pair -> {
        gather(pair.get0(), into);
        gather(pair.get1(), into);
      }
      case T_TensorTensorTensor_T triple -> {
        gather(triple.get0(), into);
        gather(triple.get1(), into);
        gather(triple.get2(), into);
      }
      case null, default -> {}
    }
  }

  private static Tensor mark(Tensor tensor, boolean there) {
    if (there) {
      MARKED.add(address(tensor));
    } else {
      MARKED.remove(address(tensor));
    }
    return tensor;
  }

  private static long address(Tensor tensor) {
    return tensor.unsafeGetTensorImpl().address();
  }
}
