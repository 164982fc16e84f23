package io.zoetrope.jobs.worker;

import io.zoetrope.media.Intake;
import io.zoetrope.record.Json;
import io.zoetrope.record.RecordReader;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;

/** The process of {@link MediaProcess}: opens strangers' files, one at a time. */
public final class MediaMain {
  private MediaMain() {}

  /**
   * Answers each line of its standard input by one, and ends when that does.
   *
   * @param args most pixels of a side, of a frame, frames, bytes, streams
   */
  public static void main(String[] args) throws IOException {
    Link link = new Link(Stdout.take());
    MediaLimits limits = MediaLimits.of(args);
    Intake.only(Intake.STRANGERS.pixels(limits.pixels()).streams(limits.streams()));
    MediaLook look = new MediaLook(limits);
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      MediaTalk.Asked asked = RecordReader.read("ask", line, MediaTalk.Asked.class);
      link.line(Json.MAPPER.writeValueAsString(look.answer(asked)));
    }
    Runtime.getRuntime().halt(0);
  }
}
