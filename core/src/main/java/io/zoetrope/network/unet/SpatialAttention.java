package io.zoetrope.network.unet;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.zoetrope.diffusion.condition.Slot;
import io.zoetrope.network.FrameGroups;
import io.zoetrope.nn.Attention;
import io.zoetrope.torch.Tensors;
import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;

/** Whose keys and values a frame's tokens look at in the self-attention of an image layer. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
  @JsonSubTypes.Type(value = SpatialAttention.Self.class, name = "self"),
  @JsonSubTypes.Type(value = SpatialAttention.FirstFrame.class, name = "first-frame"),
  @JsonSubTypes.Type(value = SpatialAttention.SparseCausal.class, name = "sparse-causal"),
  @JsonSubTypes.Type(value = SpatialAttention.AllFrames.class, name = "all-frames"),
  @JsonSubTypes.Type(value = SpatialAttention.Ends.class, name = "ends"),
  @JsonSubTypes.Type(value = SpatialAttention.Apart.class, name = "apart")
})
public sealed interface SpatialAttention {
  /** Another pattern than the network's own, for a pass. */
  Slot<SpatialAttention> SLOT = Slot.setting("attention", SpatialAttention.class);

  /**
   * Self-attention by the pattern.
   *
   * @param x_BFNC tokens, N of them a frame
   * @param groups which frames may see each other; empty for all
   * @return the same shape, in the format of the precision policy
   */
  Tensor look(Attention attention, Tensor x_BFNC, Optional<FrameGroups> groups);

  /** Each frame looks at itself: the image network's own attention. */
  record Self() implements SpatialAttention {
    @Override
    public Tensor look(Attention attention, Tensor x_BFNC, Optional<FrameGroups> groups) {
      Tensor x_MNC = attention.input(x_BFNC.flatten(0, 1));
      return attention
          .cross(x_MNC, attention.context(x_MNC, Optional.empty()))
          .reshape(Tensors.shape(x_BFNC));
    }
  }

  /**
   * Every frame looks at the first frame alone, the first at itself (Khachatryan et al.,
   * "Text2Video-Zero", 2023, section 3.3.2).
   */
  record FirstFrame() implements SpatialAttention {
    @Override
    public Tensor look(Attention attention, Tensor x_BFNC, Optional<FrameGroups> groups) {
      if (groups.isPresent()) {
        Tensor x_MNC = attention.input(x_BFNC.flatten(0, 1));
        Attention.Context own = attention.context(x_MNC, Optional.empty());
        return attention
            .cross(x_MNC, own.rows(groups.get().first_M()))
            .reshape(Tensors.shape(x_BFNC));
      }
      Tensor first_BNC = x_BFNC.select(1, 0);
      return attention
          .cross(x_BFNC.flatten(1, 2), attention.context(first_BNC, Optional.empty()))
          .reshape(Tensors.shape(x_BFNC));
    }
  }

  /**
   * Every frame looks at the first and at the one before it; for the first both are itself (Wu et
   * al., "Tune-A-Video", 2023, eq. 5).
   */
  record SparseCausal() implements SpatialAttention {
    @Override
    public Tensor look(Attention attention, Tensor x_BFNC, Optional<FrameGroups> groups) {
      FrameGroups all = groups.orElseGet(() -> FrameGroups.whole(x_BFNC.size(0), x_BFNC.size(1)));
      if (all.alone()) {
        // Keys that are there twice weigh as if they were there once, but for rounding.
        return new Self().look(attention, x_BFNC, groups);
      }
      Tensor x_MNC = attention.input(x_BFNC.flatten(0, 1));
      Attention.Context own = attention.context(x_MNC, Optional.empty());
      Attention.Context seen =
          Attention.Context.beside(List.of(own.rows(all.first_M()), own.rows(all.previous_M())));
      return attention.cross(x_MNC, seen).reshape(Tensors.shape(x_BFNC));
    }
  }

  /**
   * Every frame looks at the first and at the last: at the key frames between which it lies (Zhang
   * et al., "ControlVideo", 2023, section 3.4).
   */
  record Ends() implements SpatialAttention {
    @Override
    public Tensor look(Attention attention, Tensor x_BFNC, Optional<FrameGroups> groups) {
      FrameGroups all = groups.orElseGet(() -> FrameGroups.whole(x_BFNC.size(0), x_BFNC.size(1)));
      Tensor x_MNC = attention.input(x_BFNC.flatten(0, 1));
      Attention.Context own = attention.context(x_MNC, Optional.empty());
      Attention.Context seen =
          Attention.Context.beside(List.of(own.rows(all.first_M()), own.rows(all.last_M())));
      return attention.cross(x_MNC, seen).reshape(Tensors.shape(x_BFNC));
    }
  }

  /**
   * Each frame looks at itself, in a network that is to make videos all the same: what the patterns
   * above are to be measured by.
   */
  record Apart() implements SpatialAttention {
    @Override
    public Tensor look(Attention attention, Tensor x_BFNC, Optional<FrameGroups> groups) {
      return new Self().look(attention, x_BFNC, groups);
    }
  }

  /**
   * All frames look at all frames, as if they were one large picture (Zhang et al., "ControlVideo",
   * 2023, section 3.2).
   */
  record AllFrames() implements SpatialAttention {
    @Override
    public Tensor look(Attention attention, Tensor x_BFNC, Optional<FrameGroups> groups) {
      Tensor all_BMC = attention.input(x_BFNC.flatten(1, 2));
      Optional<Tensor> mask =
          groups.map(g -> apart(Tensors.beside(x_BFNC, g.bias_BFF()), x_BFNC.size(2)));
      return attention
          .cross(all_BMC, attention.context(all_BMC, mask))
          .reshape(Tensors.shape(x_BFNC));
    }

    /** The same between N tokens of a frame: [B, F, F] -> [B, 1, F * N, F * N]. */
    private static Tensor apart(Tensor bias_BFF, long n) {
      long b = bias_BFF.size(0);
      long f = bias_BFF.size(1);
      return bias_BFF.reshape(b, f, 1, f, 1).expand(b, f, n, f, n).reshape(b, 1, f * n, f * n);
    }
  }
}
