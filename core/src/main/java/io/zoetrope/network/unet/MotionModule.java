package io.zoetrope.network.unet;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.network.FrameGroups;
import io.zoetrope.network.FrameWindows;
import io.zoetrope.network.MotionStrength;
import io.zoetrope.nn.Attention;
import io.zoetrope.nn.GatedFeedForward;
import io.zoetrope.nn.GroupNorm;
import io.zoetrope.nn.Init;
import io.zoetrope.nn.LayerNorm;
import io.zoetrope.nn.Linear;
import io.zoetrope.nn.Parameters;
import io.zoetrope.torch.Ops;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * A transformer over the frames of a clip, each place of the picture for itself, beside the
 * identity ({@link TemporalBlock.MotionModule}, {@link TemporalBlock.DoubleSelf}).
 */
final class MotionModule implements TemporalLayer {
  /** The table of sinusoids, [1, frames, C], by name within a transformer block. */
  static final String TABLE = "pos_embed.pe";

  /**
   * What its kinds differ in.
   *
   * @param heads of attention
   * @param inner features within; the heads split them
   * @param blocks how many
   * @param attentions over frames in each block
   * @param headNorm whether queries and keys are normalised
   * @param frames rows of the table of sinusoids; empty where frames are not told their number
   * @param norms of what reach
   */
  record Shape(
      int heads,
      long inner,
      int blocks,
      int attentions,
      boolean headNorm,
      OptionalInt frames,
      NormScope norms) {
    Shape {
      if (inner % heads != 0) {
        throw new UserError(
            Fault.INVALID,
            "width %s does not split into a motion module's %s heads".formatted(inner, heads));
      }
    }

    private Attention attention(Parameters p) {
      return headNorm
          ? Attention.self(p, inner, heads, Init.xavier())
          : Attention.plain(p, inner, inner, heads, Init.xavier());
    }
  }

  private final NormScope norms;
  private final GroupNorm norm;
  private final Linear in;
  private final List<Block> blocks = new ArrayList<>();
  private final Linear out;

  /** Attention over frames, once or twice, and a feed-forward layer. */
  record Block(
      List<LayerNorm> norms,
      List<Attention> attentions,
      Optional<Tensor> table_1LC,
      LayerNorm norm3,
      GatedFeedForward feedForward) {

    static Block of(Shape shape, Parameters p) {
      long width = shape.inner;
      List<LayerNorm> norms = new ArrayList<>();
      List<Attention> attentions = new ArrayList<>();
      Optional<Tensor> table =
          shape.frames.isPresent()
              ? Optional.of(
                  p.at("pos_embed")
                      .buffer("pe", Init.sinusoids(), 1, shape.frames.getAsInt(), width))
              : Optional.empty();
      for (int i = 1; i <= shape.attentions; i++) {
        norms.add(LayerNorm.of(p.at("norm" + i), width));
        attentions.add(shape.attention(p.at("attn" + i)));
      }
      return new Block(
          norms,
          attentions,
          table,
          LayerNorm.of(p.at("norm3"), width),
          GatedFeedForward.of(p.at("ff"), width, 4, Init.xavier()));
    }

    Tensor forward(Tensor x_BFNC, Pass pass) {
      Tensor whole = x_BFNC.to(ScalarType.Float);
      Tensor x =
          pass.windows()
              .map(w -> inWindows(whole, w.over((int) pass.frames()), pass))
              .orElseGet(() -> attended(whole, pass.times(), pass.groups_B11FF(), pass.strength()));
      return feedForward.addOver(x, norm3);
    }

    private Tensor attended(
        Tensor x_BFNC, float[] times, Optional<Tensor> bias_B11FF, MotionStrength strength) {
      Optional<Tensor> positions_F1C =
          table_1LC.map(table -> positions(table.select(0, 0), times).unsqueeze(1));
      Tensor x = x_BFNC;
      for (int i = 0; i < attentions.size(); i++) {
        LayerNorm norm = norms.get(i);
        Attention attention = attentions.get(i);
        Tensor before = x;
        x =
            Scopes.part(() -> {
              Tensor normed = norm.forward(before);
              Tensor seen = positions_F1C.map(p -> Ops.addOver(normed, p)).orElse(normed);
              return before.add(strength.attended(attention.overFrames(seen, bias_B11FF)));
            });
      }
      return x;
    }

    /** Each window as a clip that begins at moment 0; where they overlap, their weighted mean. */
    private Tensor inWindows(Tensor x_BFNC, List<FrameWindows.Window> windows, Pass pass) {
      float[] sums = new float[pass.times().length];
      Tensor sum = Tensors.zeros(Tensors.shape(x_BFNC)).to(x_BFNC.device(), x_BFNC.scalar_type());
      for (FrameWindows.Window window : windows) {
        int first = window.first();
        int count = window.weights().length;
        float[] times = new float[count];
        for (int i = 0; i < count; i++) {
          times[i] = pass.times()[first + i] - pass.times()[first];
          sums[first + i] += window.weights()[i];
        }
        Optional<Tensor> bias =
            pass.groups_B11FF().map(b -> b.narrow(3, first, count).narrow(4, first, count));
        MotionStrength strength = pass.strength().frames(first, count);
        Tensor part = attended(x_BFNC.narrow(1, first, count), times, bias, strength);
        Tensor weights = Tensors.of(window.weights().clone(), count, 1, 1);
        sum.narrow(1, first, count).add_(part.mul(weights.to(part.device(), part.scalar_type())));
      }
      Tensor all = Tensors.of(sums, sums.length, 1, 1).to(sum.device(), sum.scalar_type());
      return sum.div(all);
    }

    /** Rows of the table for the moments of frames, [F, C]; between two rows their mixture. */
    private static Tensor positions(Tensor table_LC, float[] times) {
      long length = table_LC.size(0);
      long[] rows = new long[times.length];
      float[] rest = new float[times.length];
      boolean whole = true;
      for (int i = 0; i < times.length; i++) {
        if (!(times[i] >= 0 && times[i] <= length - 1)) {
          throw new UserError(
              Fault.INVALID,
              "this motion module was made for clips of at most %s frames, not for a frame at %s"
                  .formatted(length, times[i]));
        }
        rows[i] = Math.min((long) times[i], Math.max(0, length - 2));
        rest[i] = times[i] - rows[i];
        whole &= times[i] == Math.rint(times[i]);
      }
      if (whole) {
        for (int i = 0; i < times.length; i++) {
          rows[i] = (long) times[i];
        }
        return rows(table_LC, rows);
      }
      Tensor low = rows(table_LC, rows);
      for (int i = 0; i < rows.length; i++) {
        rows[i]++;
      }
      Tensor high = rows(table_LC, rows);
      Tensor part_F1 = Tensors.beside(table_LC, Tensors.of(rest, rest.length, 1));
      return low.add(high.sub(low).mul(part_F1));
    }

    private static Tensor rows(Tensor table_LC, long[] rows) {
      return table_LC.index_select(0, Tensors.beside(table_LC, Tensors.of(rows, rows.length)));
    }
  }

  /**
   * @param groups of its first norm
   * @param width of what comes in and goes out
   */
  MotionModule(Shape shape, int groups, Parameters p, long width) {
    norms = shape.norms;
    norm = GroupNorm.of(p.at("norm"), width, groups, 1e-6);
    in = Linear.of(p.at("proj_in"), width, shape.inner, Init.xavier());
    for (int i = 0; i < shape.blocks; i++) {
      blocks.add(Block.of(shape, p.at("transformer_blocks").at(i)));
    }
    out = Linear.of(p.at("proj_out"), shape.inner, width, Init.ZEROS);
  }

  @Override
  public Tensor forward(Tensor x_MCHW, Pass pass) {
    Tensor h = Scopes.part(() -> in.forward(normalised(x_MCHW, pass)));
    for (Block block : blocks) {
      Tensor before = h;
      h = Scopes.part(() -> block.forward(before, pass));
    }
    Tensor after = h;
    return Scopes.part(
        () -> x_MCHW.add(Pass.image(pass.strength().all(out.forward(after)), x_MCHW)));
  }

  private Tensor normalised(Tensor x_MCHW, Pass pass) {
    return norms == NormScope.FRAME
        ? pass.tokens(norm.forward(x_MCHW))
        : asClips(pass.tokens(x_MCHW), pass.groups());
  }

  /** Each clip normalised as one; where frames fall into groups, each group as one. */
  private Tensor asClips(Tensor x_BFNC, Optional<FrameGroups> groups) {
    if (groups.isEmpty()) {
      return asOne(x_BFNC);
    }
    List<Tensor> clips = new ArrayList<>();
    for (int clip = 0; clip < x_BFNC.size(0); clip++) {
      List<Tensor> parts = new ArrayList<>();
      List<Long> order = new ArrayList<>();
      for (long[] members : groups.get().members(clip)) {
        Tensor rows = Tensors.beside(x_BFNC, Tensors.of(members, members.length));
        parts.add(asOne(x_BFNC.narrow(0, clip, 1).index_select(1, rows)));
        for (long f : members) {
          order.add(f);
        }
      }
      Tensor back = Tensors.of(order.stream().mapToLong(Long::longValue).toArray(), order.size());
      clips.add(Tensors.cat(parts, 1).index_select(1, Tensors.beside(x_BFNC, back.argsort())));
    }
    return Tensors.cat(clips, 0);
  }

  private Tensor asOne(Tensor x_BFNC) {
    return norm.forward(x_BFNC.permute(0, 3, 1, 2)).permute(0, 2, 3, 1);
  }
}
