package io.zoetrope.studio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.media.VideoReader;
import io.zoetrope.pipeline.TinyModel;
import io.zoetrope.pipeline.order.Remembered;
import io.zoetrope.progress.Phase;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Everything that comes in and goes out, by a small model. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ZoetropeTest {
  private static final Set<Format> SHEETS = EnumSet.of(Format.PNG, Format.JPEG);

  private Zoetrope zoetrope = new NoZoetrope();
  private Path folder = Path.of("");

  @BeforeAll
  void open(@TempDir Path shared) {
    folder = shared;
    TinyModel.write(folder.resolve("tiny"));
    zoetrope = Zoetrope.open(folder.resolve("tiny").toString());
  }

  @AfterAll
  void close() {
    zoetrope.close();
  }

  private static BufferedImage picture() {
    BufferedImage picture = new BufferedImage(20, 16, BufferedImage.TYPE_INT_ARGB);
    Graphics2D pen = picture.createGraphics();
    pen.setColor(Color.RED);
    pen.fillOval(2, 2, 12, 12);
    pen.dispose();
    return picture;
  }

  private Order.Generate ball() {
    return zoetrope.generate("a red ball").seed(4).steps(2).frames(6);
  }

  private Video video() {
    return ball().make();
  }

  private static int[] rgb(BufferedImage picture) {
    int width = picture.getWidth();
    return picture.getRGB(0, 0, width, picture.getHeight(), null, 0, width);
  }

  @Test
  void aVideoIsPictures() {
    Video video = video();
    assertThat(video.frames()).hasSize(6);
    assertThat(video.summary().frames()).isEqualTo(6);
    assertThat(video.summary().seed()).isEqualTo(4);
    assertThat(video.frame(3).getWidth()).isEqualTo(video.width());
    assertThat(rgb(video.frame(3))).isEqualTo(rgb(video.frames().get(3)));
    List<BufferedImage> seen = new ArrayList<>();
    assertThat(ball().each(seen::add).frames()).isEqualTo(6);
    assertThat(rgb(seen.get(5))).isEqualTo(rgb(video.frame(5)));
  }

  @Test
  void redAndBlueStandWhereTheyBelong() throws IOException {
    Path pictures = folder.resolve("pictures");
    Video video = video();
    video.write(pictures);
    try (Stream<Path> files = Files.list(pictures)) {
      Path first = files.filter(f -> f.toString().endsWith(".png")).sorted().toList().getFirst();
      assertThat(rgb(ImageIO.read(first.toFile()))).isEqualTo(rgb(video.frame(0)));
    }
  }

  /** To the byte, but for the numbers that WebM draws for its tracks. */
  @ParameterizedTest
  @EnumSource
  void everyFormatIsBytesAStreamAndAFile(Format format) throws IOException {
    Video video = video();
    byte[] bytes = video.bytes(format);
    Path file = folder.resolve("of-bytes" + format.ending());
    Files.write(file, bytes);
    assertThat(VideoReader.read(file).frames()).hasSize(SHEETS.contains(format) ? 1 : 6);
    ByteArrayOutputStream stream = new ByteArrayOutputStream();
    video.write(stream, format);
    requireSame(format, bytes, stream.toByteArray());
    ByteArrayOutputStream direct = new ByteArrayOutputStream();
    assertThat(ball().to(direct, format).frames()).isEqualTo(6);
    requireSame(format, bytes, direct.toByteArray());
    Path written = folder.resolve("written" + format.ending());
    video.write(written);
    requireSame(format, bytes, Files.readAllBytes(written));
    assertThat(Remembered.read(written)).isPresent();
  }

  private static void requireSame(Format format, byte[] wanted, byte[] is) {
    assertThat(is).hasSameSizeAs(wanted);
    if (format != Format.WEBM) {
      assertThat(is).isEqualTo(wanted);
    }
  }

  @Test
  void aPictureIsTheSameWhereverItComesFrom() throws IOException {
    Path png = folder.resolve("given.png");
    ImageIO.write(picture(), "png", png.toFile());
    byte[] content = Files.readAllBytes(png);
    List<Media> all =
        List.of(
            Media.of(png),
            Media.of(content),
            Media.of(new ByteArrayInputStream(content)),
            Media.of(picture()));
    List<int[]> last = new ArrayList<>();
    for (Media media : all) {
      Order.Animate order = zoetrope.animate(media).prompt("a ball").seed(1).steps(2).frames(5);
      last.add(rgb(order.make().frame(4)));
    }
    assertThat(last).allSatisfy(pixels -> assertThat(pixels).isEqualTo(last.getFirst()));
  }

  @Test
  void allTasksMakeTheirVideos() throws IOException {
    Path png = folder.resolve("picture.png");
    ImageIO.write(picture(), "png", png.toFile());
    Path clip = folder.resolve("clip.mp4");
    video().write(clip);
    assertThat(zoetrope.loop(picture()).steps(2).frames(4).make().frames()).hasSize(4);
    assertThat(zoetrope.interpolate(png, png).steps(2).frames(4).make().frames()).hasSize(4);
    assertThat(longer(zoetrope.extend(Files.newInputStream(clip)))).isEqualTo(8);
    assertThat(longer(zoetrope.extend(video().frames()))).isEqualTo(8);
    Order.Restyle restyle = zoetrope.restyle(clip, "a blue ball").steps(2).clips(4, 2);
    assertThat(restyle.make().frames()).hasSize(6);
    Video fine = zoetrope.refine(clip).steps(2).scale(2).clips(4, 2).make();
    assertThat(fine.width()).isEqualTo(2 * video().width());
    Order.Travel travel = zoetrope.travel("red").then(4, "blue").steps(2).clips(4, 1).frames(8);
    assertThat(travel.make().frames()).hasSize(8);
    Order.Roll roll = zoetrope.roll("red").clip(4, 1).steps(3).frames(7);
    assertThat(roll.make().frames()).hasSize(7);
  }

  private static int longer(Order.Extend order) {
    return order.prompt("a ball").steps(2).frames(8).clips(4, 2).make().frames().size();
  }

  @Test
  void aWatcherSeesEachPhase() {
    Set<Phase> seen = EnumSet.noneOf(Phase.class);
    zoetrope.animate(picture()).steps(2).frames(4).watch(update -> seen.add(update.phase())).make();
    assertThat(seen).contains(Phase.ENCODE, Phase.SAMPLE, Phase.DECODE, Phase.WRITE);
    Set<Phase> opening = EnumSet.noneOf(Phase.class);
    Zoetrope.of(folder.resolve("tiny").toString())
        .device(Device.cpu())
        .precision(Precision.F32)
        .watch(update -> opening.add(update.phase()))
        .open()
        .close();
    assertThat(opening).containsExactly(Phase.LOAD);
  }

  @ParameterizedTest
  @EnumSource(names = {"SAMPLE", "DECODE", "WRITE"})
  void aWatcherCancels(Phase at) {
    Path file = folder.resolve("cancelled-" + at + ".mp4");
    Order.Generate order =
        ball()
            .watch(update -> {
              if (update.phase() == at) {
                update.cancel();
              }
            });
    assertThatExceptionOfType(CancellationException.class).isThrownBy(() -> order.to(file));
    assertThat(file).doesNotExist();
    assertThat(rgb(order.watch(update -> {}).make().frame(5))).isEqualTo(rgb(video().frame(5)));
  }

  @Test
  void aRollWithoutEndEndsWhenItIsCancelled() {
    Path file = folder.resolve("roll.mp4");
    int[] seen = {0};
    Order.Roll roll =
        zoetrope
            .roll("red")
            .clip(4, 1)
            .steps(3)
            .watch(update -> {
              if (seen[0]++ > 12) {
                update.cancel();
              }
            });
    Summary rolled = roll.to(file);
    assertThat(rolled.frames()).isPositive();
    assertThat(VideoReader.read(file).frames()).hasSize(Math.toIntExact(rolled.frames()));
    assertThatIllegalStateException()
        .isThrownBy(() -> zoetrope.roll("red").clip(4, 1).make())
        .withMessageContaining("say frames(...)");
  }

  @Test
  void whatIsNoPictureIsRefused() {
    assertThatExceptionOfType(UserError.class)
        .isThrownBy(() -> zoetrope.animate(Media.of(new byte[] {1, 2, 3})).make());
    assertThatExceptionOfType(UserError.class)
        .isThrownBy(() -> zoetrope.animate(folder.resolve("nobody.png")).make())
        .satisfies(e -> assertThat(e.fault()).isEqualTo(Fault.NOT_FOUND));
  }

  @Test
  void whatAWatcherThrowsComesOut() {
    Path file = folder.resolve("thrown.mp4");
    assertThatExceptionOfType(ArithmeticException.class)
        .isThrownBy(() ->
            ball()
                .watch(update -> {
                  throw new ArithmeticException("mine");
                })
                .to(file));
    assertThat(file).doesNotExist();
    assertThat(video().frames()).hasSize(6);
  }

  @Test
  void aLoraIsLoadedBesideAndTheModelStaysAsItWas() {
    int[] before = rgb(video().frame(5));
    assertThatExceptionOfType(UserError.class)
        .isThrownBy(() -> ball().lora(folder.resolve("nobody.safetensors")).make());
    assertThat(rgb(video().frame(5))).isEqualTo(before);
  }
}
