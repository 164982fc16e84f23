package io.zoetrope.bench;

import io.zoetrope.data.toybox.Split;
import io.zoetrope.data.toybox.ToyboxDataset;
import io.zoetrope.data.toybox.ToyboxScene;
import io.zoetrope.data.toybox.Traits.Motion;
import io.zoetrope.eval.features.ClassifierFeatures;
import io.zoetrope.eval.features.FeatureSet;
import io.zoetrope.eval.features.VideoFeatures;
import io.zoetrope.media.FrameTensors;
import io.zoetrope.media.Video;
import io.zoetrope.pipeline.family.ModelIndex;
import io.zoetrope.torch.Scopes;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.LongStream;
import org.bytedeco.pytorch.Tensor;

/**
 * Rendered clips of the toy world to compare with, in the size and rate of a model, and their
 * captions.
 *
 * @param data clips of the length that is compared
 * @param scenes which of its clips
 */
@SuppressWarnings("ArrayRecordComponent")
record Reference(ToyboxDataset data, long[] scenes) {
  /** Motions that go on for ever within the frame. */
  private static final Set<Motion> ENDLESS = EnumSet.of(Motion.ORBIT, Motion.BOUNCE, Motion.SPIN);

  /** Clips of motions that never end: what a longer video of them should look like is known. */
  static Reference endless(ModelIndex.Defaults d, int frames, int clips, long seed) {
    ToyboxDataset data =
        new ToyboxDataset(seed, Split.TRAIN, d.width(), d.height(), frames, d.fps());
    return new Reference(
        data,
        LongStream.iterate(0, i -> i + 1)
            .filter(i -> isEndless(data.scene(i)))
            .limit(clips)
            .toArray());
  }

  /** Any clips. */
  static Reference any(ModelIndex.Defaults d, int clips, long seed) {
    ToyboxDataset data =
        new ToyboxDataset(seed, Split.TRAIN, d.width(), d.height(), d.frames(), d.fps());
    return new Reference(data, LongStream.range(0, clips).toArray());
  }

  private static boolean isEndless(ToyboxScene scene) {
    return scene.objects().stream().allMatch(toy -> ENDLESS.contains(toy.motion()));
  }

  int size() {
    return scenes.length;
  }

  String caption(int clip) {
    return data.caption(scenes[clip]);
  }

  Video video(int clip) {
    return data.get(scenes[clip]).video();
  }

  /** Features of stretches of every clip: those that begin at the given frames. */
  FeatureSet features(VideoFeatures extractor, int[] first, int frames) {
    FeatureSet set = new FeatureSet();
    for (int clip = 0; clip < size(); clip++) {
      Video video = video(clip);
      Scopes.run(() -> add(set, extractor, pixels(video), first, frames));
    }
    return set;
  }

  static Tensor pixels(Video video) {
    return FrameTensors.toTensor(video).unsqueeze(0);
  }

  /** Adds stretches of one video [1, 3, F, H, W]. */
  static void add(
      FeatureSet set, VideoFeatures extractor, Tensor x_13FHW, int[] first, int frames) {
    for (int from : first) {
      set.add(extractor, x_13FHW.narrow(2, from, frames));
    }
  }

  /** The extractor in a folder, if one is named. */
  static Optional<VideoFeatures> extractor(Optional<Path> folder) {
    return folder.map(ClassifierFeatures::load);
  }

  /** All captions. */
  List<String> captions() {
    List<String> all = new ArrayList<>();
    for (int clip = 0; clip < size(); clip++) {
      all.add(caption(clip));
    }
    return all;
  }
}
