package io.zoetrope.train.method;

import io.zoetrope.data.ClipDataset;
import io.zoetrope.diffusion.NoiseLevel;
import io.zoetrope.diffusion.NoiseSchedule;
import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.media.FrameTensors;
import io.zoetrope.media.Video;
import io.zoetrope.network.vae.Autoencoder;
import io.zoetrope.pipeline.family.Beside;
import io.zoetrope.pipeline.task.SeenBeside;
import io.zoetrope.torch.Ops;
import io.zoetrope.torch.RandomStream;
import io.zoetrope.torch.RandomStreams;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Share;
import io.zoetrope.torch.Tensors;
import io.zoetrope.train.footage.ClipCut;
import io.zoetrope.train.footage.LatentClips;
import io.zoetrope.train.footage.Showing;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * What networks of cascades see beside clips while they are trained: made of the clips themselves,
 * noised to a level that is drawn for each clip, of which they are told (Ho et al., "Cascaded
 * Diffusion Models", 2021, section 3; "Imagen Video", 2022, section 2.4).
 *
 * @param block what it is
 * @param clips as they are learned
 * @param data the same as frames
 * @param autoencoder between the two
 * @param schedule of the training's noise
 */
record BesideClips(
    BesideBlock block,
    LatentClips clips,
    ClipDataset data,
    Autoencoder autoencoder,
    NoiseSchedule schedule)
    implements Showing {

  /** Without noise, and frames known by the first skip: what samples of a training are shown. */
  @Override
  public Conditioning of(List<ClipCut> cuts, boolean nothing) {
    List<Double> none = Collections.nCopies(cuts.size(), 0.0);
    return shown(cuts, none, List.of(), Share.WHOLE, new RandomStreams(0));
  }

  @Override
  public Drawn draw(List<ClipCut> cuts, Share share, RandomStreams random) {
    SplittableRandom dice = new SplittableRandom(random.key("beside"));
    double low = block.augmentation().getFirst();
    double high = block.augmentation().getLast();
    List<Double> levels = new ArrayList<>();
    List<SplittableRandom> masks = new ArrayList<>();
    for (int i = 0; i < cuts.size(); i++) {
      levels.add(low + (high - low) * dice.nextDouble());
      masks.add(dice.split());
    }
    return new Drawn(
        shown(cuts, levels, masks, share, random),
        Collections.nCopies(share.of(cuts.size()), false));
  }

  /** Of our share of some cuts; the noise is drawn for all. */
  private Conditioning shown(
      List<ClipCut> cuts,
      List<Double> levels,
      List<SplittableRandom> masks,
      Share share,
      RandomStreams random) {
    List<Tensor> rows = new ArrayList<>();
    int frames = cuts.getFirst().frames().size();
    int own = share.of(cuts.size());
    double[] told = new double[own * frames];
    for (int i = 0; i < own; i++) {
      int row = share.row(i);
      boolean[] known = masks.isEmpty() ? new boolean[0] : drawn(masks.get(row), frames);
      rows.add(Scopes.tensor(() -> Scopes.noGrad(() -> clean(cuts.get(row), known))));
      double level = SeenBeside.told(schedule.at(levels.get(row)));
      Arrays.fill(told, i * frames, (i + 1) * frames, level);
    }
    long[] shape = Tensors.shape(rows.getFirst());
    try (RandomStream noise = random.stream("beside-noise")) {
      for (int row = 0; row < cuts.size() && block.kind().noised(); row++) {
        NoiseLevel level = schedule.at(levels.get(row));
        int at = row / share.size();
        if (level.sigma() == 0) {
          continue;
        }
        if (share.has(row)) {
          Tensor clean = rows.get(at);
          rows.set(
              at,
              Scopes.tensor(
                  () -> Scopes.noGrad(() -> SeenBeside.noised(clean, noise.normal(shape), level))));
        } else {
          Scopes.run(() -> noise.normal(shape));
        }
      }
    }
    Conditioning all = Conditioning.none().with(Conditioning.BESIDE, Tensors.cat(rows, 0));
    return block.kind().noised()
        ? all.with(Conditioning.BESIDE_LEVEL, Tensors.of(told, own, frames))
        : all;
  }

  /**
   * Of a cut, [1, C, F, h, w].
   *
   * @param known which frames are; of none, every so many are
   */
  private Tensor clean(ClipCut cut, boolean[] known) {
    return switch (block) {
      case BesideBlock.Smaller smaller -> smaller(smaller.kind(), cut);
      case BesideBlock.Slower slower -> slower(slower.kind(), latents(cut));
      case BesideBlock.Known some -> {
        int frames = cut.frames().size();
        boolean[] which = known.length == 0 ? usual(some, frames) : known;
        double[] mask = new double[frames];
        for (int f = 0; f < frames; f++) {
          mask[f] = which[f] ? 1 : 0;
        }
        yield some.kind().seen(Tensors.of(mask, 1, 1, frames, 1, 1), latents(cut));
      }
    };
  }

  private Tensor smaller(Beside.Smaller kind, ClipCut cut) {
    Tensor x_13FHW = autoencoder.encodes() ? pixels(cut) : latents(cut);
    Tensor large = SeenBeside.enlarged(kind, Ops.clamp(SeenBeside.small(kind, x_13FHW), -1, 1));
    return autoencoder.encodes() ? autoencoder.encode(large) : large;
  }

  private static Tensor slower(Beside.Slower kind, Tensor z_1CFHW) {
    long frames = z_1CFHW.size(2);
    long seen = Math.ceilDiv(frames, kind.times());
    long[] picks = new long[Math.toIntExact(seen)];
    for (int i = 0; i < picks.length; i++) {
      picks[i] = (long) i * kind.times();
    }
    Tensor some = z_1CFHW.index_select(2, Tensors.of(picks, picks.length));
    return SeenBeside.slow(kind, some).narrow(2, 0, frames);
  }

  private Tensor latents(ClipCut cut) {
    long[] picks = cut.frames().stream().mapToLong(Integer::longValue).toArray();
    return clips
        .clip_CFHW(cut.clip())
        .index_select(1, Tensors.of(picks, picks.length))
        .unsqueeze(0)
        .to(ScalarType.Float);
  }

  private Tensor pixels(ClipCut cut) {
    Video video = data.get(cut.clip()).video();
    Video frames =
        new Video(cut.frames().stream().map(f -> video.frames().get(f)).toList(), video.fps());
    return FrameTensors.toTensor(frames).unsqueeze(0);
  }

  private boolean[] drawn(SplittableRandom dice, int frames) {
    if (!(block instanceof BesideBlock.Known some)) {
      return new boolean[frames];
    }
    if (some.first() > 0) {
      boolean[] known = new boolean[frames];
      Arrays.fill(known, 0, Math.min(frames - 1, dice.nextInt(some.first() + 1)), true);
      return known;
    }
    double kind = dice.nextDouble();
    int skip = some.skips().get(dice.nextInt(some.skips().size()));
    int length = 1 + dice.nextInt(Math.max(1, frames / 2));
    boolean[] known = kind < 0.5 ? every(skip, frames) : new boolean[frames];
    if (kind >= 0.5 && kind < 0.9) {
      known[0] = true;
      known[frames - 1] = kind < 0.6;
      for (int f = 1; f < length && kind >= 0.75; f++) {
        known[f] = true;
      }
    }
    return known;
  }

  /** What samples of a training are shown. */
  private static boolean[] usual(BesideBlock.Known some, int frames) {
    boolean[] known = new boolean[frames];
    Arrays.fill(known, 0, Math.min(frames - 1, some.first()), true);
    return some.first() > 0 ? known : every(some.skips().getFirst(), frames);
  }

  private static boolean[] every(int skip, int frames) {
    boolean[] known = new boolean[frames];
    for (int f = 0; f < frames; f += skip) {
      known[f] = true;
    }
    return known;
  }
}
