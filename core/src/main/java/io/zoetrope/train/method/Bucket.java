package io.zoetrope.train.method;

import io.zoetrope.data.ClipDataset;
import io.zoetrope.data.ClipShape;
import io.zoetrope.error.UserError;
import io.zoetrope.network.vae.Autoencoder;
import io.zoetrope.nn.ParameterStore;
import io.zoetrope.train.footage.LatentClips;
import io.zoetrope.train.recipe.DataBlock;
import io.zoetrope.train.recipe.Recipe;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Clips of one shape that are learned.
 *
 * @param name in the log; empty for the only one
 * @param share how often a step is of them, against those of the others
 * @param latents of them
 * @param data the same as frames
 * @param cut frames that are learned at a time
 * @param batch clips of a micro-batch
 */
record Bucket(
    String name, double share, LatentClips latents, ClipDataset data, int cut, int batch) {

  /**
   * Those of a recipe, encoded: at least one, each with clips.
   *
   * @param blocks their shapes; none for that of the data alone
   * @param clips which of the data, and how much of each
   * @param store the autoencoder's weights
   * @throws UserError if a clip fits into no shape, or a shape is none for the data
   */
  static List<Bucket> open(
      Setting setting,
      List<BucketBlock> blocks,
      ClipsBlock clips,
      Autoencoder autoencoder,
      ParameterStore store) {
    Recipe<?> recipe = setting.recipe();
    if (blocks.isEmpty()) {
      ClipDataset data = setting.data();
      LatentClips all =
          LatentCache.open(setting, data, autoencoder, store, clips.clips())
              .emphasising(clips.emphasis());
      return List.of(new Bucket("", 1, all, data, clips.cutOf(all.frames()), recipe.batch()));
    }
    Map<ClipShape, ? extends ClipDataset> within =
        setting.buckets(recipe.data(), blocks.stream().map(BucketBlock::shape).toList());
    List<Bucket> all = new ArrayList<>();
    for (BucketBlock block : blocks) {
      Optional.ofNullable(within.get(block.shape()))
          .ifPresent(data -> all.add(of(setting, block, clips, data, autoencoder, store)));
    }
    setting.listener().note(all.stream().map(Bucket::line).collect(Collectors.joining("; ")));
    return all;
  }

  private static Bucket of(
      Setting setting,
      BucketBlock block,
      ClipsBlock clips,
      ClipDataset data,
      Autoencoder autoencoder,
      ParameterStore store) {
    Recipe<?> recipe = setting.recipe();
    String name = block.shape().toString();
    LatentClips all =
        LatentCache.open(
                setting,
                new LatentCache.Data(data, recipe.data() + " " + name, name),
                autoencoder,
                store,
                clips.clips())
            .emphasising(clips.emphasis());
    int cut = clips.cut() == 0 ? all.frames() : Math.min(clips.cut(), all.frames());
    DataBlock usual = recipe.data();
    long numbers = (long) usual.width() * usual.height() * usual.frames();
    int batch = block.batch(recipe.batch(), numbers);
    try {
      int unused = setting.share().of(batch);
    } catch (UserError e) {
      throw e.at("bucket " + name);
    }
    return new Bucket(name, block.share(), all, data, cut, batch);
  }

  private String line() {
    return "%s: %s clips, %s at a time".formatted(name, latents.size(), batch);
  }

  /** The same, drawn as often as all of its clips are to be met alike. */
  Bucket byClips() {
    return new Bucket(name, (double) latents.size() / batch, latents, data, cut, batch);
  }
}
