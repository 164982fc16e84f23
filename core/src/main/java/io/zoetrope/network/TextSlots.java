package io.zoetrope.network;

import static io.zoetrope.diffusion.condition.Conditioning.FRAME_GROUPS;
import static io.zoetrope.diffusion.condition.Conditioning.FRAME_TEXTS;
import static io.zoetrope.diffusion.condition.Conditioning.FRAME_TIMES;
import static io.zoetrope.diffusion.condition.Conditioning.POOLED;
import static io.zoetrope.diffusion.condition.Conditioning.TEXT;
import static io.zoetrope.diffusion.condition.Conditioning.TEXT_MASK;

import io.zoetrope.diffusion.condition.Slot;
import java.util.HashSet;
import java.util.Set;

/** What networks read that know texts, frames and moments. */
public final class TextSlots {
  private TextSlots() {}

  /**
   * What one needs.
   *
   * @param textWidth features of a text token; 0 for one that reads no text
   */
  public static Set<Slot<?>> needs(int textWidth) {
    return textWidth == 0 ? Set.of() : Set.of(TEXT);
  }

  /** What one can use besides, {@code more} included. */
  public static Set<Slot<?>> reads(int textWidth, Slot<?>... more) {
    Set<Slot<?>> all = new HashSet<>(Set.of(FRAME_GROUPS, FRAME_TIMES));
    if (textWidth > 0) {
      all.addAll(Set.of(TEXT_MASK, POOLED, FRAME_TEXTS));
    }
    all.addAll(Set.of(more));
    return all;
  }
}
