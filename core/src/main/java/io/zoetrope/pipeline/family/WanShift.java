package io.zoetrope.pipeline.family;

import io.zoetrope.network.wan.WanConfig;
import io.zoetrope.pipeline.schedule.DiffusersScheduler;
import io.zoetrope.record.Json;
import tools.jackson.databind.node.ObjectNode;

/** How transformers of Wan are sampled where no file says it: as their authors do. */
final class WanShift {
  private static final int WIDE = 5120;

  private WanShift() {}

  /**
   * UniPC over flow.
   *
   * @param two whether it is one of two experts
   */
  static DiffusersScheduler scheduling(WanConfig network, boolean two) {
    ObjectNode json = Json.MAPPER.createObjectNode();
    json.put("_class_name", "UniPCMultistepScheduler");
    json.put("prediction_type", "flow_prediction");
    json.put("use_flow_sigmas", true);
    json.put("flow_shift", shift(network, two));
    return new DiffusersScheduler(json);
  }

  private static double shift(WanConfig network, boolean two) {
    boolean shown = network.takes() > network.gives() && network.vace().isEmpty();
    if (network.kind() == WanConfig.Kind.SKYREELS) {
      return shown ? 5 : 8;
    }
    if (network.vace().isPresent()
        || network.pictures().map(seen -> seen.places() > 0).orElse(false)) {
      return 16;
    }
    return two && !shown && network.features() == WIDE ? 12 : 5;
  }

  /** From which share of the noise down the second of two experts denoises. */
  static double boundary(WanConfig network) {
    return network.takes() > network.gives() ? 0.9 : 0.875;
  }
}
