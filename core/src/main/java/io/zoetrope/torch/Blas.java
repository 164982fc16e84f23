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
  private static final int ROW_MAJOR = 101;

  private final MethodHandle get;
  private final MethodHandle set;
  private final MethodHandle sgemm;
  private int usual;
  private int alone;

  private Blas(MethodHandle get, MethodHandle set, MethodHandle sgemm) {
    this.get = get;
    this.set = set;
    this.sgemm = sgemm;
    usual = number();
  }

  /** How the second matrix of a product lies in memory; {@code CBLAS_TRANSPOSE}. */
  enum Other {
    AS_IT_IS(111),
    TRANSPOSED(112);

    private final int code;

    Other(int code) {
      this.code = code;
    }
  }

  /** The threads of a product where nobody computes {@link #alone}; empty with another BLAS. */
  static OptionalInt usual() {
    return HERE.map(Blas::most).orElse(OptionalInt.empty());
  }

  private synchronized OptionalInt most() {
    return OptionalInt.of(usual);
  }

  /**
   * {@code c = a b + beta c} of f32 matrices by their addresses, rows next to each other: a [rows,
   * in], b [in, out] or, transposed, [out, in].
   *
   * @param width of the matrix that b is cut from: elements from row to row if it lies as it is
   * @param stride elements from row to row of c
   */
  static void product(
      int rows,
      int out,
      int in,
      long a,
      long b,
      Other other,
      int width,
      float beta,
      long c,
      int stride) {
    try {
      HERE.orElseThrow()
          .sgemm
          .invokeExact(
              ROW_MAJOR,
              Other.AS_IT_IS.code,
              other.code,
              rows,
              out,
              in,
              1f,
              a,
              in,
              b,
              other == Other.TRANSPOSED ? in : width,
              beta,
              c,
              stride);
    } catch (Throwable e) {
      throw new IllegalStateException("cblas_sgemm", e);
    }
  }

  /** The threads of a product by now; empty where that cannot be told. */
  static OptionalInt threads() {
    return HERE.map(blas -> OptionalInt.of(blas.number())).orElse(OptionalInt.empty());
  }

  /** From now on products are computed by so many threads at most. */
  static void limit(int threads) {
    HERE.ifPresent(blas -> blas.usual(threads));
  }

  private synchronized void usual(int threads) {
    usual = Math.min(usual, threads);
    if (alone == 0) {
      number(usual);
    }
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

  /** From here to {@link #leaveAlone} products are as within {@link #alone}. */
  static void enterAlone() {
    HERE.ifPresent(Blas::enter);
  }

  /** Ends {@link #enterAlone}. */
  static void leaveAlone() {
    HERE.ifPresent(Blas::leave);
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
    Optional<MemorySegment> sgemm = symbols.find("cblas_sgemm");
    if (get.isEmpty() || set.isEmpty() || sgemm.isEmpty()) {
      return Optional.empty();
    }
    Linker linker = Linker.nativeLinker();
    ValueLayout whole = ValueLayout.JAVA_INT;
    ValueLayout address = ValueLayout.JAVA_LONG;
    ValueLayout real = ValueLayout.JAVA_FLOAT;
    FunctionDescriptor product =
        FunctionDescriptor.ofVoid(
            whole, whole, whole, whole, whole, whole, real, address, whole, address, whole, real,
            address, whole);
    return Optional.of(
        new Blas(
            linker.downcallHandle(get.get(), FunctionDescriptor.of(ValueLayout.JAVA_INT)),
            linker.downcallHandle(set.get(), FunctionDescriptor.ofVoid(ValueLayout.JAVA_INT)),
            linker.downcallHandle(sgemm.get(), product)));
  }
}
