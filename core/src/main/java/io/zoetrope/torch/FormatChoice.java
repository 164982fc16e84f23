package io.zoetrope.torch;

import io.zoetrope.error.UserError;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.Properties;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Whether bf16 or f32 is the faster format of wide networks on this machine. That a processor
 * multiplies bf16 does not say that it is fast (docs/performance.md), so it is measured once, about
 * a second, and remembered in a file: the same machine decides alike from then on, and the same
 * seed gives the same bytes.
 *
 * @param machine processor, threads and libtorch: what the choice depends on
 * @param gain seconds of f32 by those of bf16, casts included; 0 where the processor has no bf16
 * @param file where it is remembered; empty where nothing is
 */
public record FormatChoice(String machine, double gain, Optional<Path> file) {
  /** What bf16 must win to be worth its rounding. */
  static final double WORTH = 1.15;

  private static final int PAIRS = 8;

  public boolean bf16() {
    return gain >= WORTH;
  }

  /** The choice for this machine: measured when it is first asked for, if it never was before. */
  public static FormatChoice here() {
    return Here.CHOICE;
  }

  private static final class Here {
    static final FormatChoice CHOICE = find();

    private static FormatChoice find() {
      String machine = thisMachine();
      return Precision.hasNativeBf16()
          ? of(
              machine,
              CacheFolder.of(System.getenv()).resolve("formats.properties"),
              Here::measured)
          : new FormatChoice(machine, 0, Optional.empty());
    }

    private static double measured() {
      return Scopes.value(() -> Scopes.noGrad(FormatChoice::measure));
    }
  }

  /** The choice that a file remembers, else a measured one, which it then does. */
  static FormatChoice of(String machine, Path file, Supplier<Double> measure) {
    Optional<Double> known = read(file, machine);
    if (known.isPresent()) {
      return new FormatChoice(machine, known.get(), Optional.of(file));
    }
    double gain = Math.round(measure.get() * 1000) / 1000.0;
    return new FormatChoice(machine, gain, remember(file, machine, gain));
  }

  private static Optional<Double> read(Path file, String machine) {
    Properties all = properties(file);
    try {
      double gain = Double.parseDouble(all.getProperty(machine, ""));
      return gain > 0 && gain < 1000 ? Optional.of(gain) : Optional.empty();
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  private static Properties properties(Path file) {
    Properties all = new Properties();
    if (Files.isRegularFile(file)) {
      try (var reader = Files.newBufferedReader(file)) {
        all.load(reader);
      } catch (IOException | IllegalArgumentException e) {
        all.clear(); // a damaged file is written anew
      }
    }
    return all;
  }

  private static Optional<Path> remember(Path file, String machine, double gain) {
    Properties all = properties(file);
    all.setProperty(machine, String.format(Locale.ROOT, "%.3f", gain));
    StringBuilder text = new StringBuilder("# bf16 against f32, measured once on each machine\n");
    all.stringPropertyNames().stream()
        .sorted()
        .forEach(name ->
            text.append(name.replaceAll("[ :=#!\\\\]", "\\\\$0"))
                .append('=')
                .append(all.getProperty(name))
                .append('\n'));
    try {
      Files.createDirectories(Staged.parent(file));
      AtomicFiles.text(file, text.toString());
      return Optional.of(file);
    } catch (IOException | UserError e) {
      return Optional.empty(); // it will be measured again
    }
  }

  private static String thisMachine() {
    String processor =
        String.join(
            " ",
            cpuinfo("model name"),
            cpuinfo("cpu family"),
            cpuinfo("model"),
            cpuinfo("stepping"));
    return "%s, %s threads, libtorch %s".formatted(processor, torch.get_num_threads(), libtorch());
  }

  private static String libtorch() {
    try (BytePointer config = torch.show_config()) {
      Matcher version = Pattern.compile("TORCH_VERSION=([\\w.]+)").matcher(config.getString());
      return version.find() ? version.group(1) : "?";
    }
  }

  private static String cpuinfo(String field) {
    try (Stream<String> lines = Files.lines(Path.of("/proc/cpuinfo"))) {
      return lines
          .filter(line -> line.matches(Pattern.quote(field) + "\\s*:.*"))
          .findFirst()
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .orElse("?");
    } catch (IOException | UncheckedIOException e) {
      return "?";
    }
  }

  /** A wide layer of each kind that networks spend their time in, in pairs that take turns. */
  private static double measure() {
    Tensor x = draw(2048, 640);
    Tensor w = draw(1280, 640);
    Tensor image = Ops.channelsLast(draw(8, 320, 16, 16));
    Tensor kernel = draw(320, 320, 3, 3);
    Tensor bias = Tensors.zeros(320);
    Tensor u = Winograd.transform(kernel);
    Tensor low = w.to(ScalarType.BFloat16);
    Tensor lowKernel = kernel.to(ScalarType.BFloat16);
    Optional<Tensor> lowBias = Optional.of(bias.to(ScalarType.BFloat16));
    Runnable f32 =
        () -> {
          Ops.linear(x, w, Optional.empty());
          Winograd.conv(image, u, bias);
        };
    Runnable bf16 =
        () -> {
          Ops.linear(x.to(ScalarType.BFloat16), low, Optional.empty()).to(ScalarType.Float);
          Ops.conv2d(image.to(ScalarType.BFloat16), lowKernel, lowBias, 1, 1).to(ScalarType.Float);
        };
    seconds(f32);
    seconds(bf16);
    // The best of each: what other programs take of the machine only ever adds.
    double wide = Double.MAX_VALUE;
    double narrow = Double.MAX_VALUE;
    for (int i = 0; i < PAIRS; i++) {
      wide = Math.min(wide, seconds(f32));
      narrow = Math.min(narrow, seconds(bf16));
    }
    return wide / narrow;
  }

  private static Tensor draw(long... shape) {
    try (RandomStream stream = new RandomStreams(1).stream("format")) {
      return stream.normal(shape);
    }
  }

  private static double seconds(Runnable body) {
    long start = System.nanoTime();
    Scopes.run(body);
    return (System.nanoTime() - start) * 1e-9;
  }
}
