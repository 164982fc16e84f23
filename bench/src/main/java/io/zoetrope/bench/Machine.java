package io.zoetrope.bench;

import io.zoetrope.torch.Precision;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.pytorch.global.torch;

/** What the figures were measured on. */
final class Machine {
  private Machine() {}

  static Map<String, Object> describe() {
    Map<String, Object> machine = new LinkedHashMap<>();
    machine.put("processor", line(Path.of("/proc/cpuinfo"), "model name").replaceAll("^.*: ", ""));
    machine.put("processors", Runtime.getRuntime().availableProcessors());
    machine.put("threads", torch.get_num_threads());
    machine.put("native_bf16", Precision.hasNativeBf16());
    machine.put("clock", Clock.describe());
    machine.put("load", load());
    machine.put("java", Runtime.version().toString());
    machine.put("os", System.getProperty("os.name") + " " + System.getProperty("os.arch"));
    return machine;
  }

  /** How many processes want a processor, over the last minute; negative if not known. */
  static double load() {
    return ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
  }

  /** The most memory that was resident at once, MB; 0 if not known. */
  static double peakMegabytes() {
    String digits = line(Path.of("/proc/self/status"), "VmHWM").replaceAll("\\D", "");
    return digits.isEmpty() ? 0 : Long.parseLong(digits) / 1024.0;
  }

  private static String line(Path file, String begin) {
    if (!Files.isReadable(file)) {
      return "unknown";
    }
    try (var lines = Files.lines(file)) {
      return lines.filter(line -> line.startsWith(begin)).findFirst().orElse("unknown");
    } catch (IOException e) {
      return "unknown";
    }
  }
}
