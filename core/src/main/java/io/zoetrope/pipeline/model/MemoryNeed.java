package io.zoetrope.pipeline.model;

import io.zoetrope.network.NetworkConfig;
import io.zoetrope.network.unet.UNetConfig;
import io.zoetrope.torch.Fault;
import io.zoetrope.torch.Mend;
import io.zoetrope.torch.Precision;
import io.zoetrope.torch.UserError;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;

/**
 * What a video will need of memory, from shapes alone: before anything is computed. The figures are
 * estimates on the safe side, of what is resident at the worst moment (docs/memory.md).
 *
 * @param weights bytes of all components in the format they are used in
 * @param sampling bytes of activations of one step
 * @param decoding bytes of the video and of what its decoding takes
 */
public record MemoryNeed(long weights, long sampling, long decoding) {
  /** Java, libtorch and their libraries. */
  private static final long PROGRAM = 400L << 20;

  /** What a group of frames may take in the autoencoder, and a frame at the least. */
  private static final long GROUP = 512L << 20;

  /** Weights of convolutions in f32 are held in a form of 16 numbers for each 9. */
  private static final double F32_FORMS = 1.5;

  /** Tensors of the finest resolution that a layer holds at its worst moment. */
  private static final long LAYER = 10;

  /**
   * The need of a request.
   *
   * @param parameters of all components but the text encoder, which waits in its file
   * @param precision of the network
   * @param clips at once; guidance doubles them
   * @param factor of the autoencoder
   */
  static MemoryNeed of(
      long parameters,
      NetworkConfig network,
      Precision precision,
      int factor,
      VideoRequest request,
      int clips) {
    long rows = (request.guidance() == 1 ? 1L : 2L) * clips * request.frames();
    long height = Math.ceilDiv(request.height(), factor);
    long width = Math.ceilDiv(request.width(), factor);
    long pixels = (long) request.height() * request.width();
    long video = 3 * Float.BYTES * pixels * request.frames() * clips;
    long frame = pixels * Float.BYTES * 3 * 256;
    return new MemoryNeed(
        weights(parameters, network, precision),
        Math.multiplyExact(rows, Float.BYTES * activations(network, height, width)),
        2 * video + (factor == 1 ? 0 : Math.max(GROUP, frame)));
  }

  /** Bytes of weights in the format they are used in. */
  private static long weights(long parameters, NetworkConfig network, Precision precision) {
    return (long) (parameters * (precision == Precision.F32 ? 4 * forms(network) : 2));
  }

  /**
   * Refuses weights that will not fit, before any of them is read.
   *
   * @param parameters of all components but the text encoder, which waits in its file
   * @param available bytes; empty where nobody knows
   * @throws UserError naming both figures and what to do
   */
  static void requireRoom(
      OptionalLong available, long parameters, NetworkConfig network, Precision precision) {
    long weights = weights(parameters, network, precision);
    if (available.isPresent() && PROGRAM + weights > available.getAsLong()) {
      throw new UserError(
          Fault.TOO_LARGE,
          "the model's weights need about %s of memory, and %s are free"
              .formatted(gigabytes(PROGRAM + weights), gigabytes(available.getAsLong())),
          weightsAdvice(precision));
    }
  }

  private static double forms(NetworkConfig network) {
    return network instanceof UNetConfig && network.features() >= 256 ? F32_FORMS : 1;
  }

  /** Numbers per frame of what a U-Net keeps on the way down, and of the widest layer. */
  private static long activations(NetworkConfig network, long height, long width) {
    if (!(network instanceof UNetConfig unet)) {
      return 2 * LAYER * network.features() * height * width;
    }
    List<Integer> widths = unet.widths();
    long h = height;
    long w = width;
    long kept = 0;
    for (int feature : widths) {
      kept += (unet.blocks() + 1) * feature * h * w;
      h = Math.ceilDiv(h, 2);
      w = Math.ceilDiv(w, 2);
    }
    return kept + LAYER * widths.getFirst() * height * width;
  }

  public long total() {
    return PROGRAM + weights + Math.max(sampling, decoding);
  }

  /**
   * Refuses what will not fit.
   *
   * @param available bytes; empty where nobody knows
   * @throws UserError naming both figures and what to do
   */
  public void requireFit(OptionalLong available, VideoRequest request, Precision precision) {
    if (available.isEmpty() || total() <= available.getAsLong()) {
      return;
    }
    throw new UserError(
        Fault.TOO_LARGE,
        "this needs %s, and %s are free".formatted(line(), gigabytes(available.getAsLong())),
        advice(available.getAsLong(), request, precision));
  }

  private Mend advice(long available, VideoRequest request, Precision precision) {
    if (PROGRAM + weights > available) {
      return Mend.of("its weights alone do not fit; ").and(weightsAdvice(precision));
    }
    long rest = available - PROGRAM - weights;
    double share = rest / (double) Math.max(sampling, decoding);
    int frames = (int) (request.frames() * share);
    if (frames >= 4 && sampling >= decoding) {
      return Mend.of("ask for at most %d frames, or a smaller size".formatted(frames));
    }
    int multiple = 64;
    int width = (int) (request.width() * Math.sqrt(share)) / multiple * multiple;
    int height = (int) (request.height() * Math.sqrt(share)) / multiple * multiple;
    return Mend.of(
        width >= multiple && height >= multiple
            ? "ask for at most about %dx%d, or fewer frames".formatted(width, height)
            : "ask for a smaller size and fewer frames");
  }

  private static Mend weightsAdvice(Precision precision) {
    return precision == Precision.F32
        ? Mend.NONE.and(Mend.Knob.PRECISION, "bf16").and(" halves them")
        : Mend.of("close other programs, or use a smaller model");
  }

  /** The whole, and what it consists of. */
  public String line() {
    return "about %s of memory (%s)".formatted(gigabytes(total()), text());
  }

  /** What it consists of. */
  public String text() {
    return "weights %s, a step %s, decoding %s"
        .formatted(gigabytes(weights), gigabytes(sampling), gigabytes(decoding));
  }

  static String gigabytes(long bytes) {
    return String.format(Locale.ROOT, "%.1f GB", bytes / 1e9);
  }

  /**
   * Bytes that this process may still take and has taken: what the system has left, or what is left
   * of its container's limit if that is less. Empty where the system does not say.
   */
  public static OptionalLong available() {
    return available(Path.of("/proc"), Path.of("/sys/fs/cgroup"));
  }

  static OptionalLong available(Path proc, Path groups) {
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
    long own = number(proc.resolve("self/status"), "RssAnon:", 1024).orElse(0);
    long left =
        limit.isEmpty() ? Long.MAX_VALUE : limit.getAsLong() - used.orElse(0) + pages.orElse(0);
    return OptionalLong.of(Math.max(0, Math.min(free.getAsLong(), left)) + own);
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
