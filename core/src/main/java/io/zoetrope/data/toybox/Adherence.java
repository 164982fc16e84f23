package io.zoetrope.data.toybox;

import io.zoetrope.data.toybox.Analysis.Sighting;
import io.zoetrope.data.toybox.ToyboxPrompts.Prompt;
import java.util.ArrayList;
import java.util.List;

/**
 * Whether a clip shows what was asked for. With several objects each flag means all of them.
 *
 * @param count as many objects as asked for
 * @param colour the right paint
 * @param shape the right shape
 * @param motion the right direction, or kind of motion
 */
public record Adherence(boolean count, boolean colour, boolean shape, boolean motion) {

  /** Everything is as asked. */
  public boolean all() {
    return count && colour && shape && motion;
  }

  /** Judges the most prominent object that was seen. */
  public static Adherence of(Analysis seen, Prompt prompt) {
    return of(seen, List.of(prompt));
  }

  /** Judges against a scene's objects. */
  public static Adherence of(Analysis seen, ToyboxScene scene) {
    return of(
        seen,
        scene.objects().stream().map(o -> Prompt.of(o.colour(), o.shape(), o.motion())).toList());
  }

  /**
   * Judges the most prominent objects, as many as were asked for, paired with what was asked for in
   * the way that is kindest to the clip. What is missing is wrong in everything.
   */
  public static Adherence of(Analysis seen, List<Prompt> wanted) {
    int n = Math.min(wanted.size(), seen.objects().size());
    boolean count = seen.objects().size() == wanted.size();
    Adherence best = new Adherence(count, false, false, false);
    if (n == wanted.size()) {
      for (List<Sighting> order : orders(seen.objects().subList(0, n))) {
        boolean colour = true;
        boolean shape = true;
        boolean motion = true;
        for (int i = 0; i < n; i++) {
          colour &= order.get(i).colour() == wanted.get(i).colour();
          shape &= order.get(i).shape() == wanted.get(i).shape();
          motion &= order.get(i).motion() == wanted.get(i).motion();
        }
        Adherence paired = new Adherence(count, colour, shape, motion);
        best = paired.right() > best.right() ? paired : best;
      }
    }
    return best;
  }

  private int right() {
    return (colour ? 1 : 0) + (shape ? 1 : 0) + (motion ? 1 : 0);
  }

  private static List<List<Sighting>> orders(List<Sighting> of) {
    if (of.size() <= 1) {
      return List.of(List.copyOf(of));
    }
    List<List<Sighting>> orders = new ArrayList<>();
    for (int i = 0; i < of.size(); i++) {
      List<Sighting> rest = new ArrayList<>(of);
      Sighting first = rest.remove(i);
      for (List<Sighting> tail : orders(rest)) {
        List<Sighting> order = new ArrayList<>(List.of(first));
        order.addAll(tail);
        orders.add(order);
      }
    }
    return orders;
  }
}
