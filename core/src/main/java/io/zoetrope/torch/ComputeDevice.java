package io.zoetrope.torch;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Where tensors lie and operations run.
 *
 * @param index which of several of a kind; 0 for a kind of which there is one
 */
public record ComputeDevice(Kind kind, int index) {
  /** What a device is. */
  public enum Kind {
    CPU,
    /** A graphics card of NVIDIA's. */
    CUDA,
    /** Shapes and dtypes only: nothing is computed, and what mixes devices fails as on a card. */
    META
  }

  public static final ComputeDevice CPU = new ComputeDevice(Kind.CPU, 0);
  public static final ComputeDevice META = new ComputeDevice(Kind.META, 0);

  private static final Pattern CARD = Pattern.compile("cuda(?::(\\d{1,2}))?");

  public ComputeDevice {
    if (index < 0) {
      throw new IllegalArgumentException("devices are numbered from 0, not " + index);
    }
  }

  /**
   * The device of a name, which is there.
   *
   * @param name {@code cpu}, {@code cuda}, {@code cuda:N}; or {@code auto}: the first card if there
   *     is one that this build can use, else the processor
   * @throws UserError if there is no such device, or this build cannot use it
   */
  public static ComputeDevice of(String name) {
    if (name.equals("cpu")) {
      return CPU;
    }
    if (name.equals("auto")) {
      return cards() > 0 ? new ComputeDevice(Kind.CUDA, 0) : CPU;
    }
    Matcher card = CARD.matcher(name);
    if (!card.matches()) {
      throw new UserError(
          Fault.INVALID, "unknown device '" + name + "'", "use auto, cpu, cuda or cuda:N");
    }
    int index = card.group(1) == null ? 0 : Integer.parseInt(card.group(1));
    int there = cards();
    if (index >= there) {
      throw new UserError(
          Fault.NOT_FOUND,
          "there is no device '%s'".formatted(name),
          there == 0
              ? "it needs a build with CUDA and a card of NVIDIA's that this system can use"
              : "the cards are cuda:0 to cuda:" + (there - 1));
    }
    return new ComputeDevice(Kind.CUDA, index);
  }

  /** The device on which a tensor lies. */
  public static ComputeDevice of(Tensor t) {
    Device device = PackedTensor.held(t).device();
    return device.is_cuda()
        ? new ComputeDevice(Kind.CUDA, device.index())
        : device.is_meta() ? META : CPU;
  }

  /** Cards that this build can use. */
  private static int cards() {
    Natives.load();
    return torch.cuda_is_available() ? Byte.toUnsignedInt((byte) torch.cuda_device_count()) : 0;
  }

  /** Whether a tensor lies here. */
  public boolean holds(Tensor t) {
    Device device = PackedTensor.held(t).device();
    return switch (kind) {
      case CPU -> device.is_cpu();
      case META -> device.is_meta();
      case CUDA -> device.is_cuda() && device.index() == index;
    };
  }

  /** The tensor here; itself if it is here already. */
  public Tensor place(Tensor t) {
    if (holds(t)) {
      return t;
    }
    return PackedTensor.of(t)
        .<Tensor>map(packed -> packed.on(this))
        .orElseGet(() -> t.to(new Device(toString()), t.scalar_type()));
  }

  /** As {@link #of} takes it. */
  @Override
  public String toString() {
    return switch (kind) {
      case CPU -> "cpu";
      case META -> "meta";
      case CUDA -> "cuda:" + index;
    };
  }
}
