package io.zoetrope.network.vae.tiny;

import io.zoetrope.nn.Conv2d;
import io.zoetrope.nn.Init;
import io.zoetrope.nn.Parameters;
import io.zoetrope.torch.Ops;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** A part of the network, which frames pass through one after another. */
interface Step {
  /**
   * The next frame.
   *
   * @param frame_BCHW is not changed
   * @param held of the frames before it
   * @param next is given what comes out, at once and frame by frame: none, one or several
   */
  void next(Tensor frame_BCHW, Held held, Consumer<Tensor> next);

  /** What each frame becomes by itself. */
  record Each(UnaryOperator<Tensor> body) implements Step {
    @Override
    public void next(Tensor frame_BCHW, Held held, Consumer<Tensor> next) {
      next.accept(Scopes.tensor(() -> body.apply(frame_BCHW)));
    }
  }

  /** A block that sees the frame before its own, which is zeros before the first. */
  record Remembering(TinyBlock block) implements Step {
    static Remembering of(Parameters p, long width) {
      return new Remembering(TinyBlock.of(p, 2 * width, width));
    }

    @Override
    public void next(Tensor frame_BCHW, Held held, Consumer<Tensor> next) {
      Tensor made =
          Scopes.tensor(() -> {
            Tensor before = held.last(this).orElseGet(() -> torch.zeros_like(frame_BCHW));
            return block.forward(Tensors.cat(List.of(frame_BCHW, before), 1), frame_BCHW);
          });
      held.remember(this, frame_BCHW);
      next.accept(made);
    }
  }

  /** So many frames become one. */
  record Pool(Conv2d conv, int frames) implements Step {
    static Pool of(Parameters p, long width, int frames) {
      return new Pool(
          Conv2d.unbiased(p.at("conv"), frames * width, width, 1, 1, Init.fanIn(1)), frames);
    }

    @Override
    public void next(Tensor frame_BCHW, Held held, Consumer<Tensor> next) {
      if (held.await(this, frame_BCHW) < frames) {
        return;
      }
      Tensor made = Scopes.tensor(() -> conv.forward(Tensors.cat(held.waiting(this), 1)));
      held.release(this);
      next.accept(made);
    }
  }

  /** A frame becomes so many. */
  record Grow(Conv2d conv, int frames) implements Step {
    static Grow of(Parameters p, long width, int frames) {
      return new Grow(
          Conv2d.unbiased(p.at("conv"), width, frames * width, 1, 1, Init.fanIn(1)), frames);
    }

    @Override
    public void next(Tensor frame_BCHW, Held held, Consumer<Tensor> next) {
      Tensor all = Scopes.tensor(() -> conv.forward(frame_BCHW));
      long width = all.size(1) / frames;
      for (int i = 0; i < frames; i++) {
        next.accept(all.narrow(1, i * width, width));
      }
    }
  }

  /** Twice as high and wide, each place four times. */
  static Step larger() {
    return new Each(x -> Ops.nearest(x, 2 * x.size(2), 2 * x.size(3)));
  }
}
