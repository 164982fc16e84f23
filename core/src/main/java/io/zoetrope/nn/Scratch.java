package io.zoetrope.nn;

import io.zoetrope.torch.PackedTensor;
import io.zoetrope.torch.Precision;
import io.zoetrope.torch.Scopes;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.Tensor;

/**
 * Where packed weights of a network are unpacked to, one after another: memory of the largest of
 * them, taken once. (To get memory from the system anew costs more than to unpack into it.)
 */
final class Scratch implements AutoCloseable {
  private final ReentrantLock taken = new ReentrantLock();
  private Optional<Tensor> room = Optional.empty();

  /**
   * Computes with a weight.
   *
   * @param kept whether a graph keeps the weight; so does a second thread take memory of its own
   * @param compute its result must not view the weight
   */
  Tensor with(
      PackedTensor weight, Precision precision, boolean kept, UnaryOperator<Tensor> compute) {
    if (kept || !taken.tryLock()) {
      return Scopes.tensor(() -> compute.apply(weight.dense(precision.matmul())));
    }
    try {
      return Scopes.tensor(() -> compute.apply(weight.denseIn(room(weight, precision))));
    } finally {
      taken.unlock();
    }
  }

  private Tensor room(PackedTensor weight, Precision precision) {
    long needed = weight.numel();
    boolean fits = room.isPresent() && precision.fits(room.get()) && room.get().numel() >= needed;
    if (!fits) {
      close();
      room = Optional.of(Scopes.keep(Scopes.tensor(() -> weight.room(precision.matmul()))));
    }
    return room.orElseThrow().narrow(0, 0, needed);
  }

  /** Gives the memory back; it is taken again when it is needed. */
  @Override
  public void close() {
    taken.lock();
    try {
      room.ifPresent(Scopes::free);
      room = Optional.empty();
    } finally {
      taken.unlock();
    }
  }
}
