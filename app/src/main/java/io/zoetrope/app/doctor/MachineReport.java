package io.zoetrope.app.doctor;

import io.zoetrope.app.cli.terminal.Units;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;

/** Java, processor and memory, and what a container allows of them. */
final class MachineReport {
  /** Peak of {@code generate} at default settings, with room to spare. */
  private static final long COMFORTABLE = 2L << 30;

  private MachineReport() {}

  static List<Finding> java() {
    String version = Runtime.version().toString();
    return List.of(
        Finding.of("java", "version", version, version + ", " + System.getProperty("java.vendor")),
        Finding.of("java", "home", System.getProperty("java.home")),
        Finding.of(
            "java",
            "max_heap_bytes",
            Runtime.getRuntime().maxMemory(),
            Units.bytes(Runtime.getRuntime().maxMemory()) + " (tensors live outside of it)"),
        Finding.of(
            "java",
            "start_up_cache",
            Boolean.getBoolean("zoetrope.aot"),
            Boolean.getBoolean("zoetrope.aot") ? "in use" : "not in use"));
  }

  static List<Finding> machine() {
    List<Finding> findings = new ArrayList<>();
    String os =
        "%s %s (%s)"
            .formatted(
                System.getProperty("os.name"),
                System.getProperty("os.version"),
                System.getProperty("os.arch"));
    findings.add(Finding.of("machine", "system", os));
    field("/proc/cpuinfo", "model name")
        .ifPresent(model -> findings.add(Finding.of("machine", "processor", model)));
    findings.add(Finding.of("machine", "cores", Runtime.getRuntime().availableProcessors()));
    findings.add(idleThreads());
    if (System.getProperty("os.name").equals("Linux")) {
      findings.add(freedMemory());
    }
    OptionalLong total = kilobytes("MemTotal");
    OptionalLong free = kilobytes("MemAvailable");
    OptionalLong limit = memoryLimit();
    if (total.isPresent()) {
      findings.add(
          Finding.of("machine", "memory_bytes", total.getAsLong(), Units.bytes(total.getAsLong())));
    }
    if (limit.isPresent()) {
      findings.add(
          Finding.of(
              "machine",
              "memory_limit_bytes",
              limit.getAsLong(),
              Units.bytes(limit.getAsLong()) + " is what this container allows"));
    }
    if (free.isPresent()) {
      long usable = Math.min(free.getAsLong(), limit.orElse(Long.MAX_VALUE));
      findings.add(
          usable < COMFORTABLE
              ? Finding.note(
                  "machine",
                  "memory_free_bytes",
                  usable,
                  Units.bytes(usable) + ": close other programs, or ask for fewer frames")
              : Finding.of("machine", "memory_free_bytes", usable, Units.bytes(usable)));
    }
    findings.add(load());
    cpuLimit()
        .ifPresent(
            cpus -> findings.add(Finding.of("machine", "cpu_limit", cpus, cpus + " cores' time")));
    return findings;
  }

  /** OpenMP's threads that spin while they wait starve those of OpenBLAS: docs/numerics.md. */
  private static Finding idleThreads() {
    // The library asks for it where nobody says otherwise.
    String policy = Objects.requireNonNullElse(System.getenv("OMP_WAIT_POLICY"), "passive");
    boolean sleep = policy.equalsIgnoreCase("passive");
    boolean onePool = "1".equals(System.getenv("OPENBLAS_NUM_THREADS"));
    return sleep || onePool
        ? Finding.of("machine", "idle_threads", sleep ? "sleep" : "one pool")
        : Finding.note(
            "machine",
            "idle_threads",
            "spin",
            "spin, which can make f32 ten times slower: leave OMP_WAIT_POLICY away, or set it to"
                + " passive");
  }

  /** Large blocks that glibc unmaps when they are freed, to page them in anew: docs/memory.md. */
  private static Finding freedMemory() {
    boolean kept = System.getenv("MALLOC_TRIM_THRESHOLD_") != null;
    return kept
        ? Finding.of("machine", "freed_memory", "kept", "kept for the next step")
        : Finding.note(
            "machine",
            "freed_memory",
            "returned",
            "goes back to the system and is paged in anew at each step, which costs time: set"
                + " MALLOC_ARENA_MAX=1 MALLOC_MMAP_THRESHOLD_=1073741824"
                + " MALLOC_TRIM_THRESHOLD_=1073741824, as ./zoetrope does");
  }

  private static Finding load() {
    double load = ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
    int cores = Runtime.getRuntime().availableProcessors();
    String text = String.format(Locale.ROOT, "%.1f in the last minute", load);
    return load > cores
        ? Finding.note("machine", "load", load, text + ": other programs slow everything down")
        : Finding.of("machine", "load", load, text);
  }

  /** In the container's control group, version 2 or 1; empty if nothing is limited. */
  private static OptionalLong memoryLimit() {
    for (String file :
        List.of("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")) {
      Optional<String> text = read(file);
      if (text.isPresent() && text.get().matches("\\d{1,17}")) {
        return OptionalLong.of(Long.parseLong(text.get()));
      }
    }
    return OptionalLong.empty();
  }

  private static Optional<Double> cpuLimit() {
    return read("/sys/fs/cgroup/cpu.max")
        .map(text -> text.split("\\s+"))
        .filter(parts -> parts.length == 2 && !parts[0].equals("max"))
        .map(parts -> Double.parseDouble(parts[0]) / Double.parseDouble(parts[1]));
  }

  private static OptionalLong kilobytes(String name) {
    Optional<String> text = field("/proc/meminfo", name).map(v -> v.replaceAll("\\D", ""));
    return text.isPresent()
        ? OptionalLong.of(Long.parseLong(text.get()) * 1024)
        : OptionalLong.empty();
  }

  private static Optional<String> field(String file, String name) {
    return read(file)
        .flatMap(text ->
            text.lines()
                .filter(line -> line.startsWith(name) && line.indexOf(':') >= 0)
                .findFirst())
        .map(line -> line.substring(line.indexOf(':') + 1).strip());
  }

  private static Optional<String> read(String file) {
    try {
      return Optional.of(Files.readString(Path.of(file)).strip());
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
