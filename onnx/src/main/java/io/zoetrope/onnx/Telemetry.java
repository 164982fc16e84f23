package io.zoetrope.onnx;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * Later versions of the runtime than that of this build send reports unless {@code
 * ORT_DISABLE_TELEMETRY} is 1 when they are loaded. Somebody else's class path may have one.
 */
final class Telemetry {
  private static final String OFF = "ORT_DISABLE_TELEMETRY";

  private Telemetry() {}

  /** Says so to the C library, from which native code has it; Java's own view stays as it was. */
  static void off() {
    if ("1".equals(System.getenv(OFF))) {
      return;
    }
    Linker linker = Linker.nativeLinker();
    FunctionDescriptor setenv =
        FunctionDescriptor.of(
            ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.JAVA_INT);
    FunctionDescriptor putenv =
        FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.ADDRESS);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment name = arena.allocateFrom(OFF);
      MemorySegment one = arena.allocateFrom("1");
      var unix = linker.defaultLookup().find("setenv");
      var windows = linker.defaultLookup().find("_putenv_s");
      if (unix.isPresent()) {
        MethodHandle call = linker.downcallHandle(unix.get(), setenv);
        int unused = (int) call.invokeExact(name, one, 1);
      } else if (windows.isPresent()) {
        MethodHandle call = linker.downcallHandle(windows.get(), putenv);
        int unused = (int) call.invokeExact(name, one);
      }
    } catch (Throwable e) {
      throw new IllegalStateException("cannot set " + OFF, e);
    }
  }
}
