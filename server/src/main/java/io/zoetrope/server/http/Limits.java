package io.zoetrope.server.http;

import io.zoetrope.record.Default;
import io.zoetrope.record.RecordReader;
import java.util.List;

/**
 * How much one may ask for. Sizes are bytes. How many jobs may wait, and how much disk must be
 * free, the jobs themselves know.
 *
 * @param body of a request
 * @param parts of a form
 * @param file of an upload
 * @param dataUrl letters of a {@code data:} URL
 * @param headers of a request, all together
 * @param prompt letters
 * @param side pixels of a video's width or height
 * @param frames of a video
 * @param steps of sampling
 * @param changes requests that change something, of one caller in a minute
 * @param reads all other requests, of one caller in a minute
 * @param streams of events that are open at a time
 * @param idleSeconds that a connection may be silent
 * @param slowest bytes a second of a body, after {@code idleSeconds}
 * @param syncSeconds that a caller may wait for a video in one request
 * @param fetchSeconds that a file may take which the server gets from elsewhere
 */
public record Limits(
    @Default("67108864") long body,
    @Default("32") int parts,
    @Default("52428800") long file,
    @Default("20971520") int dataUrl,
    @Default("8192") int headers,
    @Default("32000") int prompt,
    @Default("4096") int side,
    @Default("256") int frames,
    @Default("200") int steps,
    @Default("60") int changes,
    @Default("1200") int reads,
    @Default("100") int streams,
    @Default("30") int idleSeconds,
    @Default("1024") int slowest,
    @Default("3600") int syncSeconds,
    @Default("30") int fetchSeconds) {
  public Limits {
    io.zoetrope.record.Limits check = io.zoetrope.record.Limits.USUAL;
    check.notNegative("body", body);
    check.whole("parts", 1, 100_000, parts);
    check.notNegative("file", file);
    check.whole("dataUrl", 0, 1 << 30, dataUrl);
    check.whole("headers", 512, 1 << 20, headers);
    check.whole("prompt", 1, 1 << 20, prompt);
    check.whole("side", 8, 1 << 15, side);
    check.whole("frames", 1, 1_000_000, frames);
    check.whole("steps", 1, 10_000, steps);
    check.whole("changes", 1, 1_000_000, changes);
    check.whole("reads", 1, 1_000_000, reads);
    check.whole("streams", 0, 100_000, streams);
    check.whole("idleSeconds", 1, 3600, idleSeconds);
    check.whole("slowest", 0, 1 << 20, slowest);
    check.whole("syncSeconds", 1, 86_400, syncSeconds);
    check.whole("fetchSeconds", 1, 3600, fetchSeconds);
  }

  /** Enough for people, too little to do harm. */
  public static Limits usual() {
    return of(List.of());
  }

  /**
   * The usual ones but for some.
   *
   * @param settings as in {@code parts=64}
   * @throws io.zoetrope.error.UserError if there is no such limit, or it makes no sense
   */
  public static Limits of(List<String> settings) {
    return RecordReader.read("limits", "{}", settings, "limit", Limits.class);
  }
}
