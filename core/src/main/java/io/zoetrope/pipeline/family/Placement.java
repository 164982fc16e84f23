package io.zoetrope.pipeline.family;

import io.zoetrope.torch.ComputeDevice;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * On which device each part of a model lies and runs. Controls are where the denoiser is, with
 * which they compute layer by layer.
 *
 * @param usual of parts for which none is said
 * @param others by role
 */
public record Placement(ComputeDevice usual, Map<Role<?>, ComputeDevice> others) {
  /** Roles whose parts compute with the denoiser layer by layer. */
  private static final Set<Role<?>> BESIDE = Set.of(Role.CONTROL, Role.PICTURE_ADAPTER);

  /** All on the processor. */
  public static final Placement CPU = on(ComputeDevice.CPU);

  public Placement {
    others = Map.copyOf(others);
    if (others.keySet().stream().anyMatch(BESIDE::contains)) {
      throw new IllegalArgumentException("what stands beside the denoiser lies where it lies");
    }
  }

  /** All on one. */
  public static Placement on(ComputeDevice device) {
    return new Placement(device, Map.of());
  }

  /** This with the parts of a role elsewhere. */
  public Placement with(Role<?> role, ComputeDevice device) {
    Map<Role<?>, ComputeDevice> more = new LinkedHashMap<>(others);
    more.put(role, device);
    return new Placement(usual, more);
  }

  /** The device of a role. */
  public ComputeDevice of(Role<?> role) {
    return others.getOrDefault(BESIDE.contains(role) ? Role.DENOISER : role, usual);
  }
}
