package io.zoetrope.network.vae;

import io.zoetrope.checkpoint.JsonFiles;
import io.zoetrope.checkpoint.safetensors.Safetensors;
import io.zoetrope.nn.ParameterStore;
import io.zoetrope.torch.Tensors;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.zip.CRC32;
import org.bytedeco.pytorch.Tensor;

/** The weights of reference/make_temporal_decoder.py, by the same arithmetic. */
public final class TemporalDecoderWeights {
  private TemporalDecoderWeights() {}

  /** The fixture's config. */
  public static KlTemporalConfig config(Path fixture) {
    return JsonFiles.read(fixture.resolve("config.json"), KlTemporalConfig.class);
  }

  /** All of an autoencoder of that shape, by diffusers' names. */
  public static Map<String, Tensor> of(KlTemporalConfig config) {
    ParameterStore shapes = ParameterStore.blueprint();
    config.build(shapes.root());
    Map<String, Tensor> weights = new LinkedHashMap<>();
    shapes
        .parameters()
        .forEach((name, tensor) -> weights.put(name, values(name, Tensors.shape(tensor))));
    return weights;
  }

  private static Tensor values(String name, long[] shape) {
    int count = Math.toIntExact(Arrays.stream(shape).reduce(1, (a, b) -> a * b));
    float[] values = new float[count];
    CRC32 crc = new CRC32();
    crc.update(name.getBytes(StandardCharsets.UTF_8));
    int start = (int) crc.getValue();
    float spread = (float) Math.sqrt(3.0 * shape[0] / count);
    for (int i = 0; i < count; i++) {
      int h = (i + start) * 0x9E3779B1;
      h = (h ^ h >>> 15) * 0x85EBCA77;
      h ^= h >>> 13;
      float noise = (float) (Integer.toUnsignedLong(h) / (double) (1L << 31) - 1);
      if (name.endsWith("mix_factor")) {
        values[i] = 2 * noise;
      } else if (shape.length > 1) {
        values[i] = noise * spread;
      } else {
        values[i] = noise / 4 + (name.endsWith("weight") ? 1 : 0);
      }
    }
    return Tensors.of(values, shape);
  }

  /**
   * Writes weights by the names of generative-models, attention as 1x1 convolutions.
   *
   * @param weights of the fixture's shape
   * @param prefix in front of every name
   */
  public static Path original(
      Path fixture, Map<String, Tensor> weights, String prefix, Path folder) {
    Map<?, ?> names = JsonFiles.read(fixture.resolve("names.json"), Map.class);
    Map<String, Tensor> all = new LinkedHashMap<>();
    weights.forEach((name, tensor) -> {
      boolean convolution = name.contains(".attentions.0.to_") && tensor.dim() == 2;
      all.put(
          prefix + Objects.requireNonNull(names.get(name), name),
          convolution ? tensor.unsqueeze(2).unsqueeze(3) : tensor);
    });
    Path file = folder.resolve("original.safetensors");
    Safetensors.write(file, all, Map.of());
    return file;
  }
}
