package io.zoetrope.diffusion.sampler;

import io.zoetrope.diffusion.Levels;
import io.zoetrope.diffusion.NoiseLevel;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.IntFunction;
import org.bytedeco.pytorch.Tensor;

/**
 * What a multistep method remembers of the steps before: a tensor for each, kept beyond the scope
 * of its step, the latest first. A frame's past is its own: it reaches back only as far as each
 * step led this frame down to where the next one began. Held or noised again, a frame starts anew.
 */
final class History implements AutoCloseable {
  private record Entry(Tensor value, Levels from, Levels to, int step) {}

  private final int most;
  private final List<Entry> entries = new ArrayList<>();

  /**
   * @param most how many steps back
   */
  History(int most) {
    this.most = most;
  }

  /** The tensor of so many steps before the last one remembered; 0 is the last. */
  Tensor value(int back) {
    return entries.get(back).value();
  }

  /** How many steps are remembered. */
  int length() {
    return entries.size();
  }

  /** Where a frame came from in the step {@code back} before the last one remembered. */
  NoiseLevel from(int back, long clip, long frame) {
    return entries.get(back).from().at(clip, frame);
  }

  /** How many steps without a break led a frame to where this move takes it up. */
  int reach(Move move, long clip, long frame) {
    double here = move.from().at(clip, frame).u();
    int step = move.step();
    int reach = 0;
    for (Entry e : entries) {
      double there = e.from().at(clip, frame).u();
      if (e.step() != step - 1 || e.to().at(clip, frame).u() != here || here >= there) {
        break;
      }
      here = there;
      step--;
      reach++;
    }
    return reach;
  }

  /** Remembers this step, and forgets the one that is too long ago. */
  void add(Tensor value, Move move) {
    if (entries.size() == most) {
      Sampler.Run.drop(entries.removeLast().value());
    }
    entries.addFirst(new Entry(Sampler.Run.keep(value), move.from(), move.to(), move.step()));
  }

  /**
   * Its tensors by a name of its own and the numbers of their steps.
   *
   * @param step number of the next one
   * @return empty if that is remembered already
   */
  Optional<Map<String, Tensor>> past(String name, int step) {
    Map<String, Tensor> past = new LinkedHashMap<>();
    for (Entry e : entries) {
      if (e.step() >= step) {
        return Optional.empty();
      }
      past.put(name + "." + e.step(), e.value());
    }
    return Optional.of(past);
  }

  /** Takes up what {@link #past} was by that name. */
  void recall(String name, Map<String, Tensor> past, IntFunction<Sampler.Run.Leg> legs) {
    String begins = name + ".";
    past.keySet().stream()
        .filter(key -> key.startsWith(begins))
        .map(key -> Integer.valueOf(key.substring(begins.length())))
        .sorted()
        .forEach(step -> {
          Sampler.Run.Leg leg = legs.apply(step);
          Tensor value = Sampler.Run.keep(Objects.requireNonNull(past.get(begins + step)));
          entries.addFirst(new Entry(value, leg.from(), leg.to(), step));
        });
  }

  /** The window moves on: see {@link Sampler.Run#slide}. */
  void slide(int dropped, int added) {
    entries.replaceAll(e -> {
      // Of frames that come in nothing is remembered; reach() sees it in their levels.
      Tensor moved =
          Scopes.tensor(() -> {
            long[] fresh = Tensors.shape(e.value());
            Tensor stay = e.value().narrow(2, dropped, fresh[2] - dropped);
            fresh[2] = added;
            Tensor none = Tensors.zeros(fresh).to(stay.device(), stay.scalar_type());
            return Tensors.cat(List.of(stay, none), 2);
          });
      Entry next =
          new Entry(
              Sampler.Run.keep(moved),
              e.from().slide(dropped, added),
              e.to().slide(dropped, added),
              e.step());
      Sampler.Run.drop(e.value());
      return next;
    });
  }

  @Override
  public void close() {
    entries.forEach(e -> Sampler.Run.drop(e.value()));
    entries.clear();
  }
}
