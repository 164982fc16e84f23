package io.zoetrope.data.toybox;

import io.zoetrope.data.toybox.Traits.Colour;
import io.zoetrope.data.toybox.Traits.Motion;
import io.zoetrope.data.toybox.Traits.Shape;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;

/** Prompts whose right answer is known, to see whether a generator does as it is told. */
public final class ToyboxPrompts {
  /**
   * A canonical caption of one object, and what it asks for.
   *
   * @param text "a red ball moves right"
   */
  public record Prompt(String text, Colour colour, Shape shape, Motion motion) {
    /** The prompt that asks for these. */
    public static Prompt of(Colour colour, Shape shape, Motion motion) {
      return new Prompt(ToyboxCaptions.canonical(colour, shape, motion), colour, shape, motion);
    }
  }

  private ToyboxPrompts() {}

  /**
   * Prompts of combinations that {@link Split#TRAIN} never shows, in an order that the seed
   * chooses. There are somewhat more than a hundred; a longer list goes through all of them again,
   * so none comes more than once oftener than another.
   */
  public static List<Prompt> heldOut(int n, long seed) {
    return of(Split.HELD_OUT, n, seed);
  }

  /**
   * Likewise of combinations that training shows: how much worse held-out ones do tells what is
   * lost.
   */
  public static List<Prompt> trained(int n, long seed) {
    return of(Split.TRAIN, n, seed);
  }

  /** What a canonical caption of one object asks for; empty for all other words. */
  public static Optional<Prompt> parse(String text) {
    for (Colour colour : Colour.values()) {
      for (Shape shape : Shape.values()) {
        if (text.contains(colour.word() + " " + shape.word())) {
          for (Motion motion : Motion.values()) {
            Prompt prompt = Prompt.of(colour, shape, motion);
            if (prompt.text().equals(text)) {
              return Optional.of(prompt);
            }
          }
        }
      }
    }
    return Optional.empty();
  }

  private static List<Prompt> of(Split split, int n, long seed) {
    if (n < 1) {
      throw new UserError(Fault.INVALID, "ask for at least 1 prompt, not " + n);
    }
    List<Prompt> all = new ArrayList<>();
    for (Colour colour : Colour.values()) {
      for (Shape shape : Shape.values()) {
        for (Motion motion : Motion.values()) {
          if (Split.of(colour, shape, motion) == split) {
            all.add(Prompt.of(colour, shape, motion));
          }
        }
      }
    }
    SplittableRandom rng = SceneSampler.random(seed, 0, 3);
    List<Prompt> prompts = new ArrayList<>(n);
    while (prompts.size() < n) {
      for (int i = all.size() - 1; i > 0; i--) { // Fisher and Yates
        all.set(i, all.set(rng.nextInt(i + 1), all.get(i)));
      }
      prompts.addAll(all.subList(0, Math.min(all.size(), n - prompts.size())));
    }
    return List.copyOf(prompts);
  }
}
