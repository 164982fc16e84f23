package io.zoetrope.network.unet;

import com.fasterxml.jackson.annotation.JacksonInject;
import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.OptBoolean;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.nn.Parameters;
import java.util.Optional;

/** Which temporal partner spatial convolutions get. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
  @JsonSubTypes.Type(value = TemporalConvolution.None.class, name = "none"),
  @JsonSubTypes.Type(value = TemporalConvolution.Factorised.class, name = "factorised"),
  @JsonSubTypes.Type(value = TemporalConvolution.Residual.class, name = "residual"),
  @JsonSubTypes.Type(value = TemporalConvolution.Blended.class, name = "blended"),
  @JsonSubTypes.Type(value = TemporalConvolution.Stack.class, name = "stack")
})
public sealed interface TemporalConvolution {
  /** Whether a parameter of a U-Net belongs to it. */
  boolean has(String parameter);

  /** The layer after a residual block; empty where it has none. */
  default Optional<TemporalLayer> after(TemporalBlock.Place place) {
    return Optional.empty();
  }

  /** Where the image network's own part of a residual block lies. */
  default Parameters image(Parameters resnet) {
    return resnet;
  }

  /**
   * Whether layers over time see what is beside the latents, and the first convolution does not.
   */
  default boolean shown() {
    return false;
  }

  /**
   * Of the norms of a residual block.
   *
   * @param place that it is at, of 0 heads where there is no attention
   */
  default double eps(TemporalBlock.Place place) {
    return place.config().style().eps();
  }

  /** None: convolutions are 1x3x3 (Ho et al., "Video Diffusion Models", 2022). */
  record None() implements TemporalConvolution {
    @Override
    public boolean has(String parameter) {
      return false;
    }
  }

  /**
   * After every 3x3 convolution one over time that starts as the identity (Singer et al.,
   * "Make-A-Video", 2022, section 3.2.1). Its weights lie beside its partner's: {@code
   * conv1_temporal}.
   *
   * @param kernel frames, odd
   */
  record Factorised(@JsonProperty("kernel") int kernel) implements TemporalConvolution {
    public Factorised {
      requireOdd(kernel);
    }

    @Override
    public boolean has(String parameter) {
      return parameter.contains("_temporal.");
    }
  }

  /**
   * After every residual block one whose convolutions are over time, merged by a learned {@link
   * Merge alpha} that starts at the image network (Blattmann et al., "Align your Latents", 2023,
   * section 3.1). Its weights lie in {@code temp_resnets}. It normalises frame by frame.
   *
   * @param kernel frames, odd
   * @param shown whether it sees what is beside the latents ({@link ShownLayer})
   */
  record Residual(
      @JsonProperty("kernel") int kernel,
      @JsonInclude(JsonInclude.Include.NON_DEFAULT) @JsonProperty("shown") boolean shown)
      implements TemporalConvolution {
    public Residual {
      requireOdd(kernel);
    }

    /** Without anything beside. */
    public Residual(int kernel) {
      this(kernel, false);
    }

    /** From JSON, which says nothing where nothing is shown. */
    @JsonCreator
    static Residual read(
        @JsonProperty("kernel") int kernel,
        @JacksonInject(value = "absent", useInput = OptBoolean.TRUE, optional = OptBoolean.TRUE)
            @JsonProperty("shown")
            Optional<Boolean> shown) {
      return new Residual(kernel, shown.orElse(false));
    }

    @Override
    public Optional<TemporalLayer> after(TemporalBlock.Place place) {
      Parameters p = place.weights("temp_resnets");
      TemporalLayer.Joint joint = TemporalLayer.Joint.of(Merge.ALPHA, p);
      TemporalLayer layer = new TemporalResnet(place, kernel, NormScope.FRAME, p, joint);
      int more = place.config().takes() - place.config().gives();
      return Optional.of(
          shown && more > 0 ? new ShownLayer(layer, p.at("shown"), more, place.width()) : layer);
    }

    @Override
    public boolean has(String parameter) {
      return parameter.contains("temp_resnets.");
    }
  }

  /**
   * The same within residual blocks, blended by {@link Merge#MIX}, which normalises a clip as one:
   * Blattmann et al., "Stable Video Diffusion", 2023. Its weights lie in the residual block, in
   * {@code temporal_res_block} and {@code time_mixer}.
   *
   * @param kernel frames, odd
   * @param released whether its image network is that of the released weights: it lies in {@code
   *     spatial_res_block}, and has norms of its own
   */
  record Blended(@JsonProperty("kernel") int kernel, @JsonProperty("released") boolean released)
      implements TemporalConvolution {
    /** Of norms where the public code gives its blocks none. */
    private static final double UNSAID = 1e-6;

    public Blended {
      requireOdd(kernel);
    }

    @Override
    public Optional<TemporalLayer> after(TemporalBlock.Place place) {
      Parameters p = place.weights("resnets");
      TemporalLayer.Joint joint = TemporalLayer.Joint.of(Merge.MIX, p.at("time_mixer"), released);
      return Optional.of(
          new TemporalResnet(place, kernel, NormScope.CLIP, p.at("temporal_res_block"), joint));
    }

    @Override
    public Parameters image(Parameters resnet) {
      return released ? resnet.at("spatial_res_block") : resnet;
    }

    /**
     * Released: the style's own at the bottom and where the way down does not attend, else 1e-6.
     */
    @Override
    public double eps(TemporalBlock.Place place) {
      boolean own =
          switch (place.spot().way()) {
            case MIDDLE -> true;
            case DOWN -> place.heads() == 0;
            case UP -> false;
          };
      return own || !released ? place.config().style().eps() : UNSAID;
    }

    @Override
    public boolean has(String parameter) {
      return parameter.contains(".temporal_res_block.")
          || (parameter.contains("resnets.") && parameter.contains(".time_mixer."));
    }
  }

  /**
   * After every residual block four convolutions over time, told no level, beside the identity, as
   * which they start (Wang et al., "ModelScope Text-to-Video", 2023, section 3.3). Weights lie in
   * {@code temp_convs}. Each normalises a clip as one.
   *
   * @param kernel frames, odd
   */
  record Stack(@JsonProperty("kernel") int kernel) implements TemporalConvolution {
    public Stack {
      requireOdd(kernel);
    }

    @Override
    public Optional<TemporalLayer> after(TemporalBlock.Place place) {
      int groups = place.config().style().groups();
      return Optional.of(
          TemporalStack.of(place.weights("temp_convs"), place.width(), kernel, groups));
    }

    @Override
    public boolean has(String parameter) {
      return parameter.contains("temp_convs.");
    }
  }

  private static void requireOdd(int kernel) {
    if (kernel < 1 || kernel % 2 == 0) {
      throw new UserError(
          Fault.INVALID, "a kernel over time must be an odd number of frames, not " + kernel);
    }
  }
}
