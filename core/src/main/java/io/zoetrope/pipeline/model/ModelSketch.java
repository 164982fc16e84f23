package io.zoetrope.pipeline.model;

import io.zoetrope.network.VideoNetwork;
import io.zoetrope.network.vae.LatentGrid;
import io.zoetrope.nn.ParameterStore;
import io.zoetrope.nn.WeightCount;
import io.zoetrope.pipeline.family.Ability;
import io.zoetrope.pipeline.family.Beside;
import io.zoetrope.pipeline.family.Blueprint;
import io.zoetrope.pipeline.family.Families;
import io.zoetrope.pipeline.family.ModelChoice;
import io.zoetrope.pipeline.family.ModelFiles;
import io.zoetrope.pipeline.family.ModelIndex;
import io.zoetrope.pipeline.family.Part;
import io.zoetrope.pipeline.schedule.Scheduling;
import io.zoetrope.torch.Precision;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What is known of a model before its weights are read: what it makes, and what that takes. For
 * those who ask what can be ordered, and load nothing.
 */
public final class ModelSketch {
  private final Blueprint blueprint;
  private final List<MemoryNeed.Weighed> weighed;
  private final int multiple;

  private ModelSketch(Blueprint blueprint, List<MemoryNeed.Weighed> weighed, int multiple) {
    this.blueprint = blueprint;
    this.weighed = weighed;
    this.multiple = multiple;
  }

  /**
   * Looks at a model and what is put into it.
   *
   * @throws io.zoetrope.error.UserError if anything is missing or damaged, as far as that can be
   *     seen without reading weights
   */
  public static ModelSketch of(ModelChoice choice) {
    try (ModelFiles files = ModelFiles.open(choice.model())) {
      Blueprint blueprint = Families.ALL.read(files, choice);
      List<MemoryNeed.Weighed> weighed = new ArrayList<>();
      for (Part<?> part : blueprint.parts()) {
        WeightCount weights = part.weights().map(source -> source.count()).orElse(WeightCount.NONE);
        weighed.add(new MemoryNeed.Weighed(part, weights));
      }
      return new ModelSketch(blueprint, weighed, multiple(blueprint));
    }
  }

  private static int multiple(Blueprint blueprint) {
    try (ParameterStore store = ParameterStore.blueprint()) {
      VideoNetwork network = blueprint.denoiser().make().apply(store.root());
      return VideoModel.sizeMultiple(blueprint.grid(), network);
    }
  }

  /** As {@link ModelContents#kind}. */
  public String kind() {
    return blueprint.kind();
  }

  /** As {@link VideoModel#defaults}. */
  public ModelIndex.Defaults defaults() {
    return blueprint.defaults();
  }

  public LatentGrid grid() {
    return blueprint.grid();
  }

  public boolean can(Ability ability) {
    return blueprint.can(ability);
  }

  /** What its network is shown beside the latents. */
  public Optional<Beside> beside() {
    return blueprint.beside();
  }

  public Scheduling scheduling() {
    return blueprint.scheduling();
  }

  /** As {@link VideoModel#sizeMultiple}. */
  public int sizeMultiple() {
    return multiple;
  }

  /** As {@link VideoModel#precision}. */
  public Precision precision() {
    return blueprint.denoiser().holding().precision();
  }

  /** Bytes of its weights, as they are used. */
  public long bytes() {
    return weighed.stream().mapToLong(MemoryNeed.Weighed::bytes).sum();
  }

  /** As {@link VideoModel#need} of one clip. */
  public MemoryNeed need(VideoRequest request) {
    return need(request, false);
  }

  /**
   * As {@link VideoModel#need} of one clip.
   *
   * @param apart whether the branches of guidance are asked one after the other
   */
  public MemoryNeed need(VideoRequest request, boolean apart) {
    return MemoryNeed.of(weighed, request, 1, OptionalInt.empty(), apart);
  }
}
