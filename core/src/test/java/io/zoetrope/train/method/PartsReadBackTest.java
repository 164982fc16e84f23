package io.zoetrope.train.method;

import static org.assertj.core.api.Assertions.assertThat;

import io.zoetrope.checkpoint.safetensors.Safetensors;
import io.zoetrope.checkpoint.safetensors.SafetensorsFile;
import io.zoetrope.data.Clip;
import io.zoetrope.data.ClipDataset;
import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.media.CentreSquare;
import io.zoetrope.media.FrameTensors;
import io.zoetrope.media.Video;
import io.zoetrope.network.PictureSlots;
import io.zoetrope.network.VideoNetwork;
import io.zoetrope.pipeline.family.ControlChoice;
import io.zoetrope.pipeline.family.ModelChoice;
import io.zoetrope.pipeline.family.PictureChoice;
import io.zoetrope.pipeline.family.TinyStableDiffusion;
import io.zoetrope.pipeline.model.VideoModel;
import io.zoetrope.torch.Ops;
import io.zoetrope.torch.RandomStream;
import io.zoetrope.torch.RandomStreams;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Segments;
import io.zoetrope.torch.Tensors;
import io.zoetrope.train.RunFolder;
import io.zoetrope.train.Trainer;
import io.zoetrope.train.TrainingListener;
import io.zoetrope.train.footage.ClipCut;
import io.zoetrope.train.part.BasePart;
import io.zoetrope.train.part.JoinedNetwork;
import io.zoetrope.train.recipe.Recipe;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** IP-Adapters and ControlNets that were trained make at use what they made in training. */
class PartsReadBackTest {
  private static final Path ENCODER =
      TinyStableDiffusion.resource("reference/ip_adapter/image_encoder");

  @TempDir Path folder;

  private static float[] answer(VideoModel model, VideoNetwork network, Conditioning shown) {
    try (RandomStream random = new RandomStreams(1).stream("z")) {
      Tensor z = random.normal(1, 4, 2, 8, 8);
      Conditioning words = model.text().orElseThrow().condition(List.of("a red ball")).asTextsOf(1);
      return Tensors.toFloats(
          network.ask(z, Tensors.full(500, 1, 2), words.and(shown), Segments.PLAIN));
    }
  }

  /** Trains a part; the file, and what the model with it says of the first clip. */
  private Path train(Path base, String part, float[][] answer, Clip[] clip) {
    String text =
        """
        {name: r, seed: 3, steps: 3, batch: 2, precision: f32, optimizer: {lr: 2e-2}, ema: 0.0,
         schedule: {floor: 1.0}, sample: {every: 2},
         data: {kind: toybox, width: 64, height: 64, frames: 2},
         objective: {kind: adapt, base: {model: '%s'}, parts: [%s], clips: 2, checkpointing: true}}
        """
            .formatted(base, part);
    Recipe<Method> recipe = Methods.ALL.parse("r", text, List.of());
    try (VideoModel model = VideoModel.load(ModelChoice.of(base, "f32"));
        RunFolder run = RunFolder.open(folder.resolve("runs/r"), text, false);
        Setting setting = new Setting(recipe, run, TrainingListener.NONE)) {
      Prepared prepared = ((AdaptMethod) recipe.objective()).prepare(setting, model);
      BasePart learned = (BasePart) prepared.players().getFirst().parts().getFirst();
      try (Trainer trainer = new Trainer(prepared.players(), recipe.settings(), run)) {
        Trainer.Result unused = trainer.run(TrainingListener.NONE);
        prepared.product().write().accept(trainer.ema());
      }
      assertThat(folder.resolve("runs/r/samples")).isDirectoryRecursivelyContaining("glob:**.png");
      ClipDataset clips = setting.data();
      clip[0] = clips.get(0);
      answer[0] =
          Scopes.value(() ->
              Scopes.noGrad(() ->
                  answer(
                      model,
                      new JoinedNetwork(model.network(), List.of(learned)),
                      learned
                          .showing(clips)
                          .orElseThrow()
                          .of(List.of(new ClipCut(0, List.of(0, 1))), false))));
      return prepared.product().path();
    }
  }

  @Test
  void anIpAdapter() {
    Path base = TinyStableDiffusion.write(folder.resolve("sd"), ScalarType.Float);
    float[][] taught = new float[1][];
    Clip[] clip = new Clip[1];
    Path file = train(base, "{kind: tokens, tokens: 2, encoder: '" + ENCODER + "'}", taught, clip);
    try (SafetensorsFile written = Safetensors.open(file)) {
      assertThat(written.entries().keySet())
          .contains(
              "image_proj.proj.weight", "image_proj.norm.bias", "ip_adapter.31.to_v_ip.weight")
          .allMatch(name -> name.startsWith("image_proj.") || name.startsWith("ip_adapter."));
      assertThat(written.metadata()).containsEntry("zoetrope.kind", "tokens");
    }
    ModelChoice choice =
        ModelChoice.of(base, "f32")
            .withPictures(Optional.of(new PictureChoice(file, Optional.of(ENCODER), 1)));
    try (VideoModel model = VideoModel.load(choice)) {
      float[] again =
          Scopes.value(() ->
              Scopes.noGrad(() -> {
                int side = model.pictures().orElseThrow().side();
                Video square =
                    new Video(List.of(CentreSquare.of(clip[0].video().frames().get(1), side)), 1);
                Tensor x =
                    Ops.mul(Ops.add(FrameTensors.toTensor(square).permute(1, 0, 2, 3), 1), 0.5);
                return answer(
                    model,
                    model.network(),
                    Conditioning.none()
                        .with(
                            PictureSlots.TOKENS, model.readPictures(x).tokens_PND().unsqueeze(1)));
              }));
      assertThat(again).isEqualTo(taught[0]);
    }
  }

  @Test
  void aControlNet() {
    Path base = TinyStableDiffusion.write(folder.resolve("sd"), ScalarType.Float);
    float[][] taught = new float[1][];
    Clip[] clip = new Clip[1];
    Path made = train(base, "{kind: control, hint: depth, widths: [4, 4, 8, 8]}", taught, clip);
    assertThat(made.resolve("config.json")).content().contains("\"ControlNetModel\"");
    ModelChoice choice =
        ModelChoice.of(base, "f32").withControls(List.of(new ControlChoice(made, 1)));
    try (VideoModel model = VideoModel.load(choice);
        Setting setting =
            new Setting(
                Methods.ALL.parse(
                    "r",
                    """
                    {name: r, steps: 1, batch: 1, optimizer: {lr: 1},
                     data: {kind: toybox, width: 64, height: 64, frames: 2},
                     objective: {kind: adapt, base: {model: x}, parts: [{kind: lora}]}}
                    """,
                    List.of()),
                RunFolder.open(folder.resolve("runs/none"), "", false),
                TrainingListener.NONE)) {
      Video depth = setting.data().truth(0, ClipDataset.Truth.DEPTH);
      float[] again =
          Scopes.value(() ->
              Scopes.noGrad(() ->
                  answer(
                      model,
                      model.network(),
                      Conditioning.none()
                          .with(
                              Conditioning.hint(0),
                              Ops.mul(Ops.add(FrameTensors.toTensor(depth), 1), 0.5)
                                  .unsqueeze(0)))));
      assertThat(again).isEqualTo(taught[0]);
    }
  }
}
