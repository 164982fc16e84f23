package io.zoetrope.pipeline;

import io.zoetrope.checkpoint.WeightFile;
import io.zoetrope.checkpoint.WeightSet;
import io.zoetrope.checkpoint.gguf.GgufBytes;
import io.zoetrope.checkpoint.safetensors.Safetensors;
import io.zoetrope.torch.PackedTensor;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** Models of which the weights are put into fewer bits. */
public final class Quantised {
  private static final String ENDING = ".safetensors";

  private Quantised() {}

  /** Every safetensors file of a folder as GGUF: matrices of whole blocks as Q8_0, the rest f32. */
  public static void gguf(Path folder) {
    each(folder, Quantised::gguf);
  }

  /** Every safetensors file of a folder in 8-bit floats: all matrices and kernels. */
  public static void fp8(Path folder) {
    each(folder, Quantised::fp8);
  }

  /** Every quantised file of a folder as safetensors in f32. */
  public static void dense(Path folder) {
    each(folder, Quantised::dense);
  }

  private interface Conversion {
    void convert(Path file, WeightSet weights) throws IOException;
  }

  private static void each(Path folder, Conversion conversion) {
    try (Stream<Path> files = Files.walk(folder)) {
      List<Path> found =
          files
              .filter(f -> f.toString().endsWith(ENDING) || f.toString().endsWith(".gguf"))
              .toList();
      for (Path file : found) {
        try (WeightSet weights = WeightSet.open(file)) {
          conversion.convert(file, weights);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static final int ROW = 64;

  private static Path named(Path file, String ending) {
    String name = String.valueOf(file.getFileName());
    return file.resolveSibling(name.substring(0, name.lastIndexOf('.')) + ending);
  }

  private static void gguf(Path file, WeightSet weights) throws IOException {
    GgufBytes out = new GgufBytes().key("general.architecture", "sd1");
    weights
        .tensors()
        .forEach((name, tensor) -> {
          long[] shape = Tensors.shape(tensor);
          if (shape.length == 2 && shape[1] % 32 == 0) {
            out.tensor(name, GgufBytes.Q8_0, q8_0(Tensors.toFloats(tensor)), shape);
          } else if (shape.length == 4 && tensor.numel() % ROW == 0) {
            // Kernels of convolutions are laid out in rows of whole blocks, as ComfyUI-GGUF does
            // it.
            out.shaped(name, shape);
            float[] numbers = Tensors.toFloats(tensor);
            out.tensor(name, GgufBytes.Q8_0, q8_0(numbers), numbers.length / ROW, ROW);
          } else {
            byte[] plain = Scopes.value(() -> Tensors.toBytes(tensor.to(ScalarType.Float)));
            out.tensor(name, GgufBytes.F32, plain, shape);
          }
        });
    Files.write(named(file, ".gguf"), out.bytes());
    Files.delete(file);
  }

  private static byte[] q8_0(float[] x) {
    ByteBuffer out = ByteBuffer.allocate(x.length / 32 * 34).order(ByteOrder.LITTLE_ENDIAN);
    for (int block = 0; block < x.length; block += 32) {
      float most = 0;
      for (int i = block; i < block + 32; i++) {
        most = Math.max(most, Math.abs(x[i]));
      }
      float d = most / 127;
      out.putShort(Float.floatToFloat16(d));
      for (int i = block; i < block + 32; i++) {
        out.put((byte) (d == 0 ? 0 : Math.round(x[i] / d)));
      }
    }
    return out.array();
  }

  private static void fp8(Path file, WeightSet weights) throws IOException {
    Map<String, Tensor> out = new LinkedHashMap<>();
    out.put("scaled_fp8", Tensors.zeros(ScalarType.Float8_e4m3fn, 0));
    weights
        .tensors()
        .forEach((name, tensor) -> {
          if (tensor.dim() < 2 || !name.endsWith(".weight")) {
            out.put(name, Scopes.keep(tensor.clone()));
            return;
          }
          Tensor full = tensor.to(ScalarType.Float);
          float scale = Math.max(full.abs().max().item_float(), 1e-6f) / 448;
          out.put(name, full.div(new Scalar(scale)).to(ScalarType.Float8_e4m3fn));
          out.put(name.replaceAll("weight$", "scale_weight"), Tensors.full(scale));
        });
    Path other = named(file, ".part");
    Safetensors.write(other, out, weights.metadata());
    Files.move(other, file, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
  }

  private static void dense(Path file, WeightSet weights) throws IOException {
    Map<String, Tensor> out = new LinkedHashMap<>();
    weights
        .tensors()
        .forEach((name, tensor) -> out.put(name, PackedTensor.dense(tensor, ScalarType.Float)));
    Path other = named(file, ".part");
    Safetensors.write(other, out, Map.of());
    Files.delete(file);
    Files.move(other, named(file, ENDING));
  }

  /** How many weights of a folder are packed. */
  static long packed(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      long count = 0;
      for (Path file : files.filter(f -> f.toString().endsWith(".gguf")).toList()) {
        try (WeightFile open = WeightFile.open(file)) {
          count += open.entries().values().stream().filter(e -> e.format().equals("Q8_0")).count();
        }
      }
      return count;
    }
  }
}
