package io.zoetrope.pixels;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.torch.Ops;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/**
 * Any network that makes a frame of two: [1, 3, H, W] twice, and perhaps when between them, to [1,
 * 3, H, W], values 0..1.
 *
 * @param graph that makes them; borrowed
 */
public record GraphInterpolator(TensorGraph graph) implements FrameInterpolator {
  public GraphInterpolator {
    int count = graph.inputs().size();
    if (count != 2 && count != 3) {
      throw new UserError(
          Fault.MISMATCH,
          "a network between frames takes two of them, and perhaps a time: this one takes %s inputs"
              .formatted(count));
    }
  }

  @Override
  public Tensor between(Tensor a_N3HW, Tensor b_N3HW, double t) {
    return Scopes.tensor(() -> {
      List<Tensor> made = new ArrayList<>();
      for (long n = 0; n < a_N3HW.size(0); n++) {
        List<Tensor> inputs =
            new ArrayList<>(List.of(a_N3HW.narrow(0, n, 1), b_N3HW.narrow(0, n, 1)));
        if (graph.inputs().size() == 3) {
          inputs.add(Tensors.full(t, shape(graph.inputs().get(2))));
        }
        Tensor frame = graph.run(inputs);
        if (!Arrays.equals(Tensors.shape(frame), Tensors.shape(inputs.getFirst()))) {
          throw new UserError(
              Fault.MISMATCH,
              "the network between frames made %s of two frames of %s"
                  .formatted(
                      Arrays.toString(Tensors.shape(frame)),
                      Arrays.toString(Tensors.shape(inputs.getFirst()))));
        }
        made.add(Ops.clamp(frame, 0, 1));
      }
      return Tensors.cat(made, 0);
    });
  }

  private static long[] shape(TensorGraph.Port port) {
    return port.shape().stream().mapToLong(n -> Math.max(1, n)).toArray();
  }
}
