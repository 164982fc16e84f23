package io.zoetrope.train.part;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.nn.ParameterStore;
import io.zoetrope.pipeline.family.Role;
import io.zoetrope.pipeline.model.VideoModel;

/** The networks of a model that parts can be in. */
public enum BaseNetwork {
  DENOISER(Role.DENOISER),
  TEXT_ENCODER(Role.TEXT);

  private final Role<?> role;

  BaseNetwork(Role<?> role) {
    this.role = role;
  }

  /** Its weights in a model. */
  ParameterStore store(VideoModel base) {
    return base.weights(role)
        .orElseThrow(() -> new UserError(Fault.MISMATCH, "the base has no " + role));
  }

  /** What files call it. */
  String prefix(VideoModel base) {
    return switch (this) {
      case DENOISER -> base.network().config().folder();
      case TEXT_ENCODER -> "text_encoder";
    };
  }
}
