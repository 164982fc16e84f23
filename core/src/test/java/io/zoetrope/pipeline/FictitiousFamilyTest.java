package io.zoetrope.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zoetrope.checkpoint.Component;
import io.zoetrope.checkpoint.safetensors.Safetensors;
import io.zoetrope.diffusion.Course;
import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.diffusion.condition.Slot;
import io.zoetrope.error.UserError;
import io.zoetrope.media.Frame;
import io.zoetrope.media.Png;
import io.zoetrope.network.NetworkConfig;
import io.zoetrope.network.TestNetworks;
import io.zoetrope.network.VideoNetwork;
import io.zoetrope.network.vae.Autoencoder;
import io.zoetrope.network.vae.Causal;
import io.zoetrope.nn.Footprint;
import io.zoetrope.nn.Holding;
import io.zoetrope.nn.Init;
import io.zoetrope.nn.Linear;
import io.zoetrope.nn.Parameters;
import io.zoetrope.pipeline.family.Ability;
import io.zoetrope.pipeline.family.Blueprint;
import io.zoetrope.pipeline.family.Families;
import io.zoetrope.pipeline.family.ModelChoice;
import io.zoetrope.pipeline.family.ModelFamily;
import io.zoetrope.pipeline.family.ModelFiles;
import io.zoetrope.pipeline.family.ModelIndex;
import io.zoetrope.pipeline.family.Part;
import io.zoetrope.pipeline.family.Place;
import io.zoetrope.pipeline.family.Role;
import io.zoetrope.pipeline.model.VideoModel;
import io.zoetrope.pipeline.model.VideoRequest;
import io.zoetrope.pipeline.order.AnimateSpec;
import io.zoetrope.pipeline.order.FrameSink;
import io.zoetrope.pipeline.order.GenerateSpec;
import io.zoetrope.pipeline.order.Made;
import io.zoetrope.pipeline.order.ModelRef;
import io.zoetrope.pipeline.order.Shot;
import io.zoetrope.pipeline.order.SourceRef;
import io.zoetrope.pipeline.order.Sources;
import io.zoetrope.pipeline.order.Studio;
import io.zoetrope.pipeline.order.TaskSpec;
import io.zoetrope.pipeline.order.Tuning;
import io.zoetrope.pipeline.order.VideoOrder;
import io.zoetrope.pipeline.order.Wish;
import io.zoetrope.pipeline.schedule.SchedulerConfig;
import io.zoetrope.progress.Progress;
import io.zoetrope.torch.Ops;
import io.zoetrope.torch.Precision;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Segments;
import io.zoetrope.torch.Tensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What it takes to add a family of models: this file, and its line in the table. It is as unlike
 * those that are there as it can be: files and names of its own, no text, a causal autoencoder
 * whose latents hold four frames.
 */
class FictitiousFamilyTest {
  /** Models whose index says {@code GazerPipeline}. */
  private record Gazer() implements ModelFamily {
    @Override
    public String name() {
      return "GazerPipeline";
    }

    @Override
    public boolean recognises(ModelFiles files) {
      return files.kind().equals(name());
    }

    @Override
    public Blueprint read(ModelFiles files, ModelChoice choice) {
      GazerConfig config = new GazerConfig(files.index().path("width").asInt());
      Component brain = new Component(files.model().resolve("brain"), "gaze.safetensors");
      Holding holding = Holding.mapped(Precision.F32);
      Place place = files.place("brain", brain, choice.variant(), key -> key.replace("gaze_", ""));
      Part<VideoNetwork> denoiser =
          new Part<>(
              Role.DENOISER,
              "brain",
              List.of(place),
              holding.on(choice.placement().of(Role.DENOISER)),
              clip -> config.footprint(clip.frames(), clip.height(), clip.width()),
              config::build);
      Part<Autoencoder> eye =
          new Part<>(
              Role.AUTOENCODER,
              "eye",
              List.of(),
              holding.on(choice.placement().of(Role.AUTOENCODER)),
              clip -> new Footprint(1, 0),
              Causal.USUAL::build);
      return new Blueprint(
          name(),
          List.of(denoiser, eye),
          Blueprint.Joining.NONE,
          new SchedulerConfig("flow", 3, "flow"),
          new ModelIndex.Defaults(32, 16, 13, 8, 4, 1, "flow-euler"),
          Causal.USUAL.grid(),
          Optional.empty(),
          Set.of(Ability.VIDEO),
          Blueprint.Leftovers.NONE);
    }
  }

  /** One layer over channels, which sees each latent beside the mean of all. */
  private record GazerConfig(int width) implements NetworkConfig {
    @Override
    public VideoNetwork build(Parameters p) {
      Linear mix = Linear.of(p.at("mix"), 2L * width, width, Init.xavier());
      return new VideoNetwork() {
        @Override
        public NetworkConfig config() {
          return GazerConfig.this;
        }

        @Override
        public Tensor predict(Tensor z_BCFHW, Tensor t_BF, Conditioning c, Segments segments) {
          Tensor mean = Ops.mean(z_BCFHW, 2).unsqueeze(2).expand_as(z_BCFHW);
          Tensor both = Tensors.cat(List.of(z_BCFHW, mean), 1).permute(0, 2, 3, 4, 1);
          return mix.forward(both).tanh().permute(0, 4, 1, 2, 3);
        }
      };
    }

    @Override
    public String folder() {
      return "brain";
    }

    @Override
    public int takes() {
      return width;
    }

    @Override
    public int gives() {
      return width;
    }

    @Override
    public Set<Slot<?>> needs() {
      return Set.of();
    }

    @Override
    public Set<Slot<?>> reads() {
      return Set.of();
    }

    @Override
    public int textWidth() {
      return 0;
    }

    @Override
    public int features() {
      return width;
    }

    @Override
    public int attentionHeads() {
      return 1;
    }

    @Override
    public int multiple() {
      return 1;
    }

    @Override
    public Footprint footprint(long frames, long height, long width) {
      return new Footprint(1, 0);
    }

    @Override
    public boolean temporal() {
      return true;
    }

    @Override
    public NetworkConfig withTemporal(boolean on) {
      return this;
    }
  }

  private static final Families FAMILIES = Families.ALL.with(new Gazer());

  @TempDir Path folder;
  private ModelChoice choice = ModelChoice.of(Path.of(""));

  @BeforeEach
  void write() throws IOException {
    Path model = Files.createDirectories(folder.resolve("gazer"));
    Files.writeString(
        model.resolve("model_index.json"), "{\"_class_name\": \"GazerPipeline\", \"width\": 4}");
    Path weights = Files.createDirectories(model.resolve("brain")).resolve("gaze.safetensors");
    Scopes.run(() ->
        Safetensors.write(
            weights,
            Map.of(
                "gaze_mix.weight", TestNetworks.normal("w", 4, 8),
                "gaze_mix.bias", TestNetworks.normal("b", 4)),
            Map.of()));
    choice = ModelChoice.of(model);
  }

  @Test
  void isRecognisedAndRead() {
    try (VideoModel model = VideoModel.load(choice, FAMILIES)) {
      assertThat(model.reports()).hasSize(1);
      assertThat(model.reports().getFirst().toString()).contains("brain");
      assertThat(model.text()).isEmpty();
      assertThat(model.sizeMultiple()).isEqualTo(4);
      assertThat(model.grid().toString()).isEqualTo("4 channels at 1/4, a latent of 4 frames");
    }
    assertThatThrownBy(() -> VideoModel.load(choice))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("is a GazerPipeline; this version runs ZoetropeTextToVideo, ");
  }

  @Test
  void theOthersAreThereBesideIt() {
    ModelChoice tiny = ModelChoice.of(TinyModel.write(folder.resolve("tiny")), "f32");
    try (VideoModel model = VideoModel.load(tiny, FAMILIES)) {
      assertThat(model.grid().time()).isEqualTo(1);
    }
  }

  @Test
  void samples() {
    try (VideoModel model = VideoModel.load(choice, FAMILIES)) {
      VideoRequest request = VideoRequest.of("", 3, model.defaults());
      List<Frame> frames = new TextToVideo(new Engine(model)).run(request, Progress.NONE).frames();
      assertThat(frames).hasSize(13);
      assertThat(frames.getFirst().width()).isEqualTo(32);
      assertThat(frames.get(12).rgb()).isNotEqualTo(frames.getFirst().rgb());
    }
  }

  /** Orders know nothing of it. */
  @Test
  void isOrdered() {
    List<Frame> frames = new ArrayList<>();
    Made made = made(GenerateSpec.usual(), Wish.of("a ball").withFrames(12).withSeed(3), frames);
    assertThat(frames).hasSize(13);
    assertThat(made.frames()).isEqualTo(13);
    assertThat(made.notes())
        .contains("clips have 13 frames, not 12: a latent of this model holds 4");
    Path picture = folder.resolve("ball.png");
    Png.write(picture, frames.get(5));
    List<Frame> moved = new ArrayList<>();
    made(
        new AnimateSpec(
            SourceRef.of(picture), io.zoetrope.media.Fit.CROP, 0, Course.WAIT, Optional.empty()),
        Wish.of().withSeed(4),
        moved);
    assertThat(moved).hasSize(13);
    byte[] given = frames.get(5).rgb();
    byte[] shown = moved.getFirst().rgb();
    for (int i = 0; i < given.length; i++) {
      // The picture is as coarse as the autoencoder: it comes back but for rounding.
      assertThat(Math.abs((given[i] & 0xff) - (shown[i] & 0xff))).isLessThanOrEqualTo(1);
    }
    assertThat(moved.get(12).rgb()).isNotEqualTo(shown);
  }

  private Made made(TaskSpec task, Wish wish, List<Frame> frames) {
    Sources files = Sources.in(folder);
    Sources sources =
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
            return VideoModel.load(choice, FAMILIES);
          }
        };
    FrameSink sink =
        new FrameSink() {
          @Override
          public void begin(Shot shot) {}

          @Override
          public void frame(Frame frame) {
            frames.add(frame);
          }
        };
    return Studio.make(
        new VideoOrder(task, wish, ModelRef.of("gazer"), Tuning.NONE),
        sources,
        sink,
        Progress.NONE);
  }
}
