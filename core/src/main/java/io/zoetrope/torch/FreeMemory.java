package io.zoetrope.torch;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;

/** Memory that this process may still take. */
public final class FreeMemory {
  private FreeMemory() {}

  /**
   * Bytes that this process may still take: what the system has left, or what is left of its
   * container's limit if that is less. Empty where the system does not say.
   */
  public static OptionalLong left() {
    return left(Path.of("/proc"), Path.of("/sys/fs/cgroup"));
  }

  /** As {@link #left()} and what it has taken. */
  public static OptionalLong all() {
    return all(Path.of("/proc"), Path.of("/sys/fs/cgroup"));
  }

  /**
   * As {@link #all()} of files elsewhere.
   *
   * @param proc the system's folder of processes
   * @param groups and of its control groups
   */
  public static OptionalLong all(Path proc, Path groups) {
    OptionalLong left = left(proc, groups);
    long own = number(proc.resolve("self/status"), "RssAnon:", 1024).orElse(0);
    return left.isEmpty() ? left : OptionalLong.of(left.getAsLong() + own);
  }

  private static OptionalLong left(Path proc, Path groups) {
    OptionalLong free = number(proc.resolve("meminfo"), "MemAvailable:", 1024);
    if (free.isEmpty()) {
      return free;
    }
    OptionalLong limit = number(groups.resolve("memory.max"), "", 1);
    OptionalLong used = number(groups.resolve("memory.current"), "", 1);
    // File pages count as used there, and are given up when they are needed.
    OptionalLong pages = number(groups.resolve("memory.stat"), "file ", 1);
    if (limit.isEmpty()) {
      limit = number(groups.resolve("memory/memory.limit_in_bytes"), "", 1);
      used = number(groups.resolve("memory/memory.usage_in_bytes"), "", 1);
      pages = number(groups.resolve("memory/memory.stat"), "total_cache ", 1);
    }
    long within =
        limit.isEmpty() ? Long.MAX_VALUE : limit.getAsLong() - used.orElse(0) + pages.orElse(0);
    return OptionalLong.of(Math.max(0, Math.min(free.getAsLong(), within)));
  }

  private static OptionalLong number(Path file, String begin, long unit) {
    try (var lines = Files.lines(file)) {
      return lines
          .filter(line -> line.startsWith(begin))
          .map(line -> line.substring(begin.length()).replaceAll("[^0-9]", ""))
          .filter(digits -> !digits.isEmpty() && digits.length() < 17)
          .mapToLong(digits -> Long.parseLong(digits) * unit)
          .findFirst();
    } catch (IOException | UncheckedIOException e) {
      return OptionalLong.empty();
    }
  }
}
