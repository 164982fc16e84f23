package io.zoetrope.train.part;

import io.zoetrope.checkpoint.Component;
import io.zoetrope.checkpoint.Provenance;
import io.zoetrope.checkpoint.keys.MotionModuleKeys;
import io.zoetrope.checkpoint.safetensors.Safetensors;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.network.NetworkConfig;
import io.zoetrope.torch.AtomicFiles;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** How weights that learned are written. */
public enum ModuleForm {
  /** One safetensors file, by the names of the network. */
  PLAIN(".safetensors") {
    @Override
    void write(Path place, Learned learned) {
      Map<String, Tensor> named = new LinkedHashMap<>();
      learned.weights.forEach((name, tensor) -> named.put(learned.network + "." + name, tensor));
      Safetensors.write(place, named, learned.header);
    }
  },

  /** AnimateDiff's own file of motion modules: bare keys, the table of positions in each. */
  MOTION_MODULE(".safetensors") {
    @Override
    void write(Path place, Learned learned) {
      Map<String, String> header = new LinkedHashMap<>(learned.header);
      // Programs that know the format take 8, as in all released files.
      Object heads = adapter(learned.config).get("motion_num_attention_heads");
      header.putAll(new Provenance(new LinkedHashMap<>()).with("heads", "" + heads).header());
      Safetensors.write(place, MotionModuleKeys.toOriginal(learned.whole()), header);
    }
  },

  /** A folder that diffusers reads as {@code MotionAdapter}. */
  MOTION_ADAPTER("") {
    @Override
    void write(Path place, Learned learned) {
      AtomicFiles.folder(
          place,
          folder ->
              Component.diffusion(folder)
                  .write(
                      adapter(learned.config), learned.whole(), ScalarType.Float, learned.header));
    }
  };

  /**
   * What was learned.
   *
   * @param network what files call the network
   * @param config of the network
   * @param weights by name in the network
   * @param tables of the network, which are not learned
   */
  record Learned(
      String network,
      NetworkConfig config,
      Map<String, Tensor> weights,
      Map<String, Tensor> tables,
      Map<String, String> header) {
    /** With the tables of the same modules. */
    Map<String, Tensor> whole() {
      Map<String, Tensor> all = new LinkedHashMap<>(weights);
      tables.forEach((name, table) -> {
        if (name.contains("motion_modules.")) {
          all.put(name, table);
        }
      });
      return all;
    }
  }

  private final String suffix;

  ModuleForm(String suffix) {
    this.suffix = suffix;
  }

  String suffix() {
    return suffix;
  }

  private static Map<String, Object> adapter(NetworkConfig config) {
    return config
        .motionAdapter()
        .orElseThrow(() ->
            new UserError(
                Fault.MISMATCH,
                "a motion adapter is of motion modules with two attentions; the network has none"));
  }

  /** Requires before anything is trained that such weights can be written so. */
  void requireNames(List<String> names, NetworkConfig config) {
    if (this != PLAIN) {
      Scopes.run(() -> {
        Map<String, Tensor> any = new LinkedHashMap<>();
        Tensor one = Tensors.zeros(1);
        names.forEach(name -> any.put(name, one));
        Map<String, Tensor> unused = MotionModuleKeys.toOriginal(any);
        Map<String, Object> alsoUnused = adapter(config);
      });
    }
  }

  /** Writes a file or folder that appears whole or not at all. */
  abstract void write(Path place, Learned learned);
}
