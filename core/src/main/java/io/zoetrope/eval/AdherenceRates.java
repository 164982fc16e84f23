package io.zoetrope.eval;

import io.zoetrope.data.toybox.Adherence;
import java.util.List;

/**
 * How many of some videos show what was asked for.
 *
 * @param colour with the right paint
 * @param shape with the right shape
 * @param motion with the right direction, or kind of motion
 * @param count with the right number of objects
 * @param all with all of these
 */
public record AdherenceRates(Rate colour, Rate shape, Rate motion, Rate count, Rate all) {
  public static AdherenceRates of(List<Adherence> looks) {
    return new AdherenceRates(
        Rate.of(looks, Adherence::colour),
        Rate.of(looks, Adherence::shape),
        Rate.of(looks, Adherence::motion),
        Rate.of(looks, Adherence::count),
        Rate.of(looks, Adherence::all));
  }
}
