package io.zoetrope.train.method;

import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.network.ClipInput;
import io.zoetrope.network.ClipInput.Kind;
import io.zoetrope.pipeline.model.VideoModel;
import io.zoetrope.torch.RandomStreams;
import io.zoetrope.torch.Share;
import io.zoetrope.torch.Tensors;
import io.zoetrope.train.footage.ClipCut;
import io.zoetrope.train.footage.Showing;
import io.zoetrope.train.recipe.DataBlock;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
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
 * @param usual what is told as {@link ClipInput#USUAL_MOTION} on a scale of which nobody says what
 *     it means, in shorter sides per frame; all else is told in proportion
 */
record MicroClips(
    ClipInput input, double drop, double rate, int shorter, MeasuredMotion motion, double usual)
    implements Showing {
  /** The last number of such a scale. */
  private static final double LAST = 255;

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
    return new MicroClips(input, block.drop(), data.fps(), shorter, motion, 0);
  }

  /**
   * Of a base that is told numbers of its clips; its picture's noise is told with the picture.
   *
   * @param count of clips, from the first
   * @param strides their frames are 1 to so many apart
   * @return empty if it is told none
   * @throws UserError if clips of the data do not move, and it is told how much
   */
  static Optional<MicroClips> told(VideoModel base, Setting setting, int count, int strides) {
    ClipInput all = base.network().config().told().clip();
    List<Kind> kinds = all.kinds().stream().filter(kind -> kind != Kind.AUGMENTATION).toList();
    if (kinds.isEmpty()) {
      return Optional.empty();
    }
    ClipInput input = new ClipInput(kinds, all.sinusoids(), all.motion());
    DataBlock data = setting.recipe().data();
    int shorter = Math.min(data.width(), data.height());
    if (!kinds.contains(Kind.MOTION)) {
      return Optional.of(new MicroClips(input, 0, data.fps(), shorter, MeasuredMotion.NONE, 0));
    }
    setting.listener().note("measuring how much %s clips move".formatted(count));
    MeasuredMotion motion = MeasuredMotion.of(setting.data(), count, setting.listener());
    double usual = motion.quantiles(2, strides).getFirst();
    if (input.motion().isEmpty() && !(usual > 0)) {
      throw new UserError(
          Fault.INVALID,
          "half of the clips do not move, and this model is told how much they do",
          "take other clips");
    }
    MicroClips made = new MicroClips(input, 0, data.fps(), shorter, motion, usual);
    setting.listener().note(made.line());
    return Optional.of(made);
  }

  /** What is told of motion, in a line. */
  String line() {
    return input.motion().isEmpty()
        ? String.format(
            Locale.ROOT,
            "%.0f of motion is %.3f pixels per frame, as half of the clips move less",
            ClipInput.USUAL_MOTION,
            usual * shorter)
        : MicroBlock.line(input);
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
  public Drawn draw(List<ClipCut> cuts, Share share, RandomStreams random) {
    SplittableRandom dice = new SplittableRandom(random.key("micro"));
    Conditioning all = times(cuts.getFirst().frames().size());
    int own = share.of(cuts.size());
    for (Kind kind : input.kinds()) {
      double[] numbers = new double[own];
      for (int i = 0; i < cuts.size(); i++) {
        boolean silent = dice.nextDouble() < drop;
        if (share.has(i)) {
          numbers[i / share.size()] = silent ? ClipInput.UNSAID : number(kind, cuts.get(i));
        }
      }
      all = with(all, kind, numbers);
    }
    return new Drawn(all, Collections.nCopies(own, false));
  }

  /** Of a cut; a single frame has neither rate nor motion. */
  private double number(Kind kind, ClipCut cut) {
    List<Integer> frames = cut.frames();
    if (frames.size() < 2) {
      return ClipInput.UNSAID;
    }
    return switch (kind) {
      case RATE -> rate / (frames.get(1) - frames.get(0));
      case MOTION ->
          input.motion().isEmpty()
              ? Math.min(LAST, Math.rint(ClipInput.USUAL_MOTION * motion.of(cut) / usual))
              : input.bucket(motion.of(cut) * shorter);
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
