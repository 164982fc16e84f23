package io.zoetrope.elsewhere;

import io.zoetrope.checkpoint.safetensors.Safetensors;
import io.zoetrope.media.Frame;
import io.zoetrope.media.Png;
import io.zoetrope.media.Video;
import io.zoetrope.media.VideoWriter;
import io.zoetrope.network.TestNetworks;
import io.zoetrope.pipeline.TinyControl;
import io.zoetrope.pipeline.TinyModel;
import io.zoetrope.pipeline.family.TinyStableDiffusion;
import io.zoetrope.torch.Scopes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/** Orders of every task, what they are made of, and the models that make them. */
final class Orders {
  private static final String MOTION = "motion: animated/motion_adapter";

  /** Orders as JSON, by what they are. */
  static final SequencedMap<String, String> ALL = all();

  /** A base with an expert for its late levels, a higher rate, a larger picture. */
  static final String CASCADE =
      """
      stages:
      - bridge: {kind: none}
      - {model: other, bridge: {kind: late, level: 0.5}}
      - bridge: {kind: masked, times: 2, overlap: 1}
      - {bridge: {kind: enlarge, overlap: 1, weight: 2}, size: {width: 32, height: 32}}
      """;

  private static final int SIDE = 32;

  private Orders() {}

  private static SequencedMap<String, String> all() {
    SequencedMap<String, String> all = new LinkedHashMap<>();
    tiny(all, "generate", "kind: generate", "frames: 4", "");
    tiny(all, "in windows", "kind: generate", "frames: 6", "window: 4");
    tiny(
        all,
        "noise of a file",
        "kind: generate, noise: {file: {path: noise.safetensors}}",
        "frames: 3",
        "");
    tiny(
        all,
        "animate, held by reconstruction",
        "kind: animate, image: {path: ball.png}",
        "frames: 4",
        "hold: {kind: reconstruction}");
    tiny(
        all,
        "animate, replaced",
        "kind: animate, image: {path: ball.png}",
        "frames: 4",
        "hold: {kind: replacement}, freeInit: 2");
    tiny(
        all,
        "interpolate",
        "kind: interpolate, first: {path: ball.png}, last: {path: ball.png}",
        "frames: 4",
        "");
    tiny(all, "loop", "kind: loop, image: {path: ball.png}", "frames: 4", "freeInit: 2");
    tiny(
        all,
        "extend",
        "kind: extend, video: {path: balls}, join: {clip: 4, overlap: 2}",
        "frames: 9",
        "freeInit: 2");
    tiny(
        all,
        "restyle",
        "kind: restyle, video: {path: balls}, join: {clip: 4, overlap: 1}",
        "frames: 6",
        "");
    for (String where : List.of("pixels", "latents")) {
      tiny(
          all,
          "refine, " + where,
          "kind: refine, video: {path: balls}, upscale: %s, join: {clip: 4, overlap: 1}"
              .formatted(where),
          "frames: 4",
          "");
    }
    tiny(
        all,
        "refine by another model",
        "kind: refine, refiner: other, join: {clip: 4, overlap: 1}",
        "frames: 4",
        "");
    for (String turn : List.of("between-clips", "within-clips")) {
      tiny(
          all,
          "travel " + turn,
          "kind: travel, cues: {starts: [0, 4], blend: 2}, turn: %s, join: {clip: 4, overlap: 1}"
              .formatted(turn),
          "frames: 7",
          "",
          "a red ball, a blue ball");
    }
    tiny(
        all,
        "roll",
        "kind: roll, clip: 4, context: 1, cues: {starts: [0, 2], blend: 2}",
        "frames: 4",
        "",
        "a red ball, a blue ball");
    animated(
        all, "FreeNoise", "kind: generate", "guidance: 3", "window: 4, freeNoise: true", MOTION);
    animated(
        all,
        "a ControlNet",
        "kind: restyle, video: {path: balls}, join: {clip: 4, overlap: 2}",
        "guidance: 3, negative: a dog",
        "",
        MOTION + ", controls: [{net: canny, shown: {path: balls}}]");
    animated(
        all,
        "a SparseCtrl in windows",
        "kind: generate",
        "guidance: 3",
        "window: 4, freeInit: 2, temporal: 1.5",
        MOTION + ", controls: [{net: sparse, shown: {path: ball.png}, at: [1]}]");
    animated(
        all,
        "Text2Video-Zero",
        "kind: generate, zero: {foreground: {path: ball.png}}",
        "guidance: 3",
        "",
        "");
    return all;
  }

  private static void tiny(
      Map<String, String> all, String name, String task, String wish, String tuning) {
    tiny(all, name, task, wish, tuning, "a red ball");
  }

  private static void tiny(
      Map<String, String> all,
      String name,
      String task,
      String wish,
      String tuning,
      String prompts) {
    all.put(
        name,
        "{task: {%s}, wish: {prompts: [%s], seed: 3, steps: 2, %s}, model: {name: tiny}, tuning: {%s}}"
            .formatted(task, prompts, wish, tuning));
  }

  /** Six frames by AnimateDiff. */
  private static void animated(
      Map<String, String> all,
      String name,
      String task,
      String wish,
      String tuning,
      String beside) {
    all.put(
        name,
        ("{task: {%s}, wish: {prompts: [a cat], seed: 3, steps: 2, frames: 6,"
                + " size: {width: %s, height: %s}, sampler: ddim, %s},"
                + " model: {name: animated, dtype: f32, %s}, tuning: {%s}}")
            .formatted(task, SIDE, SIDE, wish, beside, tuning));
  }

  /** A folder with all that they name. */
  static Path furnish(Path folder) {
    Path done = folder.resolve("balls");
    if (Files.exists(done)) {
      return folder;
    }
    try {
      TinyModel.write(folder.resolve("tiny"));
      TinyModel.write(folder.resolve("other"));
      TinyStableDiffusion.copy(
          TinyStableDiffusion.resource("reference/animatediff/model"), folder.resolve("animated"));
      for (String name : List.of("canny", "sparse")) {
        TinyControl.write(
            folder.resolve(name), Family.resource("control/%s/config.json".formatted(name)));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Scopes.run(() ->
        Safetensors.write(
            folder.resolve("noise.safetensors"),
            Map.of("noise", TestNetworks.normal("noise", 1, 4, 3, 4, 4)),
            Map.of()));
    Png.write(folder.resolve("ball.png"), picture(3));
    List<Frame> frames = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      frames.add(picture(i));
    }
    VideoWriter.write(done, new Video(frames, 8));
    return folder;
  }

  private static Frame picture(int number) {
    byte[] rgb = new byte[SIDE * SIDE * 3];
    for (int i = 0; i < rgb.length; i++) {
      rgb[i] = (byte) (i * 7 / SIDE + 20 * number);
    }
    return new Frame(SIDE, SIDE, rgb);
  }
}
