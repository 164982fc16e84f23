package io.zoetrope.train.objective;

import io.zoetrope.torch.Share;
import io.zoetrope.torch.Tensors;
import io.zoetrope.train.footage.ClipCut;
import io.zoetrope.train.footage.Footage;
import io.zoetrope.train.footage.LatentClips;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Cuts of clips, and beside each cut single frames of other clips: images for joint training (Ho et
 * al., "Video Diffusion Models", 2022, section 3.1).
 *
 * @param x0_BCFHW frames of the cuts that are computed here, then the images
 * @param captions of the first of these, of its images, of the second, ...
 * @param times_1F moment of each frame of a cut; 0 for images
 * @param cuts where all cuts of the batch are from
 */
record ClipBatch(Tensor x0_BCFHW, List<String> captions, Tensor times_1F, List<ClipCut> cuts) {

  /**
   * Draws a batch. The cuts are the same however many images there are.
   *
   * @param share of it that is computed here; all of it is drawn
   * @param random for the cuts
   * @param other for the images
   * @param words for how captions are told
   */
  static ClipBatch draw(
      Footage footage,
      DiffusionObjective.Cut cut,
      Share share,
      SplittableRandom random,
      SplittableRandom other,
      SplittableRandom words) {
    LatentClips clips = footage.clips();
    int stride = 1 + random.nextInt(Math.max(1, cut.maxStride()));
    int span = (cut.frames() - 1) * stride + 1;
    if (span > clips.frames()) {
      stride = Math.max(1, (clips.frames() - 1) / Math.max(1, cut.frames() - 1));
      span = (cut.frames() - 1) * stride + 1;
    }
    float[] times = new float[cut.frames() + cut.images()];
    long[] picks = new long[cut.frames()];
    List<Tensor> latents = new ArrayList<>();
    List<String> captions = new ArrayList<>();
    List<ClipCut> cuts = new ArrayList<>();
    for (int i = 0; i < cut.batch(); i++) {
      int clip = clips.odds().draw(random);
      int first = random.nextInt(clips.frames() - span + 1);
      for (int f = 0; f < cut.frames(); f++) {
        picks[f] = first + (long) f * stride;
        times[f] = f * stride;
      }
      boolean ours = share.has(i);
      List<String> told = new ArrayList<>();
      List<Tensor> frames = new ArrayList<>();
      if (ours) {
        Tensor all = clips.clip_CFHW(clip);
        frames.add(all.index_select(1, Tensors.of(picks, picks.length)));
      }
      cuts.add(new ClipCut(clip, Arrays.stream(picks).mapToObj(Math::toIntExact).toList()));
      told.add(caption(footage, clip, cut, random, words));
      for (int j = 0; j < cut.images(); j++) {
        // Any clip but this one.
        int image = clips.size() == 1 ? 0 : other.nextInt(clips.size() - 1);
        image += image >= clip && clips.size() > 1 ? 1 : 0;
        int frame = other.nextInt(clips.frames());
        told.add(caption(footage, image, cut, other, words));
        if (ours) {
          frames.add(clips.clip_CFHW(image).narrow(1, frame, 1));
        }
      }
      if (ours) {
        captions.addAll(told);
        latents.add(Tensors.cat(frames, 1));
      }
    }
    return new ClipBatch(
        Tensors.stack(latents, 0).to(ScalarType.Float),
        captions,
        Tensors.of(times, 1, times.length),
        cuts);
  }

  private static String caption(
      Footage footage,
      int clip,
      DiffusionObjective.Cut cut,
      SplittableRandom random,
      SplittableRandom words) {
    boolean dropped = random.nextDouble() < cut.captionDropout();
    String told = footage.captions().tell(footage.clips().captions().get(clip), words);
    return dropped ? "" : told;
  }

  /** The same without the captions of some of our cuts, which have no images beside them. */
  ClipBatch without(List<Boolean> silent) {
    List<String> left = new ArrayList<>(captions);
    for (int i = 0; i < silent.size(); i++) {
      if (silent.get(i)) {
        left.set(i, "");
      }
    }
    return new ClipBatch(x0_BCFHW, left, times_1F, cuts);
  }
}
