package io.zoetrope.pipeline.family;

import io.zoetrope.torch.ComputeDevice;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * On which device each part of a model lies and runs. Controls are where the denoiser is, with
 * which they compute layer by layer.
 *
 * @param usual of parts for which none is said
 * @param others by role
 */
public record Placement(ComputeDevice usual, Map<Role<?>, ComputeDevice> others) {
  /** All on the processor. */
  public static final Placement CPU = on(ComputeDevice.CPU);

  public Placement {
    others = Map.copyOf(others);
    if (others.containsKey(Role.CONTROL)) {
      throw new IllegalArgumentException("controls lie where the denoiser lies");
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
    return others.getOrDefault(role == Role.CONTROL ? Role.DENOISER : role, usual);
  }
}
