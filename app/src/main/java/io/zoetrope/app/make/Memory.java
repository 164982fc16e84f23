package io.zoetrope.app.make;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;

/** The memory of this process, native memory included. */
final class Memory {
  private Memory() {}

  /** The most it ever held, in bytes; empty where the system does not say. */
  static OptionalLong peak() {
    return status("VmHWM:");
  }

  /** What it holds now, in bytes; empty where the system does not say. */
  static OptionalLong resident() {
    return status("VmRSS:");
  }

  private static OptionalLong status(String field) {
    try (Stream<String> lines = Files.lines(Path.of("/proc/self/status"))) {
      Optional<String> line = lines.filter(l -> l.startsWith(field)).findFirst();
      return line.isPresent()
          ? OptionalLong.of(Long.parseLong(line.get().replaceAll("\\D", "")) * 1024)
          : OptionalLong.empty();
    } catch (IOException e) {
      return OptionalLong.empty();
    }
  }
}
