package io.zoetrope.torch;

import io.zoetrope.error.UserError;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.pytorch.global.torch;

/**
 * The native libraries: what they have to be told before they start, and whether they are there. A
 * program that uses Zoetrope sets no variable and no property; what it does set stays.
 *
 * <p>Told by {@link #prepare}, at the first use of anything native:
 *
 * <ul>
 *   <li>{@code OMP_WAIT_POLICY=passive}: idle OpenMP threads sleep, or they keep OpenBLAS from its
 *       cores (docs/numerics.md). In lower case: libgomp compares by the locale, and in a Turkish
 *       one {@code I} and {@code i} are no pair.
 *   <li>glibc's allocator keeps freed blocks of up to 1 GiB for the next step (docs/memory.md).
 *   <li>JavaCPP counts no bytes: its limits are those of the Java heap.
 * </ul>
 */
public final class Natives {
  private static final int M_TRIM_THRESHOLD = -1;
  private static final int M_MMAP_THRESHOLD = -3;
  private static final int M_ARENA_MAX = -8;
  private static final int GIBIBYTE = 1 << 30;

  static {
    for (String limit : new String[] {"maxBytes", "maxPhysicalBytes"}) {
      String key = "org.bytedeco.javacpp." + limit;
      if (System.getProperty(key) == null) {
        System.setProperty(key, "0");
      }
    }
    tell(System.getenv());
  }

  private Natives() {}

  private static final class Loaded {
    /** Why libtorch cannot be used. */
    static final Optional<UserError> FAULT = NativeLibrary.fault("libtorch", torch.class);
  }

  /** Before the first use of anything native, also of FFmpeg; may be called again. */
  public static void prepare() {
    // The initialiser has done it: once, and before anybody goes on.
  }

  /**
   * Loads libtorch, which takes a third of a second the first time.
   *
   * @throws UserError if the libraries of this machine are not on the class path, or do not load
   */
  public static void load() {
    Loaded.FAULT.ifPresent(fault -> {
      // Anew each time: one that several threads throw would show the stack of one.
      throw new UserError(fault.fault(), fault.reason(), fault.mend(), fault);
    });
  }

  /**
   * Begins to load libtorch beside what this thread does. Until {@link #settle} or {@link #load},
   * nothing native may be used: two threads that each begin a library can wait for each other.
   */
  public static void begin() {
    Thread.ofPlatform().daemon().name("zoetrope-natives").start(Natives::settle);
  }

  /**
   * Waits until libtorch is loaded or has turned out not to be there, which {@link #load} then
   * says.
   *
   * @return whether it can be used
   */
  public static boolean settle() {
    return Loaded.FAULT.isEmpty();
  }

  /** Java cannot set variables of its own process; the C library can. */
  private static void tell(Map<String, String> environment) {
    String policy = environment.getOrDefault("OMP_WAIT_POLICY", "passive").toLowerCase(Locale.ROOT);
    if (!policy.equals(environment.get("OMP_WAIT_POLICY"))) {
      set(Linker.nativeLinker(), "OMP_WAIT_POLICY", policy);
    }
    if (!environment.containsKey("MALLOC_TRIM_THRESHOLD_")) {
      allocator(Linker.nativeLinker());
    }
  }

  private static void set(Linker linker, String name, String value) {
    Optional<MemorySegment> posix = linker.defaultLookup().find("setenv");
    Optional<MemorySegment> windows = linker.defaultLookup().find("_putenv_s");
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment key = arena.allocateFrom(name);
      MemorySegment text = arena.allocateFrom(value);
      if (posix.isPresent()) {
        FunctionDescriptor type =
            FunctionDescriptor.of(
                ValueLayout.JAVA_INT,
                ValueLayout.ADDRESS,
                ValueLayout.ADDRESS,
                ValueLayout.JAVA_INT);
        int unused = (int) linker.downcallHandle(posix.get(), type).invokeExact(key, text, 1);
      } else if (windows.isPresent()) {
        FunctionDescriptor type =
            FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.ADDRESS);
        int unused = (int) linker.downcallHandle(windows.get(), type).invokeExact(key, text);
      }
    } catch (Throwable e) {
      throw new IllegalStateException("setenv", e);
    }
  }

  /** As glibc reads {@code MALLOC_*} when a process starts. */
  private static void allocator(Linker linker) {
    Optional<MemorySegment> mallopt = linker.defaultLookup().find("mallopt");
    Optional<MemorySegment> glibc = linker.defaultLookup().find("gnu_get_libc_version");
    if (mallopt.isEmpty() || glibc.isEmpty()) {
      return;
    }
    FunctionDescriptor type =
        FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT);
    try {
      var set = linker.downcallHandle(mallopt.get(), type);
      int unused = (int) set.invokeExact(M_ARENA_MAX, 1);
      unused = (int) set.invokeExact(M_MMAP_THRESHOLD, GIBIBYTE);
      unused = (int) set.invokeExact(M_TRIM_THRESHOLD, GIBIBYTE);
    } catch (Throwable e) {
      throw new IllegalStateException("mallopt", e);
    }
  }
}
