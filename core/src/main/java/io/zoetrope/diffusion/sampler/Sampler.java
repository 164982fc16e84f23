package io.zoetrope.diffusion.sampler;

import io.zoetrope.diffusion.Levels;
import io.zoetrope.diffusion.X0Denoiser;
import io.zoetrope.diffusion.condition.Conditioning;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Moves every frame of a video from one noise level to another. Immutable: any number of runs, on
 * any threads, may share one sampler.
 */
public interface Sampler {
  /**
   * Begins one sampling run, which is for one thread.
   *
   * @param denoiser the network, its guidance, and bound to them what the video is conditioned on
   * @param noise where fresh noise comes from
   */
  Run begin(X0Denoiser denoiser, Noise noise);

  /**
   * Whether every step of it is the {@linkplain Move#straight straight} one, by the state of that
   * step alone and without noise: those are what {@link Rise.Inverse} takes back.
   */
  default boolean straight() {
    return false;
  }

  /** One sampling run and all that it remembers. Close it to free what it keeps. */
  abstract class Run implements AutoCloseable {
    protected final X0Denoiser denoiser;

    /** Where fresh noise comes from; changes when the window moves on. */
    protected Noise noise;

    private int step;
    private Rise rise = Rise.RENOISE;
    private UnaryOperator<Tensor> edit = UnaryOperator.identity();
    private Optional<Tensor> lastX0 = Optional.empty();

    protected Run(X0Denoiser denoiser, Noise noise) {
      this.denoiser = denoiser;
      this.noise = noise;
    }

    /**
     * One step: frames whose level falls are denoised by the algorithm, frames whose level rises
     * are noised again by the forward process (or as {@link #rising} says), frames whose level
     * stays are returned to the last bit.
     *
     * @param z_BCFHW the video at {@code from}
     * @param from_BF levels in [0, 1]; [1, F] and the like are broadcast
     * @param to_BF as {@code from_BF}
     * @return the video at {@code to}
     */
    public final Tensor step(Tensor z_BCFHW, Tensor from_BF, Tensor to_BF) {
      Levels from = denoiser.schedule().levels(from_BF, z_BCFHW);
      Levels aim = denoiser.schedule().levels(to_BF, z_BCFHW);
      Levels to = from.landings(aim, denoiser.schedule());
      Tensor result = z_BCFHW;
      if (from.any(to, (t, s) -> s.u() < t.u())) {
        Move move = new Move(z_BCFHW, from_BF, from, to, step);
        Tensor falling = edited(move, fall(move));
        result = torch.where(from.mask(to, (t, s) -> s.u() < t.u(), z_BCFHW), falling, z_BCFHW);
      }
      if (from.any(to, (t, s) -> s.u() > t.u())) {
        Rise.Ask ask = new Rise.Ask(this::x0, denoiser.schedule(), noise, step);
        Tensor rising = rise.rise(z_BCFHW, from, to, ask);
        result = torch.where(from.mask(to, (t, s) -> s.u() > t.u(), z_BCFHW), rising, result);
      }
      step++;
      return result;
    }

    /**
     * The algorithm: the video after this step. What it returns for frames that do not fall is
     * thrown away.
     */
    protected abstract Tensor fall(Move move);

    /** What a step made, with x0 as it shall be and eps as it was. */
    @SuppressWarnings("ReferenceEquality") // what is not changed is returned as it is
    private Tensor edited(Move move, Tensor made) {
      Optional<Tensor> said = lastX0();
      if (said.isEmpty()) {
        return made;
      }
      Tensor wanted = edit.apply(said.get());
      if (wanted == said.get()) {
        return made;
      }
      lastX0 = Optional.of(wanted);
      return made.add(wanted.sub(said.get()).mul(move.coefficient((t, s) -> s.alpha())));
    }

    /** Asks the denoiser, and remembers the answer as this step's preview. */
    protected final Tensor x0(Tensor z, Tensor u_BF) {
      Tensor x0 = denoiser.x0(z, u_BF, Conditioning.none());
      lastX0 = Optional.of(x0);
      return x0;
    }

    /** The clean video as last estimated; lives as long as the scope of the step that made it. */
    public final Optional<Tensor> lastX0() {
      return lastX0.filter(x0 -> !x0.isNull());
    }

    /** This with so many steps made before, elsewhere: noise is named by the number of its step. */
    final Run after(int steps) {
      step = steps;
      return this;
    }

    /** Where a step led from and to. */
    record Leg(Levels from, Levels to) {}

    /**
     * What its next step needs of those before it, besides the video that they led to: tensors by
     * name, which live until that step.
     *
     * @param step number of the next one
     * @return empty if it was begun already, and can be made again by nobody
     */
    public Optional<Map<String, Tensor>> past(int step) {
      return Optional.of(Map.of());
    }

    /**
     * Takes up what {@link #past} was in another run.
     *
     * @param legs of steps by their numbers
     */
    public void recall(Map<String, Tensor> past, IntFunction<Leg> legs) {}

    /** This with frames that rise in another way than by fresh noise. */
    public final Run rising(Rise other) {
      rise = other;
      return this;
    }

    /**
     * This with an edit of x0 in the steps to come: see {@link X0Edit}. It takes the video as the
     * network says it, and returns that very one where nothing is to be changed. For samplers whose
     * steps are {@linkplain Sampler#straight straight}.
     */
    final Run editing(UnaryOperator<Tensor> other) {
      edit = other;
      return this;
    }

    /**
     * Between steps: the window moves on over a longer video. What is remembered of frames that
     * stay moves with them.
     *
     * @param dropped how many frames leave at the beginning
     * @param added how many come in at the end
     */
    public void slide(int dropped, int added) {
      noise = noise.from(noise.firstFrame() + dropped);
    }

    /** Keeps a tensor beyond the scope of this step; {@link #drop} frees it. */
    protected static Tensor keep(Tensor tensor) {
      tensor.retainReference();
      return tensor;
    }

    /** Frees what {@link #keep} kept. */
    protected static void drop(Tensor tensor) {
      tensor.releaseReference();
    }

    @Override
    public void close() {}
  }
}
