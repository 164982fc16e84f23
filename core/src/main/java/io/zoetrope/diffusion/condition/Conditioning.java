package io.zoetrope.diffusion.condition;

import io.zoetrope.torch.ComputeDevice;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.Tensor;

/**
 * What a video is conditioned on: entries, each in its {@link Slot}. Immutable; it borrows its
 * tensors, whoever made them keeps them alive.
 */
public final class Conditioning {
  /** Text tokens, [B, G, N, D]: G texts a clip, with {@link #FRAME_TEXTS} where G is not 1. */
  public static final Slot<Tensor> TEXT = Slot.tensor("text", Along.TEXT, "BGND", Nothing.SAID);

  /** Which text tokens count, [B, G, N], bool. */
  public static final Slot<Tensor> TEXT_MASK =
      Slot.tensor("text_mask", Along.TEXT, "BGN", Nothing.SAID);

  /** One vector for the whole text, [B, G, D]. */
  public static final Slot<Tensor> POOLED =
      Slot.tensor("pooled", Along.TEXT, "BGD", Nothing.SAID).harmless();

  /** Which of its clip's G texts each frame reads, [B, F], int64, 0..G-1. */
  public static final Slot<Tensor> FRAME_TEXTS =
      Slot.tensor("frame_texts", Along.FRAME, "BF", Nothing.SAME);

  /**
   * Which frames belong together, [B, F], int64: frames mix in time only with frames of the same
   * number. Without it all frames of a clip belong together.
   */
  public static final Slot<Tensor> FRAME_GROUPS =
      Slot.tensor("frame_groups", Along.FRAME, "BF", Nothing.SAME).harmless();

  /**
   * The moment of each frame, [1, F], in frames at the rate of training; without it frames are one
   * apart.
   */
  public static final Slot<Tensor> FRAME_TIMES =
      Slot.tensor("frame_times", Along.MOMENT, "BF", Nothing.SAME).harmless();

  /** Frames per second of the video, [B]; for networks that are told it. */
  public static final Slot<Tensor> RATE = Slot.tensor("rate", Along.CLIP, "B", Nothing.SAME);

  /**
   * How much a clip moves, [B]: for networks that are told it, on the scale of their training (a
   * motion bucket, 0 to 255, in Stable Video Diffusion); below 0 where it is not said.
   */
  public static final Slot<Tensor> MOTION = Slot.tensor("motion", Along.CLIP, "B", Nothing.SAME);

  /**
   * How much noise a picture got in its pixels (values -1 to 1) before it was shown to the network:
   * its deviation, for each frame, [B, F].
   */
  public static final Slot<Tensor> AUGMENTATION =
      Slot.tensor("augmentation", Along.FRAME, "BF", Nothing.SAME);

  /**
   * A clip that the network sees beside the noisy one, [B, C, F, H, W]: {@link
   * io.zoetrope.diffusion.Denoiser#ask} joins its channels behind those of the scaled input. Its
   * own noise is said by {@link #BESIDE_LEVEL}. Guidance leads away from the same clip without its
   * text.
   */
  public static final Slot<Tensor> BESIDE =
      Slot.tensor("beside", Along.PLACE, "BCFHW", Nothing.SAME);

  /**
   * How noisy each frame of {@link #BESIDE} is: its logSNR, -20 to 20, [B, F]; 20 is clean. Not a
   * level, which means another amount of noise under each schedule.
   */
  public static final Slot<Tensor> BESIDE_LEVEL =
      Slot.tensor("beside_level", Along.FRAME, "BF", Nothing.SAME);

  /**
   * The same for networks that have features for each of N amounts of noise: which of them it is,
   * 0..N-1 of a schedule of their own, [B, F], int64 (Stable Diffusion's upscaler).
   */
  public static final Slot<Tensor> BESIDE_LABEL =
      Slot.tensor("beside_label", Along.FRAME, "BF", Nothing.SAME);

  /**
   * The guidance that is in a network's own answer, for networks that were distilled from guided
   * ones (Meng et al. 2023, "On Distillation of Guided Diffusion Models"): the weight w of each
   * frame, [B, F], which is the usual scale less 1, so that 0 is none.
   */
  public static final Slot<Tensor> GUIDANCE =
      Slot.tensor("guidance", Along.FRAME, "BF", Nothing.SAME);

  /**
   * Blocks that frames leave out of a network of blocks in a row, from the first: 1 where a frame
   * leaves a block out, else 0; [B, F, N], of blocks from the N-th on none ({@link
   * io.zoetrope.diffusion.guidance.SkipLayers}).
   */
  public static final Slot<Tensor> LEFT_OUT =
      Slot.tensor("left_out", Along.FRAME, "BFN", Nothing.SAME);

  /**
   * What the i-th control shows, [B, C, F, H, W]: pictures with values 0..1, at the size that its
   * network takes them, or latents.
   */
  public static Slot<Tensor> hint(int i) {
    return Slot.tensor("hint." + i, Along.PLACE, "BCFHW", Nothing.SAME);
  }

  /** Where the i-th control shows anything, [B, 1, F, H, W], 0 or 1; for those of few frames. */
  public static Slot<Tensor> hintMask(int i) {
    return Slot.tensor("hint_mask." + i, Along.PLACE, "BCFHW", Nothing.SAME);
  }

  private static final Conditioning NONE = new Conditioning(Map.of());

  private final Map<Slot<?>, Entry<?>> entries;

  /** A value and what it is for. */
  private record Entry<T>(Slot<T> slot, T value) {
    Entry<T> frames(long first, long count) {
      return new Entry<>(slot, slot.axis().frames(slot, value, first, count));
    }

    Entry<T> frames(long[] which) {
      return new Entry<>(slot, slot.axis().frames(slot, value, which));
    }

    Entry<T> expand(long batch) {
      return new Entry<>(slot, slot.axis().expand(slot, value, batch));
    }

    Entry<T> on(ComputeDevice device) {
      return new Entry<>(slot, slot.axis().on(device, value));
    }

    Entry<T> join(List<Conditioning> branches) {
      List<T> values = branches.stream().map(b -> b.get(slot).orElseThrow()).toList();
      return new Entry<>(slot, slot.axis().join(slot, values));
    }

    /** What the other branch has of this: its own, or nothing. */
    Entry<T> against(Conditioning other) {
      Optional<T> said = other.get(slot).map(own -> slot.axis().as(own, value));
      return new Entry<>(
          slot,
          said.orElseGet(() ->
              switch (slot.nothing()) {
                case SAME -> value;
                case ZERO -> slot.axis().zero(slot, value);
                case SAID ->
                    throw new IllegalArgumentException(
                        "what guidance leads away from must say its own " + slot);
              }));
    }
  }

  private Conditioning(Map<Slot<?>, Entry<?>> entries) {
    this.entries = entries;
  }

  private Conditioning map(UnaryOperator<Entry<?>> change) {
    Map<Slot<?>, Entry<?>> all = new LinkedHashMap<>();
    entries.forEach((slot, entry) -> all.put(slot, change.apply(entry)));
    return new Conditioning(all);
  }

  /** Nothing at all. */
  public static Conditioning none() {
    return NONE;
  }

  /** Text tokens [B, N, D] alone, one text a clip. */
  public static Conditioning text(Tensor text_BND) {
    return NONE.with(TEXT, text_BND.unsqueeze(1));
  }

  /** Text tokens [B, N, D] and their mask [B, N]. */
  public static Conditioning text(Tensor text_BND, Tensor mask_BN) {
    return text(text_BND).with(TEXT_MASK, mask_BN.unsqueeze(1));
  }

  /** This and one vector for each clip's whole text, [B, D]. */
  public Conditioning withPooled(Tensor pooled_BD) {
    return with(POOLED, pooled_BD.unsqueeze(1));
  }

  /**
   * This and one more entry, which replaces one in the same slot.
   *
   * @throws IllegalArgumentException if the value does not fit the slot
   */
  public <T> Conditioning with(Slot<T> slot, T value) {
    return and(new Conditioning(Map.of(slot, new Entry<>(slot, slot.require(value)))));
  }

  /** This and the entries of another, which replace those in the same slots. */
  public Conditioning and(Conditioning other) {
    Map<Slot<?>, Entry<?>> all = new LinkedHashMap<>(entries);
    all.putAll(other.entries);
    return new Conditioning(all);
  }

  /** Only some of its entries. */
  public Conditioning only(Predicate<Slot<?>> wanted) {
    Map<Slot<?>, Entry<?>> some = new LinkedHashMap<>(entries);
    some.keySet().removeIf(wanted.negate());
    return new Conditioning(some);
  }

  public <T> Optional<T> get(Slot<T> slot) {
    return Optional.ofNullable(entries.get(slot)).map(entry -> slot.type().cast(entry.value()));
  }

  /** The slots of its entries, in the order they were added. */
  public Set<Slot<?>> slots() {
    return new LinkedHashSet<>(entries.keySet());
  }

  /**
   * What belongs to some frames of the video.
   *
   * @throws io.zoetrope.error.UserError if an entry is given for fewer frames
   */
  public Conditioning frames(long first, long count) {
    return map(entry -> entry.frames(first, count));
  }

  /**
   * What belongs to frames by their numbers, in that order; they need not be neighbours.
   *
   * @throws io.zoetrope.error.UserError if an entry is given for fewer frames
   */
  public Conditioning frames(long[] which) {
    return map(entry -> entry.frames(which));
  }

  /** This with every entry for one clip repeated (as a view) for {@code batch} clips. */
  public Conditioning expand(long batch) {
    return map(entry -> entry.expand(batch));
  }

  /**
   * This on the device of a network that is told it. Numbers that say something of each frame stay
   * on the processor, which reads them.
   */
  public Conditioning on(ComputeDevice device) {
    return map(entry -> entry.on(device));
  }

  /** This with the texts of its rows as those of fewer clips: one after another, G for each. */
  public Conditioning asTextsOf(long clips) {
    Conditioning all = NONE;
    for (Slot<?> slot : slots()) {
      if (slot.axis() != Along.TEXT) {
        throw new IllegalArgumentException(slot + " is no text");
      }
      Slot<Tensor> text = tensor(slot);
      Tensor rows = get(text).orElseThrow().flatten(0, 1);
      all = all.with(text, rows.unflatten(0, clips, rows.size(0) / clips));
    }
    return all;
  }

  @SuppressWarnings("unchecked") // what lies along a tensor's axis is a tensor
  private static Slot<Tensor> tensor(Slot<?> slot) {
    return (Slot<Tensor>) slot;
  }

  /**
   * What guidance leads away from on the way to this: in each of these slots what {@code negative}
   * says, else what stands for {@link Nothing}.
   *
   * @throws IllegalArgumentException if it must say something and does not, or says what this does
   *     not
   */
  public Conditioning against(Conditioning negative) {
    if (!entries.keySet().containsAll(negative.entries.keySet())) {
      throw different(this, negative);
    }
    return map(entry -> entry.against(negative));
  }

  /**
   * One batch after another: for several guidance branches in one forward pass. All must have the
   * same slots and agree in every axis but the first.
   */
  public static Conditioning concat(List<Conditioning> branches) {
    Conditioning first = branches.getFirst();
    for (Conditioning branch : branches) {
      if (!branch.entries.keySet().equals(first.entries.keySet())) {
        throw different(first, branch);
      }
    }
    return first.map(entry -> entry.join(branches));
  }

  private static IllegalArgumentException different(Conditioning a, Conditioning b) {
    return new IllegalArgumentException(
        "branches hold different names: %s and %s"
            .formatted(new ArrayList<>(a.slots()), new ArrayList<>(b.slots())));
  }
}
