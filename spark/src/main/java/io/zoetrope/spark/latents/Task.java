package io.zoetrope.spark.latents;

import io.zoetrope.checkpoint.safetensors.Dtype;
import io.zoetrope.data.ClipShape;
import io.zoetrope.data.FolderDataset;
import io.zoetrope.pipeline.family.ModelChoice;
import io.zoetrope.pipeline.family.Placement;
import io.zoetrope.torch.ComputeDevice;
import io.zoetrope.train.latents.LatentShards;
import io.zoetrope.train.latents.LatentShards.Place;
import java.io.Serializable;
import java.nio.file.Path;
import java.util.Map;
import org.apache.spark.TaskContext;

/**
 * What every task of a job needs to know.
 *
 * @param data the clips, of files that all executors see
 * @param there what the folder's shards held when the job began
 * @param folder of the shards
 * @param shardBytes of latents in a shard, about
 * @param model whose autoencoder
 * @param compute number form of the model
 * @param device as on the command line
 */
record Task(
    FolderDataset data,
    Map<String, Place> there,
    String folder,
    int width,
    int height,
    int frames,
    double rate,
    String dtype,
    long shardBytes,
    String model,
    String compute,
    String device)
    implements Serializable {
  static Task of(
      FolderDataset data,
      LatentShards shards,
      Map<String, Place> there,
      ModelChoice choice,
      String compute,
      String device) {
    ClipShape clips = shards.clips();
    return new Task(
        data,
        there,
        shards.folder().toAbsolutePath().normalize().toString(),
        clips.width(),
        clips.height(),
        clips.frames(),
        shards.rate(),
        shards.dtype().name(),
        shards.bytes(),
        choice.model().toString(),
        compute,
        device);
  }

  LatentShards shards() {
    return new LatentShards(
        Path.of(folder),
        new ClipShape(width, height, frames),
        rate,
        Dtype.valueOf(dtype),
        shardBytes);
  }

  /** The model, on the GPU that Spark gave to the task that runs here, if it gave one. */
  ModelChoice choice() {
    TaskContext context = TaskContext.get();
    var gpu = context == null ? null : context.resourcesJMap().get("gpu");
    String where =
        gpu == null || gpu.addresses().length == 0 ? device : "cuda:" + gpu.addresses()[0];
    return ModelChoice.of(Path.of(model), compute)
        .withPlacement(Placement.on(ComputeDevice.of(where)));
  }
}
