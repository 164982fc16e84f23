package io.zoetrope.train.method;

import io.zoetrope.checkpoint.Component;
import io.zoetrope.checkpoint.JsonFiles;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.network.NetworkConfig;
import io.zoetrope.pipeline.family.ModelIndex;
import io.zoetrope.pipeline.family.ModelLayout;
import io.zoetrope.pipeline.model.VideoModel;
import io.zoetrope.pipeline.schedule.Distilled;
import io.zoetrope.pipeline.schedule.Scheduling;
import io.zoetrope.torch.AtomicFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The folder of a model that was distilled: that of its teacher, but for the network, the scheduler
 * and the index.
 *
 * @param teacher its folder
 * @param scheduling the teacher's
 * @param folder what is written
 */
record DistilledFolder(Path teacher, Scheduling scheduling, Path folder) {
  /**
   * Of a teacher.
   *
   * @throws UserError if its network does not lie in a folder of its own
   */
  static DistilledFolder of(BaseBlock base, VideoModel teacher, Path folder) {
    if (!Files.isDirectory(base.model())
        || base.motion().isPresent()
        || base.tuned().isPresent()
        || base.inflation().isPresent()) {
      throw new UserError(
          Fault.UNSUPPORTED,
          "a whole network is distilled from one that lies in a folder, with nothing put into it",
          "name parts that learn: [{kind: lora}]");
    }
    return new DistilledFolder(base.model(), teacher.scheduling(), folder);
  }

  /**
   * Writes it: the index last, without which it is no model.
   *
   * @param mark what the student knows; empty if all that its teacher does
   * @param said in the header of its weights
   */
  void write(
      NetworkConfig config,
      Map<String, Tensor> weights,
      Optional<Distilled> mark,
      Map<String, String> said) {
    copyRest(config.folder());
    ModelLayout layout = new ModelLayout(folder);
    Object json = config;
    Component taught = new ModelLayout(teacher).network(config.folder());
    if (!taught.className().isEmpty()) {
      ObjectNode words = taught.config(JsonNode.class).deepCopy().asObject();
      words.put("time_cond_proj_dim", config.told().guidance());
      json = words;
    }
    layout.network(config.folder()).write(json, weights, ScalarType.BFloat16, said);
    Scheduling own = mark.map(scheduling::distilledTo).orElse(scheduling);
    JsonFiles.write(layout.scheduler(), own.json());
    JsonFiles.write(layout.index(), index(mark));
  }

  /** The teacher's index, with the steps and the sampler of the student. */
  private JsonNode index(Optional<Distilled> mark) {
    ObjectNode index =
        JsonFiles.read(new ModelLayout(teacher).index(), JsonNode.class).deepCopy().asObject();
    if (mark.isPresent() && index.path("_class_name").asString("").equals(ModelIndex.KIND)) {
      ObjectNode defaults = index.withObject("/defaults");
      defaults.put("steps", mark.get().levels());
      defaults.put("sampler", mark.get().way().sampler());
    }
    return index;
  }

  /** Its other parts, a folder each. */
  private void copyRest(String network) {
    try (Stream<Path> all = Files.list(teacher)) {
      all.filter(Files::isDirectory)
          .filter(part -> !Set.of(network, "scheduler").contains(part.getFileName().toString()))
          .forEach(part -> AtomicFiles.copyFiles(part, folder.resolve(part.getFileName())));
    } catch (IOException e) {
      throw AtomicFiles.cannot("look into", teacher, e);
    }
  }
}
