package io.zoetrope.pipeline.family;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zoetrope.Parity;
import io.zoetrope.checkpoint.Component;
import io.zoetrope.checkpoint.JsonFiles;
import io.zoetrope.checkpoint.safetensors.Safetensors;
import io.zoetrope.checkpoint.safetensors.SafetensorsFile;
import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.error.UserError;
import io.zoetrope.network.unet.DiffusersConfig;
import io.zoetrope.network.unet.MotionNorms;
import io.zoetrope.network.unet.TemporalBlock;
import io.zoetrope.network.unet.UNet;
import io.zoetrope.network.unet.UNetConfig;
import io.zoetrope.nn.ParameterStore;
import io.zoetrope.torch.Precision;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Motion modules beside an image U-Net, against UNetMotionModel of diffusers. */
class MotionAdapterTest {
  private static final Scalar ZERO = new Scalar(0);

  /** A fixture's image network and adapter, and the network of both. */
  private record Both(
      Parity parity, UNetConfig image, SafetensorsFile weights, MotionAdapter motion)
      implements AutoCloseable {
    static Both of(String fixture) {
      Parity parity = Parity.of(fixture);
      Component image = Component.diffusion(parity.folder().resolve("image"));
      return new Both(
          parity,
          DiffusersConfig.unet(image.config(JsonNode.class)),
          Safetensors.open(image.weights()),
          MotionAdapter.open(parity.folder()));
    }

    UNet video() {
      return build(motion.inflate(image), motion.beside(weights.tensors()));
    }

    UNet still() {
      return build(image, weights.tensors());
    }

    Tensor run(UNet unet, Tensor t_BF) {
      return unet.predict(
          parity.get("sample"), t_BF, Conditioning.text(parity.get("encoder_hidden_states")));
    }

    /** One level a clip. */
    Tensor levels() {
      Tensor sample = parity.get("sample");
      return parity.get("timestep").unsqueeze(1).expand(sample.size(0), sample.size(2));
    }

    @Override
    public void close() {
      motion.close();
      weights.close();
      parity.close();
    }
  }

  private static UNet build(UNetConfig config, Map<String, Tensor> weights) {
    return build(config, weights, Precision.F32);
  }

  private static UNet build(UNetConfig config, Map<String, Tensor> weights, Precision precision) {
    ParameterStore store = ParameterStore.forInference(weights, precision);
    UNet unet = config.build(store.root());
    store.requireComplete("fixture");
    return unet;
  }

  @ParameterizedTest
  @ValueSource(strings = {"motion/v1", "motion/v2"})
  void anAdapterBesideAnImageNetwork(String fixture) {
    try (Both both = Both.of(fixture)) {
      Scopes.run(() -> {
        Parity parity = both.parity;
        UNet video = both.video();
        parity.check("out", both.run(video, both.levels()));
        Tensor sample = parity.get("sample");
        Tensor texts = parity.get("encoder_hidden_states.each");
        long batch = sample.size(0);
        long frames = sample.size(2);
        long[] which = new long[(int) (batch * frames)];
        for (int i = 0; i < which.length; i++) {
          which[i] = i % frames;
        }
        Conditioning each =
            Conditioning.none()
                .with(Conditioning.TEXT, texts.reshape(batch, frames, texts.size(1), texts.size(2)))
                .with(Conditioning.FRAME_TEXTS, Tensors.of(which, batch, frames));
        parity.check("out.each", video.predict(sample, both.levels(), each));
        parity.check(
            "out.still",
            video.predict(
                sample.narrow(2, 0, 1),
                both.levels().narrow(1, 0, 1),
                Conditioning.text(parity.get("encoder_hidden_states"))));
      });
    }
  }

  /**
   * Norms as the public code of AnimateDiff has them, restated in reference/make_motion_norms.py.
   */
  @ParameterizedTest
  @ValueSource(strings = {"v1", "v2"})
  void normsThatReachOtherwise(String version) {
    try (Parity said = Parity.of("motion/norms");
        Both both = Both.of("motion/" + version)) {
      Map<String, Tensor> weights = both.motion.beside(both.weights.tensors());
      Map<String, String> texts =
          Map.of("frame", "frame,frame", "frame,clip", "frame,clip", "clip,clip", "clip,clip");
      Scopes.run(() ->
          texts.forEach((text, name) -> {
            UNetConfig config = both.motion.inflate(both.image).normed(MotionNorms.of(text));
            UNet video = build(config, weights);
            said.check(version + "." + name, both.run(video, both.levels()));
          }));
    }
  }

  /** Under norms of frames, the level of one frame leaves the norms of others alone. */
  @ParameterizedTest
  @ValueSource(strings = {"frame", "clip"})
  void framesAreNormalisedApartOrTogether(String text) {
    try (Both both = Both.of("motion/v1")) {
      Scopes.run(() -> {
        UNetConfig config = both.motion.inflate(both.image).normed(MotionNorms.of(text));
        Map<String, Tensor> deaf = new HashMap<>(both.motion.beside(both.weights.tensors()));
        // Without values nothing is heard of other frames but by norms.
        deaf.replaceAll(
            (name, w) -> name.matches(".*motion_modules.*to_v.weight") ? w.mul(ZERO) : w);
        UNet video = build(config, deaf);
        Tensor sample = both.parity.get("sample");
        Tensor other = sample.clone();
        Tensor unused = other.narrow(2, 1, 1).mul_(new Scalar(7));
        Conditioning words = Conditioning.text(both.parity.get("encoder_hidden_states"));
        Tensor a = video.predict(sample, both.levels(), words).narrow(2, 0, 1);
        Tensor b = video.predict(other, both.levels(), words).narrow(2, 0, 1);
        double apart = a.sub(b).abs().max().item_double();
        if (text.equals("frame")) {
          assertThat(apart).isLessThan(1e-5);
        } else {
          assertThat(apart).isGreaterThan(1e-3);
        }
      });
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"motion/v1", "motion/v2"})
  void bf16IsNoFurtherThanTheReferences(String fixture) {
    try (Both both = Both.of(fixture)) {
      Scopes.run(() -> {
        Map<String, Tensor> weights = both.motion.beside(both.weights.tensors());
        UNet video = build(both.motion.inflate(both.image), weights, Precision.BF16);
        both.parity.checkBf16("out", both.run(video, both.levels()));
      });
    }
  }

  @Test
  void savedAsOneNetworkItIsTheSame() {
    try (Both both = Both.of("motion/v2")) {
      Component folder = Component.diffusion(both.parity.folder().resolveSibling("whole"));
      UNetConfig config = DiffusersConfig.unet(folder.config(JsonNode.class));
      assertThat(config.inflation()).isEqualTo(both.motion.inflate(both.image).inflation());
      try (SafetensorsFile whole = Safetensors.open(folder.weights())) {
        Scopes.run(() ->
            both.parity.check("out", both.run(build(config, whole.tensors()), both.levels())));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"motion/v1", "motion/v2"})
  void anOriginalFileIsTheSame(String fixture) {
    try (Both both = Both.of(fixture)) {
      Path file = both.parity.folder().resolve("original.safetensors");
      try (MotionAdapter original = MotionAdapter.open(file)) {
        assertThat(original.tensors().keySet())
            .containsExactlyInAnyOrderElementsOf(both.motion.tensors().keySet());
        original
            .tensors()
            .forEach((name, t) -> assertThat(t.equal(both.motion.tensors().get(name))).isTrue());
        TemporalBlock.MotionModule module = module(original.inflate(both.image));
        TemporalBlock.MotionModule same = module(both.motion.inflate(both.image));
        assertThat(module.middle()).isEqualTo(same.middle());
        assertThat(module.frames()).isEqualTo(same.frames());
        assertThat(module.attentions()).isEqualTo(2);
        assertThat(module.heads()).isEqualTo(8);
      }
    }
  }

  private static TemporalBlock.MotionModule module(UNetConfig config) {
    return (TemporalBlock.MotionModule) config.inflation().temporal();
  }

  /** The reference has one level a clip; here a frame's own level changes what it should. */
  @Test
  void levelsOfTheirOwnReachOtherFramesThroughTheModulesOnly() {
    try (Both both = Both.of("motion/v1")) {
      Scopes.run(() -> {
        Tensor mixed = both.levels().clone();
        mixed.select(1, 2).fill_(new Scalar(3));
        UNet still = both.still();
        Tensor before = both.run(still, both.levels());
        Tensor after = both.run(still, mixed);
        UNet video = both.video();
        Tensor clip = both.run(video, both.levels());
        Tensor changed = both.run(video, mixed);
        for (int f = 0; f < before.size(2); f++) {
          assertThat(after.select(2, f).equal(before.select(2, f))).isEqualTo(f != 2);
          assertThat(changed.select(2, f).equal(clip.select(2, f))).isFalse();
        }
      });
    }
  }

  @Test
  void positionsMayLieBetweenFramesButNotBeyondTheTable() {
    try (Both both = Both.of("motion/v1")) {
      Scopes.run(() -> {
        UNet video = both.video();
        Conditioning text = Conditioning.text(both.parity.get("encoder_hidden_states"));
        Tensor sample = both.parity.get("sample");
        Tensor times = Tensors.of(new float[] {0, 1, 2, 3, 4.0001f}, 1, 5);
        Tensor near =
            video.predict(sample, both.levels(), text.with(Conditioning.FRAME_TIMES, times));
        assertThat(Parity.distance(near, both.parity.get("out"))).isBetween(1e-7, 1e-3);
        Conditioning beyond =
            text.with(Conditioning.FRAME_TIMES, Tensors.of(new float[] {0, 1, 2, 3, 24}, 1, 5));
        assertThatThrownBy(() -> video.predict(sample, both.levels(), beyond))
            .isInstanceOf(UserError.class)
            .hasMessageContaining("at most 24 frames");
      });
    }
  }

  @Test
  void aModuleForAnotherNetworkIsRefused() {
    try (Both one = Both.of("motion/v1");
        Both other = Both.of("motion/v2")) {
      assertThatThrownBy(() -> one.motion.inflate(other.image))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("for a network of widths [8, 16], not [8, 8]");
    }
  }

  /** Pruned files leave out what can be computed; others put a word before names, or are in f16. */
  @ParameterizedTest
  @ValueSource(strings = {"", "module."})
  void anOriginalFileWithoutTablesKnowsThirtyTwoFrames(String before, @TempDir Path temp) {
    Path cases = TinyStableDiffusion.resource("reference/cases/animate_original_no_tables/model");
    UNetConfig image =
        DiffusersConfig.unet(JsonFiles.read(cases.resolve("unet/config.json"), JsonNode.class));
    Path file = temp.resolve("mm.safetensors");
    Scopes.run(() -> {
      try (SafetensorsFile pruned = Safetensors.open(cases.resolve("motion/pruned.safetensors"))) {
        Map<String, Tensor> renamed = new HashMap<>();
        pruned.tensors().forEach((name, t) -> renamed.put(before + name, t.to(ScalarType.Half)));
        Safetensors.write(file, renamed, Map.of());
      }
    });
    try (MotionAdapter adapter = MotionAdapter.open(file)) {
      TemporalBlock block = adapter.inflate(image).inflation().temporal();
      assertThat(block.longest()).hasValue(32);
      assertThat(block.inTheMiddle()).isFalse();
      assertThat(adapter.tensors().keySet()).allMatch(name -> !name.startsWith("module."));
    }
  }
}
