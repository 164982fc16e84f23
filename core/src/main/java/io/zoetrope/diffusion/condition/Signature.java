package io.zoetrope.diffusion.condition;

import io.zoetrope.torch.Tensors;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.bytedeco.pytorch.Tensor;

/**
 * What goes into a network and what comes out.
 *
 * @param takes channels of what comes in: those of the noisy video, and of {@link
 *     Conditioning#BESIDE} if it needs one
 * @param gives channels of what comes out
 * @param needs entries that it cannot do without
 * @param reads those that it can use besides
 */
public record Signature(int takes, int gives, Set<Slot<?>> needs, Set<Slot<?>> reads) {
  public Signature {
    needs = Set.copyOf(needs);
    reads = Set.copyOf(reads);
  }

  /** Whether the network looks at an entry. */
  public boolean knows(Slot<?> slot) {
    return needs.contains(slot) || reads.contains(slot);
  }

  /** This with more entries that it needs, and more that it can use. */
  public Signature and(Set<Slot<?>> needed, Set<Slot<?>> read) {
    Set<Slot<?>> allNeeds = new HashSet<>(needs);
    allNeeds.addAll(needed);
    Set<Slot<?>> allReads = new HashSet<>(reads);
    allReads.addAll(read);
    return new Signature(takes, gives, allNeeds, allReads);
  }

  /**
   * Requires that a network can do with a conditioning.
   *
   * @throws IllegalArgumentException if an entry is missing, or would be without effect
   */
  public void require(Conditioning conditioning) {
    for (Slot<?> slot : needs) {
      if (conditioning.get(slot).isEmpty()) {
        throw new IllegalArgumentException("this network needs " + slot);
      }
    }
    for (Slot<?> slot : conditioning.slots()) {
      if (!knows(slot) && slot.unread() == Slot.Unread.REFUSED) {
        throw new IllegalArgumentException("this network does not read " + slot);
      }
    }
  }

  /**
   * Requires that a network can do with a video, what is beside it included.
   *
   * @throws IllegalArgumentException if it has other channels
   */
  public void requireTakes(Tensor input_BCFHW) {
    if (input_BCFHW.size(1) != takes) {
      throw new IllegalArgumentException(
          "this network takes %s channels, not a video of shape %s"
              .formatted(takes, Arrays.toString(Tensors.shape(input_BCFHW))));
    }
  }
}
