package io.zoetrope.pixels;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.torch.Ops;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;

/**
 * How near things are, by any network that says so of a picture: near is white. One scale holds for
 * the whole video, from its farthest place to its nearest; with a scale for each frame it would
 * flicker.
 *
 * @param graph [1, 3, h, w] -> [1, h, w] or [1, 1, h, w], the larger the nearer; borrowed
 * @param kind of network: what it wants to be shown
 */
public record Depth(TensorGraph graph, Kind kind) implements Annotator {
  /** What networks of depth want to be shown. */
  public enum Kind {
    /** MiDaS, whose files normalise by themselves: 0..1, 256 pixels. */
    MIDAS(256, 32) {
      @Override
      Tensor shown(Tensor x) {
        return x;
      }
    },

    /** DPT: -1..1, 384 pixels. */
    DPT(384, 32) {
      @Override
      Tensor shown(Tensor x) {
        return Ops.add(Ops.mul(x, 2), -1);
      }
    },

    /** Depth Anything: ImageNet's mean and deviation, 518 pixels, sides of patches of 14. */
    DEPTH_ANYTHING(518, 14) {
      @Override
      Tensor shown(Tensor x) {
        Tensor mean = Tensors.of(new float[] {0.485f, 0.456f, 0.406f}, 1, 3, 1, 1);
        Tensor deviation = Tensors.of(new float[] {0.229f, 0.224f, 0.225f}, 1, 3, 1, 1);
        return x.sub(mean).div(deviation);
      }
    };

    private final int side;
    private final int multiple;

    Kind(int side, int multiple) {
      this.side = side;
      this.multiple = multiple;
    }

    /** x [1, 3, h, w] 0..1 as the network wants it. */
    abstract Tensor shown(Tensor x);

    /** The word for it, such as {@code depth-anything}. */
    public String word() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The one that a text speaks of, such as the name of a file. */
    public static Optional<Kind> meant(String text) {
      String plain = text.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]", "");
      for (Kind kind : values()) {
        if (plain.contains(kind.word().replace("-", ""))) {
          return Optional.of(kind);
        }
      }
      return Optional.empty();
    }

    /** The side of a picture for it: that of the file, or about as said, in its multiples. */
    long side(long asked, long given, long shorter) {
      if (asked > 0) {
        return asked;
      }
      double scaled = (double) given * side / shorter;
      return Math.max(1, Math.round(scaled / multiple)) * multiple;
    }
  }

  @Override
  public String word() {
    return "depth";
  }

  /**
   * {@inheritDoc}
   *
   * @throws UserError if what the network says is no picture of depths
   */
  @Override
  public Tensor hints(Tensor x_F3HW) {
    TensorGraph.Port port = graph.inputs().getFirst();
    long height = x_F3HW.size(2);
    long width = x_F3HW.size(3);
    long shorter = Math.min(height, width);
    long h = kind.side(port.at(2), height, shorter);
    long w = kind.side(port.at(3), width, shorter);
    return Scopes.tensor(() -> {
      List<Tensor> depths = new ArrayList<>();
      for (long f = 0; f < x_F3HW.size(0); f++) {
        Tensor frame = x_F3HW.narrow(0, f, 1);
        Tensor said = Scopes.tensor(() -> graph.run(List.of(kind.shown(Resample.to(frame, h, w)))));
        depths.add(Resample.to(picture(said), height, width));
      }
      Tensor all = Tensors.stack(depths, 0).unsqueeze(1);
      double low = all.min().item_double();
      double span = all.max().item_double() - low;
      Tensor unit = Ops.mul(Ops.add(all, -low), span > 0 ? 1 / span : 0);
      return unit.expand(all.size(0), 3, height, width).contiguous();
    });
  }

  /** [h, w] of [1, h, w] or [1, 1, h, w]. */
  private static Tensor picture(Tensor said) {
    long axes = said.dim();
    if (axes < 2 || said.numel() != said.size(axes - 1) * said.size(axes - 2)) {
      throw new UserError(
          Fault.MISMATCH,
          "a network of depth says one number for each pixel, this one %s"
              .formatted(java.util.Arrays.toString(Tensors.shape(said))));
    }
    return said.reshape(said.size(axes - 2), said.size(axes - 1));
  }
}
