package io.zoetrope.jobs.worker;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The standard output of a process that speaks in lines, taken away from all others: what libraries
 * and Java print goes to the standard error.
 */
final class Stdout {
  private static final Path DEVICE = Path.of("/dev/stdout");

  private Stdout() {}

  /** Takes it; once in a process. */
  static OutputStream take() {
    OutputStream out = own();
    System.setOut(
        new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8));
    return out;
  }

  /**
   * Where the system has descriptors, the pipe is opened once more, and number 1 made the standard
   * error. Elsewhere libraries are trusted to end their lines.
   */
  private static OutputStream own() {
    if (Files.exists(DEVICE)) {
      try {
        OutputStream again = new FileOutputStream(DEVICE.toFile());
        if (redirect()) {
          return new BufferedOutputStream(again);
        }
        again.close();
      } catch (IOException e) {
        System.err.println("the standard output is shared: " + e.getMessage());
      }
    }
    return new BufferedOutputStream(new FileOutputStream(FileDescriptor.out));
  }

  private static boolean redirect() {
    Linker linker = Linker.nativeLinker();
    Optional<MemorySegment> dup2 = linker.defaultLookup().find("dup2");
    if (dup2.isEmpty()) {
      return false;
    }
    try {
      FunctionDescriptor type =
          FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT);
      return (int) linker.downcallHandle(dup2.get(), type).invokeExact(2, 1) == 1;
    } catch (Throwable e) {
      throw new IllegalStateException("dup2", e);
    }
  }
}
