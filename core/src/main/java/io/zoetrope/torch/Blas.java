package io.zoetrope.torch;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Supplier;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.pytorch.global.torch;

/**
 * The threads of OpenBLAS, which computes libtorch's f32 products. It has a pool of its own and a
 * lock around it: where libtorch's threads each ask for small products, as in fused attention, they
 * wait for each other, and attention takes several times as long. There each thread computes its
 * own product alone.
 */
final class Blas {
  private static final Optional<Blas> HERE = find();

  private final MethodHandle get;
  private final MethodHandle set;
  private final int usual;
  private int alone;

  private Blas(MethodHandle get, MethodHandle set) {
    this.get = get;
    this.set = set;
    usual = number();
  }

  /** The threads of a product by now; empty where that cannot be told. */
  static OptionalInt threads() {
    return HERE.map(blas -> OptionalInt.of(blas.number())).orElse(OptionalInt.empty());
  }

  /** Runs something whose products are each computed by the thread that asks for them. */
  static <T> T alone(Supplier<T> body) {
    if (HERE.isEmpty()) {
      return body.get();
    }
    Blas blas = HERE.get();
    blas.enter();
    try {
      return body.get();
    } finally {
      blas.leave();
    }
  }

  private synchronized void enter() {
    if (alone++ == 0) {
      number(1);
    }
  }

  private synchronized void leave() {
    if (--alone == 0) {
      number(usual);
    }
  }

  private int number() {
    try {
      return (int) get.invokeExact();
    } catch (Throwable e) {
      throw new IllegalStateException("openblas_get_num_threads", e);
    }
  }

  private void number(int threads) {
    try {
      set.invokeExact(threads);
    } catch (Throwable e) {
      throw new IllegalStateException("openblas_set_num_threads", e);
    }
  }

  /** The one that libtorch is linked to; empty if it is another BLAS. */
  private static Optional<Blas> find() {
    Natives.prepare();
    Loader.load(torch.class);
    return Optional.ofNullable(Loader.getLoadedLibraries().get("torch_cpu"))
        .flatMap(library -> of(SymbolLookup.libraryLookup(library, Arena.global())));
  }

  private static Optional<Blas> of(SymbolLookup symbols) {
    Optional<MemorySegment> get = symbols.find("openblas_get_num_threads");
    Optional<MemorySegment> set = symbols.find("openblas_set_num_threads");
    if (get.isEmpty() || set.isEmpty()) {
      return Optional.empty();
    }
    Linker linker = Linker.nativeLinker();
    return Optional.of(
        new Blas(
            linker.downcallHandle(get.get(), FunctionDescriptor.of(ValueLayout.JAVA_INT)),
            linker.downcallHandle(set.get(), FunctionDescriptor.ofVoid(ValueLayout.JAVA_INT))));
  }
}
