package io.zoetrope.torch;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Optional;
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

  private final MethodHandle set;
  private final int usual;
  private int alone;

  private Blas(MethodHandle set, int usual) {
    this.set = set;
    this.usual = usual;
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
      threads(1);
    }
  }

  private synchronized void leave() {
    if (--alone == 0) {
      threads(usual);
    }
  }

  private void threads(int number) {
    try {
      set.invokeExact(number);
    } catch (Throwable e) {
      throw new IllegalStateException("openblas_set_num_threads", e);
    }
  }

  /** The one that libtorch is linked to; empty if it is another BLAS, or has one thread only. */
  private static Optional<Blas> find() {
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
    try {
      int usual =
          (int)
              linker
                  .downcallHandle(get.get(), FunctionDescriptor.of(ValueLayout.JAVA_INT))
                  .invokeExact();
      MethodHandle handle =
          linker.downcallHandle(set.get(), FunctionDescriptor.ofVoid(ValueLayout.JAVA_INT));
      return usual > 1 ? Optional.of(new Blas(handle, usual)) : Optional.empty();
    } catch (Throwable e) {
      throw new IllegalStateException("openblas_get_num_threads", e);
    }
  }
}
