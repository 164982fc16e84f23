package io.zoetrope.network.unet;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.zoetrope.network.FrameGroups;
import io.zoetrope.nn.GroupNorm;
import io.zoetrope.torch.Tensors;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;

/**
 * Over which pixels a group norm takes its mean and deviation. Programs that run the same weights
 * differ in it, and weights go with the one that they were trained under.
 */
public enum NormScope {
  /** Those of a frame: an image network's own. */
  @JsonProperty("frame")
  FRAME {
    @Override
    Tensor apply(GroupNorm norm, Tensor x_MCHW, Pass pass) {
      return norm.forward(x_MCHW);
    }
  },

  /** Those of all frames of a clip or, where frames fall into groups, of a group. */
  @JsonProperty("clip")
  CLIP {
    @Override
    Tensor apply(GroupNorm norm, Tensor x_MCHW, Pass pass) {
      Optional<FrameGroups> groups = pass.groups();
      if (pass.frames() == 1 || groups.filter(FrameGroups::alone).isPresent()) {
        return norm.forward(x_MCHW);
      }
      return groups.isEmpty()
          ? together(norm, x_MCHW, pass.frames())
          : byGroups(norm, x_MCHW, pass.frames(), groups.get());
    }
  };

  /** x [B * F, C, H, W] -> the same shape, normalised. */
  abstract Tensor apply(GroupNorm norm, Tensor x_MCHW, Pass pass);

  /** Frames one below the other are a picture. */
  private static Tensor together(GroupNorm norm, Tensor x_MCHW, long frames) {
    long c = x_MCHW.size(1);
    long h = x_MCHW.size(2);
    long w = x_MCHW.size(3);
    Tensor tall = x_MCHW.permute(0, 2, 3, 1).reshape(-1, frames * h, w, c).permute(0, 3, 1, 2);
    return norm.forward(tall).permute(0, 2, 3, 1).reshape(-1, h, w, c).permute(0, 3, 1, 2);
  }

  private static Tensor byGroups(GroupNorm norm, Tensor x_MCHW, long frames, FrameGroups groups) {
    List<Tensor> parts = new ArrayList<>();
    List<Long> order = new ArrayList<>();
    for (int clip = 0; clip < x_MCHW.size(0) / frames; clip++) {
      for (long[] members : groups.members(clip)) {
        long[] rows = new long[members.length];
        for (int i = 0; i < rows.length; i++) {
          rows[i] = clip * frames + members[i];
          order.add(rows[i]);
        }
        Tensor index = Tensors.beside(x_MCHW, Tensors.of(rows, rows.length));
        parts.add(together(norm, x_MCHW.index_select(0, index), rows.length));
      }
    }
    Tensor rows = Tensors.of(order.stream().mapToLong(Long::longValue).toArray(), order.size());
    return Tensors.cat(parts, 0).index_select(0, Tensors.beside(x_MCHW, rows.argsort()));
  }
}
