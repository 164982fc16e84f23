package io.zoetrope.train.method;

import io.zoetrope.checkpoint.safetensors.Safetensors;
import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.network.PictureSlots;
import io.zoetrope.pipeline.family.ControlChoice;
import io.zoetrope.pipeline.family.LoraChoice;
import io.zoetrope.pipeline.family.ModelChoice;
import io.zoetrope.pipeline.family.PictureChoice;
import io.zoetrope.pipeline.family.TinyStableDiffusion;
import io.zoetrope.pipeline.family.WordChoice;
import io.zoetrope.pipeline.model.VideoModel;
import io.zoetrope.torch.RandomStream;
import io.zoetrope.torch.RandomStreams;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import io.zoetrope.train.TrainingListener;
import io.zoetrope.train.run.TrainingRun;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Trains a step of every kind of part on tiny models, and says what they make of some noise: a
 * folder for reference/check_written.py.
 */
public final class WrittenFiles {
  private WrittenFiles() {}

  /**
   * @param arguments the folder
   */
  public static void main(String... arguments) throws IOException {
    Path folder = Path.of(arguments[0]);
    Path still = TinyStableDiffusion.write(folder.resolve("still"), ScalarType.Float);
    Path moving = TinyStableDiffusion.write(folder.resolve("moving"), ScalarType.Float);
    TinyStableDiffusion.addMotion(moving);
    train(
        folder,
        still,
        "{kind: lora, name: look, rank: 2, alpha: 3, targets: [attention], formats: [peft, kohya]}");
    train(
        folder,
        moving,
        "{kind: lora, name: pan, rank: 2, alpha: 3, targets: [time-attention],"
            + " formats: [motion-lora, peft]},"
            + "{kind: weights, name: motion, names: ['*motion_modules.*'],"
            + " formats: [motion-module, motion-adapter]}");
    Path encoder = folder.resolve("image_encoder");
    TinyStableDiffusion.copy(
        TinyStableDiffusion.resource("reference/ip_adapter/image_encoder"), encoder);
    train(
        folder,
        still,
        "beside",
        "{kind: embedding, name: zog, word: zog, like: moon, vectors: 2},"
            + "{kind: tokens, name: pictures, encoder: '"
            + encoder
            + "'},"
            + "{kind: control, name: depth, hint: depth, widths: [4, 4, 8, 8]}");
    ModelChoice image = ModelChoice.of(still, "f32");
    ModelChoice video = ModelChoice.of(moving, "f32");
    Map<String, ModelChoice> choices = new LinkedHashMap<>();
    choices.put("base", image);
    choices.put("peft", with(image, folder.resolve("trained/look-peft.safetensors")));
    choices.put("kohya", with(image, folder.resolve("trained/look-kohya.safetensors")));
    choices.put(
        "motion-adapter",
        image.withMotion(Optional.of(folder.resolve("trained/motion-motion-adapter"))));
    choices.put(
        "motion-module",
        image.withMotion(Optional.of(folder.resolve("trained/motion-motion-module.safetensors"))));
    choices.put("motion-lora", with(video, folder.resolve("trained/pan-motion-lora.safetensors")));
    Map<String, Tensor> io = new LinkedHashMap<>();
    choices.forEach((name, choice) -> answer(choice, name, io));
    shown(folder, image, encoder, io);
    Safetensors.write(folder.resolve("io.safetensors"), io, Map.of());
  }

  private static ModelChoice with(ModelChoice base, Path lora) {
    return base.withLoras(List.of(new LoraChoice(lora, 1)));
  }

  private static void train(Path folder, Path base, String parts) {
    train(folder, base, String.valueOf(base.getFileName()), parts);
  }

  private static void train(Path folder, Path base, String name, String parts) {
    String text =
        """
        {name: %s, seed: 3, steps: 3, batch: 1, precision: f32, optimizer: {lr: 5e-2}, ema: 0.0,
         sample: {every: 0}, data: {kind: toybox, width: 64, height: 64, frames: 2},
         objective: {kind: adapt, base: {model: '%s'}, parts: [%s], clips: 2,
          captions: {prefix: 'zog '}}}
        """
            .formatted(name, base, parts);
    Path made =
        TrainingRun.run(
                Methods.ALL.parse("r", text, List.of()),
                text,
                folder.resolve("runs"),
                false,
                TrainingListener.NONE)
            .product();
    TinyStableDiffusion.copy(made, folder.resolve("trained"));
  }

  private static void answer(ModelChoice choice, String name, Map<String, Tensor> into) {
    try (VideoModel model = VideoModel.load(choice)) {
      Scopes.run(() ->
          Scopes.noGrad(() -> {
            try (RandomStream random = new RandomStreams(1).stream("z")) {
              Tensor z = random.normal(1, 4, 2, 8, 8);
              Conditioning words =
                  model.text().orElseThrow().condition(List.of("a red ball")).asTextsOf(1);
              Tensor out = model.network().predict(z, Tensors.full(500, 1, 2), words);
              into.put(name, Scopes.keep(out.clone()));
              into.put("z", Scopes.keep(z.clone()));
              Tensor text = words.get(Conditioning.TEXT).orElseThrow();
              into.put("words", Scopes.keep(text.squeeze(1).clone()));
              return z;
            }
          }));
    }
  }

  /** What a word, a picture and a hint come to. */
  private static void shown(
      Path folder, ModelChoice image, Path encoder, Map<String, Tensor> into) {
    Path trained = folder.resolve("trained");
    ModelChoice taught =
        image
            .withWords(
                List.of(new WordChoice(trained.resolve("zog.safetensors"), Optional.empty())))
            .withPictures(
                Optional.of(
                    new PictureChoice(
                        trained.resolve("pictures.safetensors"), Optional.of(encoder), 1)))
            .withControls(List.of(new ControlChoice(trained.resolve("depth"), 1)));
    try (VideoModel model = VideoModel.load(taught)) {
      Scopes.run(() ->
          Scopes.noGrad(() -> {
            try (RandomStream random = new RandomStreams(2).stream("shown")) {
              int side = model.pictures().orElseThrow().side();
              Tensor picture = random.uniform(1, 3, side, side);
              Tensor hint = random.uniform(1, 3, 2, 64, 64);
              Conditioning words =
                  model.text().orElseThrow().condition(List.of("a zog, at night")).asTextsOf(1);
              Conditioning all =
                  words
                      .with(
                          PictureSlots.TOKENS,
                          model.readPictures(picture).tokens_PND().unsqueeze(1))
                      .with(Conditioning.hint(0), hint);
              Tensor z = into.get("z");
              Tensor out =
                  model.network().predict(Objects.requireNonNull(z), Tensors.full(500, 1, 2), all);
              Tensor text = words.get(Conditioning.TEXT).orElseThrow();
              into.put("zog", Scopes.keep(text.squeeze(1).clone()));
              into.put("picture", Scopes.keep(picture.clone()));
              into.put("hint", Scopes.keep(hint.clone()));
              into.put("shown", Scopes.keep(out.clone()));
              return out;
            }
          }));
    }
  }
}
