package io.zoetrope.network.text.clip;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;

/**
 * How prompts are read (docs/prompts.md).
 *
 * @param skip how many of the text encoder's last blocks are left out, from 0
 */
public record ClipReading(Syntax syntax, Length length, int skip) {
  /** Brackets weigh, what is too long is cut, all blocks count. */
  public static final ClipReading USUAL = new ClipReading(Syntax.WEIGHTED, Length.CUT, 0);

  /** What brackets mean. */
  public enum Syntax {
    /**
     * {@code (word:1.2)}, {@code [word]} and BREAK: {@link
     * io.zoetrope.network.text.WeightedPrompt}.
     */
    WEIGHTED,
    /** Letters like others, as the reference reads them. */
    PLAIN
  }

  /** What becomes of a prompt with more tokens than the encoder reads at once. */
  public enum Length {
    /** The end is not read. */
    CUT,
    /** It is read in chunks, one after the other, and the network sees them all. */
    CHUNKS
  }

  public ClipReading {
    if (skip < 0) {
      throw new UserError(Fault.INVALID, "clip skip must be at least 0, not " + skip);
    }
  }

  public ClipReading withSyntax(Syntax other) {
    return new ClipReading(other, length, skip);
  }

  public ClipReading withLength(Length other) {
    return new ClipReading(syntax, other, skip);
  }

  public ClipReading withSkip(int other) {
    return new ClipReading(syntax, length, other);
  }
}
