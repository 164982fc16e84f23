package io.zoetrope.pipeline.model;

import io.zoetrope.error.Fault;
import io.zoetrope.error.Mend;
import io.zoetrope.error.UserError;
import io.zoetrope.nn.WeightCount;
import io.zoetrope.pipeline.family.Part;
import io.zoetrope.pipeline.family.Role;
import io.zoetrope.torch.FreeMemory;
import io.zoetrope.torch.Precision;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * What a video will need of memory, from shapes alone: before anything is computed. The figures are
 * estimates on the safe side, of what is resident at the worst moment (docs/memory.md).
 *
 * @param weights bytes of all components in the format they are used in
 * @param sampling bytes of activations of one step, and of the frames that pass through Java's heap
 *     while the allocator still holds them
 * @param decoding bytes of the frames, which some formats hold until all are there, and of what
 *     their decoding takes
 * @param apart whether a step is that of one branch of guidance
 */
public record MemoryNeed(long weights, long sampling, long decoding, boolean apart) {
  /** Java, libtorch and their libraries. */
  private static final long PROGRAM = 400L << 20;

  /**
   * A part and how much its weights are.
   *
   * @param weights {@link WeightCount#NONE} if it has none
   */
  record Weighed(Part<?> part, WeightCount weights) {
    long bytes() {
      return part.bytes(weights);
    }
  }

  /**
   * The need of a request: of each part what it says of itself, added up.
   *
   * @param clips at once; guidance doubles them, unless its branches are asked apart
   * @param decoded frames that are decoded at once at most; empty if that is up to memory
   */
  static MemoryNeed of(
      List<Weighed> parts, VideoRequest request, int clips, OptionalInt decoded, boolean apart) {
    long pixels = (long) request.height() * request.width();
    long video = 3 * Float.BYTES * pixels * request.frames() * clips;
    int rows = (request.guidance() == 1 || apart ? 1 : 2) * clips;
    int together = Math.min(request.frames(), decoded.orElse(request.frames()));
    Part.Clip clip =
        new Part.Clip(rows, request.frames(), request.height(), request.width(), together);
    long sampling = video / Float.BYTES;
    long decoding = video;
    for (Weighed weighed : parts) {
      long running = weighed.part.footprint().apply(clip).running();
      if (weighed.part.role() == Role.LATE) {
        continue; // in turn with the other
      }
      if (weighed.part.role() == Role.AUTOENCODER) {
        decoding += running;
      } else {
        sampling += running;
      }
    }
    return new MemoryNeed(bytes(parts), sampling, decoding, rows == clips);
  }

  /** Of two denoisers one is in memory at a time. */
  private static long bytes(List<Weighed> parts) {
    long all = parts.stream().mapToLong(Weighed::bytes).sum();
    long late = bytes(parts, Role.LATE);
    return all - Math.min(late, bytes(parts, Role.DENOISER));
  }

  private static long bytes(List<Weighed> parts, Role<?> role) {
    return parts.stream()
        .filter(weighed -> weighed.part.role() == role)
        .mapToLong(Weighed::bytes)
        .sum();
  }

  /**
   * Refuses weights that will not fit, before any of them is read.
   *
   * @param available bytes; empty where nobody knows
   * @throws UserError naming both figures and what to do
   */
  static void requireRoom(OptionalLong available, List<Weighed> parts) {
    long weights = bytes(parts);
    if (available.isPresent() && PROGRAM + weights > available.getAsLong()) {
      throw new UserError(
          Fault.TOO_LARGE,
          "the model's weights need about %s of memory, and %s are free"
              .formatted(gigabytes(PROGRAM + weights), gigabytes(available.getAsLong())),
          weightsAdvice(parts.getFirst().part.holding().precision()));
    }
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
    if (!apart && Math.max(sampling / 2, decoding) <= rest) {
      return Mend.of("take ").and(Mend.Knob.GUIDANCE_APART).and(", or ask for fewer frames");
    }
    double share = rest / (double) Math.max(sampling, decoding);
    int frames = (int) (request.frames() * share);
    if (frames >= 4 && sampling >= decoding) {
      return Mend.of("ask for at most %s frames, or a smaller size".formatted(frames));
    }
    int multiple = 64;
    int width = (int) (request.width() * Math.sqrt(share)) / multiple * multiple;
    int height = (int) (request.height() * Math.sqrt(share)) / multiple * multiple;
    return Mend.of(
        width >= multiple && height >= multiple
            ? "ask for at most about %sx%s, or fewer frames".formatted(width, height)
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
    return FreeMemory.all();
  }

  static OptionalLong available(Path proc, Path groups) {
    return FreeMemory.all(proc, groups);
  }
}
