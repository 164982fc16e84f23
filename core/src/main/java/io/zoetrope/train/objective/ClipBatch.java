package io.zoetrope.train.objective;

import io.zoetrope.torch.Tensors;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Cuts of clips, and beside each cut single frames of other clips: images for joint training (Ho et
 * al., "Video Diffusion Models", 2022, section 3.1).
 *
 * @param x0_BCFHW frames of the cut, then the images
 * @param captions of the first cut, of its images, of the second cut, ...
 * @param times_1F moment of each frame of a cut; 0 for images
 */
record ClipBatch(Tensor x0_BCFHW, List<String> captions, Tensor times_1F) {

  /**
   * Draws a batch. The cuts are the same however many images there are.
   *
   * @param random for the cuts
   * @param other for the images
   */
  static ClipBatch draw(
      LatentClips clips,
      DiffusionObjective.Cut cut,
      SplittableRandom random,
      SplittableRandom other) {
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
    for (int i = 0; i < cut.batch(); i++) {
      int clip = clips.odds().draw(random);
      int first = random.nextInt(clips.frames() - span + 1);
      for (int f = 0; f < cut.frames(); f++) {
        picks[f] = first + (long) f * stride;
        times[f] = f * stride;
      }
      Tensor all = clips.latents_NCFHW().select(0, clip);
      List<Tensor> frames = new ArrayList<>();
      frames.add(all.index_select(1, Tensors.of(picks, picks.length)));
      captions.add(caption(clips, clip, cut, random));
      for (int j = 0; j < cut.images(); j++) {
        // Any clip but this one.
        int image = clips.size() == 1 ? 0 : other.nextInt(clips.size() - 1);
        image += image >= clip && clips.size() > 1 ? 1 : 0;
        int frame = other.nextInt(clips.frames());
        frames.add(clips.latents_NCFHW().select(0, image).narrow(1, frame, 1));
        captions.add(caption(clips, image, cut, other));
      }
      latents.add(Tensors.cat(frames, 1));
    }
    return new ClipBatch(
        Tensors.stack(latents, 0).to(ScalarType.Float),
        captions,
        Tensors.of(times, 1, times.length));
  }

  private static String caption(
      LatentClips clips, int clip, DiffusionObjective.Cut cut, SplittableRandom random) {
    return random.nextDouble() < cut.captionDropout() ? "" : clips.captions().get(clip);
  }
}
