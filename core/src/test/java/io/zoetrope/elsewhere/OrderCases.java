package io.zoetrope.elsewhere;

import static org.assertj.core.api.Assertions.assertThat;

import io.zoetrope.media.Frame;
import io.zoetrope.pipeline.Engine;
import io.zoetrope.pipeline.TinyModel;
import io.zoetrope.pipeline.cascade.Cascade;
import io.zoetrope.pipeline.cascade.CascadeRun;
import io.zoetrope.pipeline.family.ModelChoice;
import io.zoetrope.pipeline.family.Placement;
import io.zoetrope.pipeline.family.Role;
import io.zoetrope.pipeline.model.VideoModel;
import io.zoetrope.pipeline.model.VideoRequest;
import io.zoetrope.pipeline.order.FrameSink;
import io.zoetrope.pipeline.order.Shot;
import io.zoetrope.pipeline.order.Sources;
import io.zoetrope.pipeline.order.Studio;
import io.zoetrope.pipeline.order.VideoOrder;
import io.zoetrope.progress.Phase;
import io.zoetrope.progress.Progress;
import io.zoetrope.progress.Report;
import io.zoetrope.torch.ComputeDevice;
import io.zoetrope.torch.Scopes;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SequencedMap;
import org.bytedeco.pytorch.Tensor;

/** Whole orders, from their files to frames, by models of which parts lie elsewhere. */
public final class OrderCases {
  private static final Placement ALL = Placement.on(ComputeDevice.META);

  /** Frames are of 8 bits: a number that is rounded otherwise makes one level. */
  private static final int LEVEL = 1;

  /** Makes frames of what lies in a folder. */
  private interface Work {
    List<Frame> make(Path folder, Placement placement);
  }

  private record Case(Work work, Placement placement) {}

  /** Nothing is brought back from one step to the next, unless frames are made between them. */
  private static final class Steps implements Progress {
    private OptionalInt before = OptionalInt.empty();

    @Override
    public void update(Report report) {
      boolean step = report.phase() == Phase.SAMPLE;
      if (!step || report.row().map(Report.Row::number).orElse(0) == 1) {
        framed();
      }
      if (step) {
        int now = Elsewhere.brought().size();
        assertThat(now).as("%s", report).isEqualTo(before.orElse(now));
        before = OptionalInt.of(now);
      }
    }

    void framed() {
      before = OptionalInt.empty();
    }
  }

  private static final SequencedMap<String, Case> CASES = cases();

  private OrderCases() {}

  private static SequencedMap<String, Case> cases() {
    SequencedMap<String, Case> all = new LinkedHashMap<>();
    Orders.ALL.forEach((name, order) -> all.put(name, new Case(order(order), ALL)));
    all.put("a cascade", new Case(OrderCases::cascade, ALL));
    Map<String, Placement> placements =
        Map.of(
            "autoencoder on the CPU", ALL.with(Role.AUTOENCODER, ComputeDevice.CPU),
            "autoencoder alone", Placement.CPU.with(Role.AUTOENCODER, ComputeDevice.META),
            "text encoder on the CPU", ALL.with(Role.TEXT, ComputeDevice.CPU));
    for (String name : List.of("animate, held by reconstruction", "a ControlNet", "roll")) {
      placements.forEach((where, placement) ->
          all.put(
              name + ", " + where,
              new Case(order(Objects.requireNonNull(Orders.ALL.get(name))), placement)));
    }
    return all;
  }

  /** The names of all. */
  public static List<String> names() {
    return List.copyOf(CASES.keySet());
  }

  /** Makes one here and elsewhere: the frames are the same. */
  public static void check(String name, String folder) {
    Path studio = Orders.furnish(Path.of(folder));
    Case one = Objects.requireNonNull(CASES.get(name), name);
    List<Frame> here = one.work.make(studio, Placement.CPU);
    Elsewhere.forget();
    List<Frame> there = one.work.make(studio, one.placement);
    assertThat(Elsewhere.brought()).isNotEmpty();
    assertThat(there).hasSameSizeAs(here).isNotEmpty();
    for (int i = 0; i < here.size(); i++) {
      requireLike(i, here.get(i).rgb(), there.get(i).rgb());
    }
  }

  private static void requireLike(int frame, byte[] here, byte[] there) {
    assertThat(there).hasSameSizeAs(here);
    for (int i = 0; i < here.length; i++) {
      assertThat(Math.abs((here[i] & 0xff) - (there[i] & 0xff)))
          .as("frame %d, byte %d", frame, i)
          .isLessThanOrEqualTo(LEVEL);
    }
  }

  private static Work order(String order) {
    return (folder, placement) -> make(folder, order, placement);
  }

  private static List<Frame> cascade(Path folder, Placement placement) {
    try (VideoModel model = load(folder.resolve("tiny"), placement);
        VideoModel other = load(folder.resolve("other"), placement)) {
      return Scopes.value(() -> {
        CascadeRun run =
            new CascadeRun(
                name -> new Engine(name.filter("other"::equals).map(n -> other).orElse(model)));
        Cascade all = Cascade.parse("case", Orders.CASCADE);
        VideoRequest asked = TinyModel.request(5, 3, 2, "flow-euler");
        CascadeRun.Take take = run.run(all, asked, Optional.empty(), new Steps());
        return take.engine().decode(take.z_1CFHW(), asked.fps()).frames();
      });
    }
  }

  private static VideoModel load(Path model, Placement placement) {
    return VideoModel.load(ModelChoice.of(model).withPlacement(placement));
  }

  private static List<Frame> make(Path folder, String order, Placement placement) {
    List<Frame> frames = new ArrayList<>();
    Steps steps = new Steps();
    Sources files = Sources.in(folder);
    Sources placed =
        new Sources() {
          @Override
          public Path model(String name) {
            return files.model(name);
          }

          @Override
          public Path file(String path) {
            return files.file(path);
          }

          @Override
          public VideoModel lend(ModelChoice choice, Progress progress) {
            return VideoModel.load(choice.withPlacement(placement), progress);
          }
        };
    FrameSink sink =
        new FrameSink() {
          @Override
          public void begin(Shot shot) {}

          @Override
          public void frame(Frame frame) {
            frames.add(frame);
            steps.framed();
          }

          @Override
          public void latents(VideoModel model, VideoRequest request, Tensor z_1CFHW) {
            boolean there = placement.of(Role.DENOISER).equals(ComputeDevice.META);
            assertThat(Elsewhere.isThere(z_1CFHW)).isEqualTo(there);
          }
        };
    var made = Studio.make(VideoOrder.parse("case", order), placed, sink, steps);
    assertThat(made.frames()).isEqualTo(frames.size());
    return frames;
  }
}
