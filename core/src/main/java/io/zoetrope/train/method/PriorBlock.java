package io.zoetrope.train.method;

import io.zoetrope.data.ClipDataset;
import io.zoetrope.data.FolderDataset;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.pipeline.model.VideoModel;
import io.zoetrope.record.Default;
import io.zoetrope.record.Limits;
import io.zoetrope.train.footage.Captions;
import io.zoetrope.train.recipe.DataBlock;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What a class of things looked like before, so that it is not forgotten while an instance of it is
 * learned (Ruiz et al., "DreamBooth", 2023, section 3.3): clips of the class whose loss is added to
 * that of the instance.
 *
 * @param weight of that loss
 * @param prompts of pictures of the class that the base itself makes
 * @param count how many of them
 * @param steps of sampling each
 * @param guidance of sampling each
 * @param data in place of prompts: clips that are there
 * @param captions how their captions are told
 */
record PriorBlock(
    @Default("1.0") double weight,
    @Default("[]") List<String> prompts,
    @Default("100") int count,
    @Default("20") int steps,
    @Default("3.0") double guidance,
    Optional<DataBlock> data,
    @Default("{}") Captions captions) {
  public PriorBlock {
    prompts = List.copyOf(prompts);
    if (!(weight > 0 && weight <= 1000)) {
      throw new UserError(Fault.INVALID, "weight must be above 0 and at most 1000, is " + weight);
    }
    if (prompts.isEmpty() == data.isEmpty()) {
      throw new UserError(
          Fault.INVALID,
          "a prior has prompts, of which the base makes pictures, or data: one of them");
    }
    if (count < 1 || count > 100_000 || steps < 1 || steps > 1000) {
      throw new UserError(
          Fault.INVALID,
          "count must be 1 to 100000 and steps 1 to 1000, are %s and %s".formatted(count, steps));
    }
    Limits.USUAL.real("guidance", 0, 100, guidance);
  }

  /** Its clips; what the base is to make is made first, where it is not there. */
  LatentCache.Data open(Setting setting, VideoModel base) {
    DataBlock instance = setting.recipe().data();
    if (data.isPresent()) {
      DataBlock own = data.get();
      if (own.width() != instance.width() || own.height() != instance.height()) {
        throw new UserError(
            Fault.MISMATCH,
            "prior.data are %sx%s, data %sx%s"
                .formatted(own.width(), own.height(), instance.width(), instance.height()));
      }
      return new LatentCache.Data(setting.data(own), "class " + own, "class");
    }
    Path made = new ClassPictures(this, base, instance.width(), instance.height()).make(setting);
    ClipDataset pictures =
        FolderDataset.open(
            made, FolderDataset.Options.of(instance.width(), instance.height(), 1, instance.fps()));
    return new LatentCache.Data(pictures, "class " + made, "class");
  }
}
