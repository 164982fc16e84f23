package io.zoetrope.pixels;

import java.util.List;
import org.bytedeco.pytorch.Tensor;

/** A network in a file of another runtime: f32 tensors in, f32 tensors out. */
public interface TensorGraph extends AutoCloseable {
  /**
   * What goes in.
   *
   * @param name by which the file knows it
   * @param shape of it; -1 where any number will do
   */
  record Port(String name, List<Long> shape) {
    public Port {
      shape = List.copyOf(shape);
    }

    /** The number at an axis; -1 where any will do, or where there is no such axis. */
    public long at(int axis) {
      return axis < shape.size() ? shape.get(axis) : -1;
    }
  }

  /** Its inputs, in the order of the file. */
  List<Port> inputs();

  /**
   * Runs it.
   *
   * @param inputs one for each port, f32
   * @return its first output, f32, owned by the caller's scope
   * @throws io.zoetrope.error.UserError if it cannot be run on them
   */
  Tensor run(List<Tensor> inputs);

  @Override
  void close();
}
