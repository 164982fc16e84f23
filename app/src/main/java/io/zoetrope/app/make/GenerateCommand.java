package io.zoetrope.app.make;

import io.zoetrope.app.cli.option.ClipOptions;
import io.zoetrope.app.cli.option.PlanOption;
import io.zoetrope.app.cli.option.PromptOption;
import io.zoetrope.app.cli.option.ShapeOptions;
import io.zoetrope.app.cli.terminal.Session;
import io.zoetrope.app.cli.words.UsageError;
import io.zoetrope.app.make.option.ReferenceOption;
import io.zoetrope.pipeline.model.VideoModel;
import io.zoetrope.pipeline.model.VideoRequest;
import io.zoetrope.pipeline.order.Across;
import io.zoetrope.pipeline.order.GenerateSpec;
import io.zoetrope.pipeline.order.LatentsFile;
import io.zoetrope.pipeline.order.ModelRef;
import io.zoetrope.pipeline.order.NoiseFile;
import io.zoetrope.pipeline.order.SourceRef;
import io.zoetrope.pipeline.order.TaskSpec;
import io.zoetrope.pipeline.order.Wish;
import io.zoetrope.pipeline.order.ZeroMethod;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code zoetrope generate}. */
@Command(
    name = "generate",
    description = {
      "Makes a video from words.",
      "Prints the name of the file. The same prompt, seed and options give the same video."
    })
public final class GenerateCommand extends MakeVerb {
  @Mixin private final PromptOption.Alone prompt = new PromptOption.Alone();
  @Mixin private final ClipOptions clip = new ClipOptions();
  @Mixin private final PlanOption plan = new PlanOption();
  @Mixin private final MethodOption method = new MethodOption();
  @Mixin private final ZeroOptions zero = new ZeroOptions();
  @Mixin private final AcrossOptions across = new AcrossOptions();
  @Mixin private final ControlOption control = new ControlOption();
  @Mixin private final ReferenceOption reference = new ReferenceOption();
  @Mixin private final LatentOptions latents = new LatentOptions();
  private Optional<Path> save = Optional.empty();

  public GenerateCommand(Session session) {
    super(session);
  }

  @Override
  protected TaskSpec task() {
    save = latents.save(session());
    Optional<SourceRef> drawn = plan.read(session(), clip.frames(), steps());
    Optional<ZeroMethod> moving = zero.read(session(), method());
    if (drawn.isPresent() && moving.isPresent()) {
      throw new UsageError("--plan and --method each say how frames fall: leave one out");
    }
    Optional<NoiseFile> noise = latents.noise(session());
    Optional<Across> looking = across.read(session(), method());
    if (looking.isPresent() && noise.isPresent()) {
      throw new UsageError("--noise and --cross-frame: all frames have one noise, leave one out");
    }
    return new GenerateSpec(drawn, moving, noise, looking);
  }

  private String method() {
    return method.name(MethodOption.ZERO, MethodOption.CONTROL_VIDEO);
  }

  @Override
  protected Wish usual(Wish said) {
    return AcrossOptions.wish(said, method());
  }

  @Override
  protected List<SourceRef> references() {
    return reference.read(session());
  }

  @Override
  protected List<String> lines() {
    return prompt.lines(session());
  }

  @Override
  protected List<String> prompts() {
    return List.of(prompt.required("zoetrope generate \"a red ball moves right\""));
  }

  @Override
  protected ShapeOptions shape() {
    return clip;
  }

  @Override
  protected List<ModelRef.Control> controls() {
    return control.read(session());
  }

  @Override
  Optional<String> alone() {
    return save.map(path -> "--save-latents");
  }

  @Override
  void latents(VideoModel model, VideoRequest request, Tensor z_1CFHW) {
    save.ifPresent(path -> LatentsFile.write(path, z_1CFHW, model, request));
  }
}
