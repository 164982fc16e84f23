package io.zoetrope.curation.look;

import io.zoetrope.curation.measure.Measures;
import io.zoetrope.media.Intake;
import io.zoetrope.record.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;

/** The process of {@link LookerProcess}: opens strangers' files, one at a time. */
public final class LookerMain {
  private LookerMain() {}

  /**
   * Answers each line of its standard input by one, and ends when that does.
   *
   * @param args {@code all} or {@code strangers}, and folders of measures
   */
  public static void main(String[] args) throws IOException {
    PrintStream out = System.out;
    System.setOut(System.err);
    if (args[0].equals("strangers")) {
      Intake.only(Intake.STRANGERS.pixels(1 << 26));
    }
    Measures measures = Measures.of(Arrays.stream(args).skip(1).map(Path::of).toList());
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    try (FileLooker looker = new FileLooker(measures)) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        LookerTalk.Asked asked = Json.MAPPER.readValue(line, LookerTalk.Asked.class);
        LookerTalk.Answer answer =
            new LookerTalk.Answer(
                asked.scan().map(file -> looker.scan(Path.of(file))),
                asked.measure().map(looker::measure),
                asked
                    .write()
                    .map(cut ->
                        looker.write(
                            Path.of(cut.file()),
                            cut.probe(),
                            cut.from(),
                            cut.to(),
                            Path.of(cut.target()))));
        out.println(LookerTalk.MARK + Json.MAPPER.writeValueAsString(answer));
        out.flush();
      }
    }
    // Natives that are being unloaded have nothing left to say.
    Runtime.getRuntime().halt(0);
  }
}
