package io.zoetrope.studio;

import io.zoetrope.pipeline.order.Made;
import java.util.List;

/**
 * What became of an order.
 *
 * @param seed from which the same comes again; drawn if none was given
 * @param width pixels across
 * @param height pixels down
 * @param fps frames per second
 * @param frames how many
 * @param seconds that making it took, without waiting for others
 * @param notes what a person may want to know, a line each: what was done to a source, words that
 *     the model does not know
 * @param order all that was asked for, as JSON in one line
 */
public record Summary(
    long seed,
    int width,
    int height,
    double fps,
    long frames,
    double seconds,
    List<String> notes,
    String order) {
  /** With a copy of the notes. */
  public Summary {
    notes = List.copyOf(notes);
  }

  static Summary of(Made made) {
    return new Summary(
        made.request().seed(),
        made.request().width(),
        made.request().height(),
        made.request().fps(),
        made.frames(),
        made.timings().total(),
        made.notes(),
        made.order().toJson());
  }
}
