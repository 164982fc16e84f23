package io.zoetrope.train.method;

import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.network.ClipInput;
import io.zoetrope.network.ClipInput.Kind;
import io.zoetrope.torch.RandomStreams;
import io.zoetrope.torch.Tensors;
import io.zoetrope.train.footage.ClipCut;
import io.zoetrope.train.footage.Showing;
import io.zoetrope.train.recipe.DataBlock;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Numbers of clips that a network is told while it learns. The frames of a cut count as one apart
 * then, as those of a video that is made do: how far they are in time is said by its rate.
 *
 * @param input what it is told
 * @param drop probability that a number is not said
 * @param rate frames per second of the clips
 * @param shorter pixels of their shorter side
 * @param motion how much they move, if it is told that
 */
record MicroClips(ClipInput input, double drop, double rate, int shorter, MeasuredMotion motion)
    implements Showing {
  /**
   * Of the first clips of a training, of which motion is measured.
   *
   * @param count of them
   * @param strides their frames are 1 to so many apart
   */
  static MicroClips measured(MicroBlock block, Setting setting, int count, int strides) {
    DataBlock data = setting.recipe().data();
    int shorter = Math.min(data.width(), data.height());
    MeasuredMotion motion = MeasuredMotion.NONE;
    if (block.moves()) {
      setting.listener().note("measuring how much %s clips move".formatted(count));
      motion = MeasuredMotion.of(setting.data(), count, setting.listener());
    }
    ClipInput input = block.input(motion, strides, shorter);
    if (block.moves()) {
      setting.listener().note(MicroBlock.line(input));
    }
    return new MicroClips(input, block.drop(), data.fps(), shorter, motion);
  }

  @Override
  public Conditioning of(List<ClipCut> cuts, boolean nothing) {
    Conditioning all = times(cuts.getFirst().frames().size());
    for (Kind kind : input.kinds()) {
      all = with(all, kind, cuts.stream().mapToDouble(cut -> number(kind, cut)).toArray());
    }
    return all;
  }

  @Override
  public Drawn draw(List<ClipCut> cuts, RandomStreams random) {
    SplittableRandom dice = new SplittableRandom(random.key("micro"));
    Conditioning all = times(cuts.getFirst().frames().size());
    for (Kind kind : input.kinds()) {
      double[] numbers = new double[cuts.size()];
      for (int i = 0; i < numbers.length; i++) {
        boolean silent = dice.nextDouble() < drop;
        numbers[i] = silent ? ClipInput.UNSAID : number(kind, cuts.get(i));
      }
      all = with(all, kind, numbers);
    }
    return new Drawn(all, Collections.nCopies(cuts.size(), false));
  }

  /** Of a cut; a single frame has neither rate nor motion. */
  private double number(Kind kind, ClipCut cut) {
    List<Integer> frames = cut.frames();
    if (frames.size() < 2) {
      return ClipInput.UNSAID;
    }
    return switch (kind) {
      case RATE -> rate / (frames.get(1) - frames.get(0));
      case MOTION -> input.bucket(motion.of(cut) * shorter);
      case AUGMENTATION -> ClipInput.UNSAID;
    };
  }

  private static Conditioning with(Conditioning all, Kind kind, double[] numbers) {
    return all.with(kind.slot(), Tensors.of(numbers, numbers.length));
  }

  private static Conditioning times(int frames) {
    double[] row = IntStream.range(0, frames).asDoubleStream().toArray();
    return Conditioning.none().with(Conditioning.FRAME_TIMES, Tensors.of(row, 1, frames));
  }
}
