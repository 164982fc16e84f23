package io.zoetrope.pipeline.order;

import static org.assertj.core.api.Assertions.assertThat;

import io.zoetrope.media.Frame;
import io.zoetrope.media.FrameTensors;
import io.zoetrope.media.Png;
import io.zoetrope.media.Video;
import io.zoetrope.pipeline.TinyModel;
import io.zoetrope.pipeline.task.Upscale;
import io.zoetrope.progress.Progress;
import io.zoetrope.torch.Ops;
import io.zoetrope.torch.Scopes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A strength of 0 enlarges and no more; a model's index may say that this is its way. */
class EnlargedTest {
  @TempDir private Path folder;

  @BeforeEach
  void furnish() {
    TinyModel.write(folder.resolve("model"));
    byte[] rgb = new byte[16 * 16 * 3];
    for (int i = 0; i < rgb.length; i++) {
      rgb[i] = (byte) (i * 7);
    }
    Png.write(folder.resolve("ball.png"), new Frame(16, 16, rgb));
  }

  private record Shown(Made made, List<Frame> frames) {}

  private Shown refine(String more) {
    String task = "{\"kind\": \"refine\", \"video\": {\"path\": \"ball.png\"}%s}".formatted(more);
    VideoOrder order =
        VideoOrder.parse(
            "order",
            """
            {"task": %s, "wish": {"prompts": ["a ball"], "size": {"width": 32, "height": 32},
             "seed": 3, "steps": 4}, "model": {"name": "model"}}
            """
                .formatted(task));
    List<Frame> frames = new ArrayList<>();
    FrameSink sink =
        new FrameSink() {
          @Override
          public void begin(Shot shot) {}

          @Override
          public void frame(Frame frame) {
            frames.add(frame);
          }
        };
    return new Shown(Studio.make(order, Sources.in(folder), sink, Progress.NONE), frames);
  }

  private void say(String refine) throws IOException {
    Path index = folder.resolve("model/model_index.json");
    String text = Files.readString(index);
    Files.writeString(index, text.replaceFirst("\\{", "{\"refine\": " + refine + ","));
  }

  private Frame enlarged() {
    return Scopes.value(() -> {
      Video small = new Video(List.of(Png.read(folder.resolve("ball.png"))), 8);
      Tensor x = Upscale.to(FrameTensors.toTensor(small).unsqueeze(0), 32, 32).select(0, 0);
      return FrameTensors.toVideo(Ops.clamp(x, -1, 1), 8).frames().getFirst();
    });
  }

  @Test
  void aStrengthOfNothingEnlargesAndSaysSo() {
    Shown shown = refine(", \"strength\": 0");
    assertThat(shown.frames.getFirst().rgb()).isEqualTo(enlarged().rgb());
    assertThat(shown.made.notes())
        .anyMatch(note -> note.startsWith("enlarged, and nothing made"))
        .noneMatch(note -> note.contains("at its best"));
    assertThat(refine(", \"strength\": 0.4").made.notes())
        .anyMatch(note -> note.contains("at its best at 16x16"));
  }

  @Test
  void whatTheIndexSaysIsTheDefaultAndNoMore() throws IOException {
    byte[] again = refine("").frames.getFirst().rgb();
    assertThat(again).isNotEqualTo(enlarged().rgb());
    assertThat(refine(", \"strength\": 0.4").frames.getFirst().rgb()).isEqualTo(again);
    say("{\"strength\": 0.0}");
    assertThat(refine("").frames.getFirst().rgb()).isEqualTo(enlarged().rgb());
    assertThat(refine(", \"strength\": 0.4").frames.getFirst().rgb()).isEqualTo(again);
    assertThat(refine(", \"refiner\": \"model\"").frames.getFirst().rgb()).isEqualTo(again);
  }
}
