package io.zoetrope.torch;

import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Generator;
import org.bytedeco.pytorch.GeneratorOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * One seeded stream of random numbers, always drawn on the CPU in f32 so that a seed means the same
 * on every device. Not for use by two threads at once.
 */
public final class RandomStream implements AutoCloseable {
  private final Generator generator;

  RandomStream(long key) {
    generator = torch.createCPUGenerator(key);
    generator.retainReference();
    PointerScope scope = PointerScope.getInnerScope();
    if (scope != null) {
      scope.detach(generator);
    }
  }

  /** Standard normal numbers of the given shape, f32. */
  public Tensor normal(long... shape) {
    return Tensors.zeros(shape).normal_(0, 1, new GeneratorOptional(generator));
  }

  /** Numbers uniform in [0, 1) of the given shape, f32. */
  public Tensor uniform(long... shape) {
    return Tensors.zeros(shape).uniform_(0, 1, new GeneratorOptional(generator));
  }

  /** The generator's whole state as a byte tensor, to be restored by {@link #restore}. */
  public Tensor state() {
    return generator.get_state();
  }

  public void restore(Tensor state) {
    generator.set_state(state);
  }

  @Override
  public void close() {
    generator.releaseReference();
  }
}
