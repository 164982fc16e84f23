package io.zoetrope.network;

import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.torch.Tensors;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Blocks that frames leave out ({@link Conditioning#LEFT_OUT}): their tokens pass by such a block
 * as if it were not there. Where only some of the frames that are seen together leave it out, the
 * others go through it and still look at them.
 */
public final class LeftOut {
  private static final LeftOut NONE = new LeftOut(new boolean[0][], 0, 0);

  private final boolean[][] out;
  private final long batch;
  private final long frames;

  /**
   * @param out by block, and within it by clip and frame
   */
  private LeftOut(boolean[][] out, long batch, long frames) {
    this.out = out;
    this.batch = batch;
    this.frames = frames;
  }

  /**
   * What is told of it.
   *
   * @param depth blocks of the network
   * @throws IllegalArgumentException if it is told of a block that it has not
   */
  public static LeftOut of(Conditioning conditioning, long batch, long frames, int depth) {
    Optional<Tensor> told = conditioning.get(Conditioning.LEFT_OUT);
    if (told.isEmpty()) {
      return NONE;
    }
    Tensor told_BFN = told.get().expand(batch, frames, told.get().size(2));
    int width = Math.toIntExact(told_BFN.size(2));
    float[] flags = Tensors.toFloats(told_BFN);
    boolean[][] out = new boolean[width][flags.length / width];
    for (int i = 0; i < flags.length; i++) {
      out[i % width][i / width] = flags[i] != 0;
    }
    if (width > depth && any(out[width - 1])) {
      throw new IllegalArgumentException(
          "a network of %s blocks cannot leave out block %s".formatted(depth, width - 1));
    }
    return new LeftOut(out, batch, frames);
  }

  private static boolean any(boolean[] flags) {
    for (boolean flag : flags) {
      if (flag) {
        return true;
      }
    }
    return false;
  }

  /** Whether all frames leave a block out. */
  public boolean wholly(int block) {
    if (block >= out.length) {
      return false;
    }
    for (boolean flag : out[block]) {
      if (!flag) {
        return false;
      }
    }
    return true;
  }

  /**
   * What goes on after a block.
   *
   * @param x_BFND before it
   * @param made_BFND what it makes of that
   */
  public Tensor after(int block, Tensor x_BFND, Tensor made_BFND) {
    if (block >= out.length || !any(out[block])) {
      return made_BFND;
    }
    float[] flags = new float[out[block].length];
    for (int i = 0; i < flags.length; i++) {
      flags[i] = out[block][i] ? 1 : 0;
    }
    Tensor mask =
        Tensors.beside(x_BFND, Tensors.of(flags, batch, frames, 1, 1)).to(ScalarType.Bool);
    return torch.where(mask, x_BFND, made_BFND);
  }
}
