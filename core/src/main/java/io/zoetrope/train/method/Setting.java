package io.zoetrope.train.method;

import io.zoetrope.data.ClipDataset;
import io.zoetrope.data.ClipShape;
import io.zoetrope.data.FolderDataset;
import io.zoetrope.data.TarDataset;
import io.zoetrope.nn.ParameterStore;
import io.zoetrope.torch.Precision;
import io.zoetrope.torch.RandomStreams;
import io.zoetrope.torch.Share;
import io.zoetrope.train.RunFolder;
import io.zoetrope.train.TrainingListener;
import io.zoetrope.train.latents.LatentSet;
import io.zoetrope.train.recipe.DataBlock;
import io.zoetrope.train.recipe.Recipe;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;

/** Where a method is prepared: the recipe around its block, the run's folder, who watches. */
public final class Setting implements AutoCloseable {
  /** What is closed at the end: its own kind, so that closing names no checked exception. */
  public interface Resource extends AutoCloseable {
    @Override
    void close();
  }

  private final Recipe<?> recipe;
  private final RunFolder folder;
  private final TrainingListener listener;
  private final int most;
  private final Share share;
  private final Deque<Resource> owned = new ArrayDeque<>();

  public Setting(Recipe<?> recipe, RunFolder folder, TrainingListener listener) {
    this(recipe, folder, listener, Share.WHOLE);
  }

  /**
   * Of one of several workers.
   *
   * @param share of each batch that is computed here
   */
  public Setting(Recipe<?> recipe, RunFolder folder, TrainingListener listener, Share share) {
    this(recipe, folder, listener, Integer.MAX_VALUE, share);
  }

  /**
   * Of a trial.
   *
   * @param most clips that are encoded, whatever the recipe says
   */
  public Setting(Recipe<?> recipe, RunFolder folder, TrainingListener listener, int most) {
    this(recipe, folder, listener, most, Share.WHOLE);
  }

  private Setting(
      Recipe<?> recipe, RunFolder folder, TrainingListener listener, int most, Share share) {
    this.share = share;
    this.recipe = recipe;
    this.folder = folder;
    this.listener = listener;
    this.most = most;
  }

  /** How many of so many clips are encoded. */
  int clips(int count) {
    return Math.min(count, most);
  }

  /** Which rows of each batch are computed here. */
  public Share share() {
    return share;
  }

  public Recipe<?> recipe() {
    return recipe;
  }

  public RunFolder folder() {
    return folder;
  }

  public TrainingListener listener() {
    return listener;
  }

  /** Closes something after the run, what was owned last first. */
  public void own(Resource resource) {
    owned.push(resource);
  }

  /** Streams of randomness before the first step. */
  public RandomStreams random() {
    return new RandomStreams(recipe.seed());
  }

  /** A store to train, which the setting owns. */
  public ParameterStore store(Map<String, Tensor> source, Precision precision) {
    ParameterStore store = ParameterStore.forTraining(source, random().child("init"), precision);
    own(store::close);
    return store;
  }

  /** The data that the recipe names. */
  public ClipDataset data() {
    return data(recipe.data());
  }

  /** The data that a block of the recipe names. */
  ClipDataset data(DataBlock block) {
    return switch (block) {
      case DataBlock.Toybox t -> t.clips();
      case DataBlock.Folder f -> {
        FolderDataset clips = FolderDataset.open(f.path(), f.options());
        listener.note(clips.summary());
        yield clips;
      }
      case DataBlock.Tar t -> {
        TarDataset clips = TarDataset.open(t.tars(), t.options(), t.buffer());
        own(clips::close);
        listener.note(clips.summary());
        yield clips;
      }
      case DataBlock.Latents l -> {
        LatentSet clips = LatentSet.open(l.path(), l.shape(), l.fps());
        own(clips::close);
        listener.note(clips.summary());
        yield clips;
      }
      case DataBlock.Video v -> v.clips();
    };
  }

  /**
   * The data that a block of the recipe names, by shapes: of a folder each clip in the largest that
   * it fills, of the toy world all clips in each.
   */
  Map<ClipShape, ? extends ClipDataset> buckets(DataBlock block, List<ClipShape> shapes) {
    return switch (block) {
      case DataBlock.Folder f -> ClipShape.buckets(f.path(), shapes, f.options());
      case DataBlock.Toybox _, DataBlock.Video _, DataBlock.Tar _, DataBlock.Latents _ -> {
        Map<ClipShape, ClipDataset> all = new LinkedHashMap<>();
        shapes.forEach(shape ->
            all.put(shape, data(block.shaped(shape.width(), shape.height(), shape.frames()))));
        yield all;
      }
    };
  }

  @Override
  public void close() {
    while (!owned.isEmpty()) {
      owned.pop().close();
    }
  }
}
