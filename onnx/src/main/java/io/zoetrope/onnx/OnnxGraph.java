package io.zoetrope.onnx;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.pixels.TensorGraph;
import io.zoetrope.torch.Tensors;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;

/** A network of ONNX, of f32. */
final class OnnxGraph implements TensorGraph {
  private final Path file;
  private final OrtEnvironment environment;
  private final OrtSession session;
  private final List<Port> inputs;

  private OnnxGraph(Path file, OrtEnvironment environment, OrtSession session, List<Port> inputs) {
    this.file = file;
    this.environment = environment;
    this.session = session;
    this.inputs = List.copyOf(inputs);
  }

  static OnnxGraph of(Path file, OrtEnvironment environment, OrtSession session)
      throws OrtException {
    List<Port> ports = new ArrayList<>();
    for (NodeInfo node : session.getInputInfo().values()) {
      if (!(node.getInfo() instanceof TensorInfo info) || info.type != OnnxJavaType.FLOAT) {
        session.close();
        throw new UserError(
            Fault.UNSUPPORTED,
            "'%s' wants %s of another kind than f32".formatted(file, node.getName()));
      }
      ports.add(new Port(node.getName(), Arrays.stream(info.getShape()).boxed().toList()));
    }
    if (ports.isEmpty()) {
      session.close();
      throw new UserError(Fault.UNSUPPORTED, "'%s' takes nothing in".formatted(file));
    }
    return new OnnxGraph(file, environment, session, ports);
  }

  @Override
  public List<Port> inputs() {
    return inputs;
  }

  @Override
  public Tensor run(List<Tensor> tensors) {
    Map<String, OnnxTensor> fed = new LinkedHashMap<>();
    try {
      for (int i = 0; i < inputs.size(); i++) {
        Tensor x = tensors.get(i);
        fed.put(
            inputs.get(i).name(),
            OnnxTensor.createTensor(
                environment, FloatBuffer.wrap(Tensors.toFloats(x.contiguous())), Tensors.shape(x)));
      }
      try (OrtSession.Result result = session.run(fed)) {
        if (!(result.get(0) instanceof OnnxTensor out)
            || out.getInfo().type != OnnxJavaType.FLOAT) {
          throw new UserError(
              Fault.UNSUPPORTED, "'%s' says something else than f32".formatted(file));
        }
        FloatBuffer values = out.getFloatBuffer();
        float[] copy = new float[values.remaining()];
        values.get(copy);
        return Tensors.of(copy, out.getInfo().getShape());
      }
    } catch (OrtException e) {
      throw new UserError(
          Fault.MISMATCH,
          "'%s' cannot be run on %s"
              .formatted(
                  file, tensors.stream().map(x -> Arrays.toString(Tensors.shape(x))).toList()),
          e);
    } finally {
      fed.values().forEach(OnnxTensor::close);
    }
  }

  @Override
  public void close() {
    try {
      session.close();
    } catch (OrtException e) {
      throw new IllegalStateException(e);
    }
  }
}
