package io.zoetrope.pipeline.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zoetrope.error.UserError;
import io.zoetrope.network.VideoNetwork;
import io.zoetrope.network.unet.UNetConfig;
import io.zoetrope.nn.Footprint;
import io.zoetrope.nn.Holding;
import io.zoetrope.nn.WeightCount;
import io.zoetrope.pipeline.family.Part;
import io.zoetrope.pipeline.family.Role;
import io.zoetrope.torch.Precision;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The shapes are those of Stable Diffusion 1.5 with AnimateDiff's modules. */
class MemoryNeedTest {
  private static final long PARAMETERS = 1_520_000_000;
  private static final long GB = 1_000_000_000;

  @TempDir private Path folder;

  private static VideoRequest request(int size, int frames) {
    return new VideoRequest("a", "", 1, size, size, frames, 8, 25, 7.5, "ddim");
  }

  private static MemoryNeed need(VideoRequest request, Precision precision) {
    return MemoryNeed.of(parts(precision), request, 1, OptionalInt.empty(), false);
  }

  @Test
  void branchesApartTakeHalfAStep() {
    MemoryNeed both = need(request(256, 16), Precision.F32);
    MemoryNeed apart =
        MemoryNeed.of(parts(Precision.F32), request(256, 16), 1, OptionalInt.empty(), true);
    assertThat(apart.weights()).isEqualTo(both.weights());
    assertThat(apart.decoding()).isEqualTo(both.decoding());
    VideoRequest request = request(256, 16);
    OptionalLong between = OptionalLong.of((both.total() + apart.total()) / 2);
    assertThatCode(() -> apart.requireFit(between, request, Precision.F32))
        .doesNotThrowAnyException();
    assertThatThrownBy(() -> both.requireFit(between, request, Precision.F32))
        .hasMessageContaining("take guidance apart, or ask for fewer frames");
    assertThat(apart.sampling() / (double) both.sampling()).isBetween(0.5, 0.52);
  }

  /** One part with the weights of all. */
  private static List<MemoryNeed.Weighed> parts(Precision precision) {
    UNetConfig sd15 = UNetConfig.size("sd15");
    Part<VideoNetwork> unet =
        new Part<>(
            Role.DENOISER,
            "unet",
            List.of(),
            Holding.mapped(precision),
            clip ->
                sd15.footprint(
                    (long) clip.rows() * clip.frames(), clip.height() / 8, clip.width() / 8),
            sd15::build);
    Part<VideoNetwork> waiting =
        new Part<>(
            Role.DENOISER,
            "text",
            List.of(),
            Holding.waiting(precision),
            clip -> new Footprint(1, 0),
            sd15::build);
    return List.of(
        new MemoryNeed.Weighed(unet, WeightCount.plain(PARAMETERS)),
        new MemoryNeed.Weighed(waiting, WeightCount.plain(10 * GB)));
  }

  /** Blocks count as they lie, and the largest matrix once more, unpacked. */
  @Test
  void packedWeightsTakeTheirBytesAndOneLayer() {
    for (Precision precision : Precision.values()) {
      Part<?> part = parts(precision).getFirst().part();
      long plain = part.bytes(WeightCount.plain(1000));
      assertThat(part.bytes(new WeightCount(1000, 5 * GB, 70_000_000)))
          .isEqualTo(plain + 5 * GB + 70_000_000L * precision.bytes());
      Part<?> waiting = parts(precision).getLast().part();
      assertThat(waiting.bytes(new WeightCount(0, 5 * GB, 7))).isZero();
    }
  }

  @Test
  void growsWithFramesAndSize() {
    MemoryNeed usual = need(request(256, 16), Precision.F32);
    assertThat(usual.weights()).isBetween(6 * GB, 10 * GB);
    assertThat(need(request(256, 32), Precision.F32).sampling()).isEqualTo(2 * usual.sampling());
    assertThat(need(request(512, 16), Precision.F32).sampling()).isEqualTo(4 * usual.sampling());
    assertThat(need(request(256, 16), Precision.BF16).weights()).isLessThan(usual.weights() / 2);
  }

  @Test
  void saysWhatWouldFit() {
    VideoRequest large = request(768, 64);
    MemoryNeed need = need(large, Precision.BF16);
    OptionalLong ten = OptionalLong.of(10 * GB);
    assertThatThrownBy(() -> need.requireFit(ten, large, Precision.BF16))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("10.0 GB are free")
        .hasMessageMatching(".*(at most \\d+ frames|at most about \\d+x\\d+).*");
    assertThatThrownBy(() ->
            need(request(256, 16), Precision.F32)
                .requireFit(OptionalLong.of(4 * GB), large, Precision.F32))
        .hasMessageContaining("the precision bf16 halves them");
    assertThatCode(() -> need.requireFit(OptionalLong.empty(), large, Precision.BF16))
        .doesNotThrowAnyException();
  }

  @Test
  void weightsAreRefusedBeforeTheyAreRead() {
    assertThatThrownBy(() -> MemoryNeed.requireRoom(OptionalLong.of(4 * GB), parts(Precision.F32)))
        .isInstanceOf(UserError.class)
        .hasMessageMatching(
            "the model's weights need about .* 4\\.0 GB are free: the precision bf16.*");
    assertThatCode(() -> MemoryNeed.requireRoom(OptionalLong.of(4 * GB), parts(Precision.BF16)))
        .doesNotThrowAnyException();
    assertThatCode(() -> MemoryNeed.requireRoom(OptionalLong.empty(), parts(Precision.F32)))
        .doesNotThrowAnyException();
  }

  @Test
  void theContainersLimitCounts() throws IOException {
    Path proc = folder.resolve("proc");
    Files.createDirectories(proc.resolve("self"));
    Path groups = Files.createDirectories(folder.resolve("groups"));
    Files.writeString(proc.resolve("meminfo"), "MemTotal: 9000 kB\nMemAvailable:  8000 kB\n");
    assertThat(MemoryNeed.available(proc, groups)).hasValue(8000 * 1024);
    Files.writeString(groups.resolve("memory.max"), "max\n");
    assertThat(MemoryNeed.available(proc, groups)).hasValue(8000 * 1024);
    Files.writeString(groups.resolve("memory.max"), "4096000\n");
    Files.writeString(groups.resolve("memory.current"), "3000000\n");
    Files.writeString(groups.resolve("memory.stat"), "anon 5\nfile 500000\n");
    Files.writeString(proc.resolve("self/status"), "VmRSS: 7 kB\nRssAnon:\t 1 kB\n");
    assertThat(MemoryNeed.available(proc, groups)).hasValue(4_096_000 - 2_500_000 + 1024);
    assertThat(MemoryNeed.available(folder, groups)).isEmpty();
  }
}
