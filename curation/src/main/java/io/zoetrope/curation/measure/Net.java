package io.zoetrope.curation.measure;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.pixels.GraphRuntime;
import io.zoetrope.pixels.TensorGraph;
import io.zoetrope.torch.ScriptModule;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;

/** A network of one input, of ONNX or TorchScript. Open as long as the process. */
@FunctionalInterface
interface Net {
  Tensor run(Tensor x);

  /**
   * The file of a name, with whichever ending.
   *
   * @throws UserError if there is none
   */
  static Path file(Path folder, String name) {
    Path onnx = folder.resolve(name + GraphRuntime.ENDING);
    Path script = folder.resolve(name + ".pt");
    if (!Files.isRegularFile(onnx) && !Files.isRegularFile(script)) {
      throw new UserError(
          Fault.NOT_FOUND, "there is no %s.onnx or %s.pt in '%s'".formatted(name, name, folder));
    }
    return Files.isRegularFile(onnx) ? onnx : script;
  }

  static Net open(Path file) {
    if (file.toString().endsWith(GraphRuntime.ENDING)) {
      TensorGraph graph = GraphRuntime.found().open(file);
      if (graph.inputs().size() != 1) {
        throw new UserError(
            Fault.UNSUPPORTED,
            "'%s' takes %s inputs, and one is given".formatted(file, graph.inputs().size()));
      }
      return x -> graph.run(List.of(x));
    }
    ScriptModule module = ScriptModule.load(file);
    return x -> module.forward(x, Map.of());
  }
}
