package io.zoetrope.pipeline.order;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zoetrope.error.UserError;
import io.zoetrope.media.Frame;
import io.zoetrope.media.Png;
import io.zoetrope.pipeline.TinyModel;
import io.zoetrope.progress.Progress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A mask says what of a video is made anew. */
class MaskOrderTest {
  private static final int SIDE = 32;
  private static final int FRAMES = 3;

  @TempDir private Path folder;

  @BeforeEach
  void furnish() throws IOException {
    TinyModel.write(folder.resolve("model"));
    Files.createDirectories(folder.resolve("ball"));
    for (int i = 0; i < FRAMES; i++) {
      int shift = 40 * i;
      byte[] rgb = new byte[SIDE * SIDE * 3];
      for (int at = 0; at < rgb.length; at++) {
        rgb[at] = (byte) (shift + at % 89);
      }
      Png.write(folder.resolve("ball/%s.png".formatted(i)), new Frame(SIDE, SIDE, rgb));
    }
    mask("left.png", x -> x < SIDE / 2);
    mask("all.png", x -> true);
    mask("none.png", x -> false);
    Files.createDirectories(folder.resolve("two"));
    mask("two/0.png", x -> true);
    mask("two/1.png", x -> true);
    Files.createDirectories(folder.resolve("last"));
    mask("last/0.png", x -> false);
    mask("last/1.png", x -> false);
    mask("last/2.png", x -> true);
  }

  private void mask(String name, IntPredicate white) {
    byte[] rgb = new byte[SIDE * SIDE * 3];
    for (int at = 0; at < rgb.length; at++) {
      rgb[at] = (byte) (white.test(at / 3 % SIDE) ? 255 : 0);
    }
    Png.write(folder.resolve(name), new Frame(SIDE, SIDE, rgb));
  }

  private List<Frame> made(String more, int seed) {
    VideoOrder order =
        VideoOrder.parse(
            "order",
            """
            {"task": {"kind": "restyle", "video": {"path": "ball"}, "strength": 0.7 %s},
             "wish": {"prompts": ["a ball"], "size": {"width": 32, "height": 32}, "seed": %s,
             "steps": 4, "fps": 8}, "model": {"name": "model"}}
            """
                .formatted(more, seed));
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
    Studio.make(order, Sources.in(folder), sink, Progress.NONE);
    return frames;
  }

  private List<Frame> masked(String mask, int seed) {
    return made(", \"mask\": {\"path\": \"%s\"}".formatted(mask), seed);
  }

  @Test
  void whiteAllOverIsAsWithoutMask() {
    List<Frame> all = masked("all.png", 3);
    List<Frame> without = made("", 3);
    assertThat(all).hasSize(FRAMES);
    for (int i = 0; i < FRAMES; i++) {
      assertThat(all.get(i).rgb()).isEqualTo(without.get(i).rgb());
    }
  }

  /** Whatever the noise, frames that the mask leaves out are the source's; the last is not. */
  @Test
  void whatIsBlackIsKept() {
    List<Frame> one = masked("last", 3);
    List<Frame> other = masked("last", 9);
    for (int i = 0; i < FRAMES - 1; i++) {
      assertThat(one.get(i).rgb()).isEqualTo(other.get(i).rgb());
    }
    assertThat(one.get(FRAMES - 1).rgb()).isNotEqualTo(other.get(FRAMES - 1).rgb());
  }

  @Test
  void aPictureIsForAllFrames() {
    List<Frame> one = masked("left.png", 3);
    List<Frame> other = masked("left.png", 9);
    List<Frame> whole = made("", 3);
    for (int i = 0; i < FRAMES; i++) {
      assertThat(one.get(i).rgb()).isNotEqualTo(other.get(i).rgb());
      assertThat(one.get(i).rgb()).isNotEqualTo(whole.get(i).rgb());
    }
  }

  @Test
  void whatIsNoMaskForItIsSaid() {
    assertThatThrownBy(() -> masked("none.png", 3))
        .isInstanceOf(UserError.class)
        .hasMessage("the mask 'none.png' is white nowhere: nothing would be made");
    assertThatThrownBy(() -> masked("two", 3))
        .isInstanceOf(UserError.class)
        .hasMessage("the mask 'two' has 2 frames, the video 3: a mask is one picture, or as long");
    assertThatThrownBy(() -> masked("no.png", 3))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("there is no file");
  }
}
