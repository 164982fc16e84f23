package io.zoetrope.pipeline.family;

import io.zoetrope.checkpoint.WeightSource;
import io.zoetrope.nn.Footprint;
import io.zoetrope.nn.Holding;
import io.zoetrope.nn.Keeping;
import io.zoetrope.nn.Parameters;
import io.zoetrope.nn.WeightCount;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * A part of a model, not yet loaded.
 *
 * @param name as people know it: its folder in a model directory
 * @param places where its weights lie, in one or more; none if it has none
 * @param holding number form, keeping and device
 * @param footprint what it takes of memory for a clip
 * @param make the part on its weights
 * @param anew whether a weight of this name may be in none of its places, and is made anew
 * @param <T> what it is
 */
public record Part<T>(
    Role<T> role,
    String name,
    List<Place> places,
    Holding holding,
    Function<Clip, Footprint> footprint,
    Function<Parameters, T> make,
    Predicate<String> anew) {
  /**
   * What is made at once, as people count.
   *
   * @param rows clips, twice with guidance
   * @param frames of a clip
   * @param height pixels
   * @param width pixels
   * @param decoded frames that are decoded at once at most, by decoders that see several together
   */
  public record Clip(int rows, int frames, int height, int width, int decoded) {
    /** Nothing, where weights alone matter. */
    public static final Clip NONE = new Clip(0, 0, 0, 0, 0);
  }

  /** Of which all weights are in its places. */
  public Part(
      Role<T> role,
      String name,
      List<Place> places,
      Holding holding,
      Function<Clip, Footprint> footprint,
      Function<Parameters, T> make) {
    this(role, name, places, holding, footprint, make, weight -> false);
  }

  public Part {
    places = List.copyOf(places);
  }

  /**
   * Opens its weights; empty if it has none.
   *
   * @throws io.zoetrope.error.UserError if they are missing or damaged
   */
  public Optional<WeightSource> weights() {
    return places.stream().map(Place::open).reduce(WeightSource::and);
  }

  /**
   * Bytes that so many of its weights take of memory; those that wait in their file take none. Of
   * what stays packed the largest matrix is there unpacked, too.
   */
  public long bytes(WeightCount weights) {
    if (holding.keeping() == Keeping.WAITING) {
      return 0;
    }
    double each =
        switch (holding.precision()) {
          case F32 -> Float.BYTES * footprint.apply(Clip.NONE).perWeight();
          case BF16 -> holding.precision().bytes();
        };
    long unpacked = weights.largest() * holding.precision().bytes();
    return (long) (weights.plain() * each) + weights.packed() + unpacked;
  }
}
