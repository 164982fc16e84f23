package io.zoetrope.pipeline.cascade;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zoetrope.diffusion.guidance.Downsampling;
import io.zoetrope.diffusion.guidance.DynamicThresholding.Bound;
import io.zoetrope.diffusion.guidance.DynamicThresholding.Over;
import io.zoetrope.error.UserError;
import io.zoetrope.pipeline.model.Size;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Cascades as values. */
class CascadeTest {
  @Test
  void everyCascadeIsTheSameAfterItsJson() {
    long seed = System.nanoTime();
    System.out.println("CascadeTest seed " + seed);
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    for (int i = 0; i < 200; i++) {
      List<Stage> stages = new ArrayList<>();
      stages.add(stage(random, random.nextBoolean() ? new Bridge.None() : bridge(random)));
      for (int more = random.nextInt(4); more > 0; more--) {
        stages.add(stage(random, bridge(random)));
      }
      Cascade cascade = new Cascade(stages);
      assertThat(Cascade.parse("it", cascade.toJson())).isEqualTo(cascade);
    }
  }

  /** Bridges that stand behind a video: all but none, and late where it is a part of a stage. */
  private static Bridge bridge(RandomGenerator random) {
    List<Bridge> all =
        List.of(
            new Bridge.StartNoise(0.01 + 0.9 * random.nextDouble(), where(random), 1),
            new Bridge.Masked(2 + random.nextInt(6), 1 + random.nextInt(5)),
            new Bridge.Enlarge(
                Downsampling.values()[random.nextInt(Downsampling.values().length)],
                random.nextBoolean() ? Optional.of(5 * random.nextDouble()) : Optional.empty(),
                2),
            new Bridge.Repeat(2 + random.nextInt(6)));
    return all.get(random.nextInt(all.size()));
  }

  @Test
  void everyBridgeIsTried() {
    assertThat(Arrays.stream(Bridge.class.getPermittedSubclasses()).map(Class::getSimpleName))
        .as("bridges that this test makes, none, late, prior and embedding by hand")
        .containsExactlyInAnyOrder(
            "None", "StartNoise", "Masked", "Enlarge", "Repeat", "Late", "Prior", "Embedding");
    Cascade late =
        Cascade.of(
            Stage.of(Optional.empty(), new Bridge.None()),
            Stage.of(Optional.of("other"), new Bridge.Late(0.25)));
    assertThat(Cascade.parse("it", late.toJson())).isEqualTo(late);
    Cascade prior =
        Cascade.of(
            Stage.of(Optional.of("prior"), new Bridge.Prior(3)),
            Stage.of(Optional.of("decoder"), new Bridge.Embedding()));
    assertThat(Cascade.parse("it", prior.toJson())).isEqualTo(prior);
    assertThat(prior.fromWords()).isTrue();
  }

  private static Bridge.Where where(RandomGenerator random) {
    return random.nextBoolean() ? Bridge.Where.PIXELS : Bridge.Where.LATENTS;
  }

  private static Stage stage(RandomGenerator random, Bridge bridge) {
    boolean ratio = bridge.beside() && random.nextBoolean();
    return new Stage(
        random.nextBoolean() ? Optional.of("models/m" + random.nextInt(9)) : Optional.empty(),
        bridge,
        bridge.beside() && !ratio ? random.nextDouble() : 0,
        ratio ? Optional.of(0.5 + random.nextInt(9)) : Optional.empty(),
        random.nextBoolean() ? Optional.of(new Size(32, 64)) : Optional.empty(),
        random.nextBoolean() ? Optional.of(1 + random.nextInt(30)) : Optional.empty(),
        random.nextBoolean() ? Optional.of(0.5 + random.nextInt(30)) : Optional.empty(),
        random.nextBoolean() ? Optional.of(1 + random.nextInt(30)) : Optional.empty(),
        random.nextBoolean() ? Optional.of(9 * random.nextDouble()) : Optional.empty(),
        random.nextBoolean() ? Optional.of("ddim") : Optional.empty(),
        random.nextBoolean() ? Optional.of(random.nextLong(1L << 50)) : Optional.empty(),
        Stage.Sharing.values()[random.nextInt(Stage.Sharing.values().length)],
        random.nextBoolean() ? Optional.of(random.nextInt(9)) : Optional.empty(),
        random.nextBoolean()
            ? Optional.of(new Bound(0.95, Optional.of(1.5), Over.FRAME))
            : Optional.empty(),
        random.nextBoolean() ? Optional.of(new Stage.Windows(16, 2)) : Optional.empty());
  }

  @Test
  void aStageSaysOnlyWhatIsUnusual() {
    Cascade short1 =
        Cascade.parse(
            "it",
            """
            stages:
              - {}
              - {model: fine, bridge: {kind: start-noise, strength: 0.3}, size: {width: 64, height: 64}}
            """);
    assertThat(short1.stages().getFirst()).isEqualTo(Stage.of(Optional.empty(), new Bridge.None()));
    assertThat(short1.stages().getLast().bridge())
        .isEqualTo(new Bridge.StartNoise(0.3, Bridge.Where.PIXELS, 4));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          stages: []                                                           | at least one stage
          stages: [{}, {}]                                                     | stage 2 has the bridge none
          stages: [{model: x, bridge: {kind: late}}]                           | stage 1 has none
          stages: [{}, {bridge: {kind: late}}]                                 | names the model that takes over
          stages: [{}, {model: "  ", bridge: {kind: masked}}]                    | model is empty
          stages: [{sampler: best}]                                            | sampler must be one of
          stages: [{}, {bridge: masked}]                                       | bridge
          stages: [{}, {bridge: {kind: masked, time: 2}}]                      | times
          stages: [{}, {bridge: {kind: start-noise, where: both}}]             | pixels, latents
          stages: [{size: {width: 64, height: 64}}, {bridge: {kind: enlarge}, size: {width: 32, height: 64}}] | stage 2 is 32x64 after 64x64
          stages: [{size: 64x64}]                                              | size
          stages: [{size: {width: 64}}]                                        | height
          stages: {}                                                           | stages
          []                                                                   | it.json
          "{"                                                                  | it.json
          stages: [{bridge: {kind: start}}]                                    | start-noise
          stages: [{modle: x}]                                                 | model
          stages: [{bridge: {kind: start-noise, strength: 0}}]                 | strength must be 0.01 to 1, is 0.0
          stages: [{bridge: {kind: start-noise, strength: .nan}}]              | strength
          stages: [{bridge: {kind: masked, times: 1}}]                         | times must be 2 to 8, is 1
          stages: [{bridge: {kind: masked, overlap: 0}}]                       | overlap must be 1 or more
          stages: [{bridge: {kind: enlarge, weight: -1}}]                      | weight must be 0 to 1000
          stages: [{bridge: {kind: enlarge, kernel: cubic}}]                   | area, bilinear
          stages: [{augmentation: 0.5}]                                        | only the bridges enlarge and repeat
          stages: [{bridge: {kind: repeat}, augmentation: 2}]                  | augmentation must be 0 to 1
          stages: [{}, {bridge: {kind: repeat}, augmentation: 0.2, snr: 3}]    | leave one out
          stages: [{}, {bridge: {kind: repeat}, snr: 0}]                       | snr must be 0.001 to
          stages: [{}, {bridge: {kind: masked}, snr: 3}]                       | only the bridges enlarge and repeat
          stages: [{size: {width: 15, height: 16}}]                            | width must be 16 to 4096, is 15
          stages: [{frames: 0}]                                                | frames must be 1 to
          stages: [{rate: 0}]                                                  | rate must be 0.1 to 240
          stages: [{steps: 1.5}]                                               | whole number
          stages: [{guidance: -1}]                                             | guidance must be 0 to 100
          stages: [{seed: -1}]                                                 | seed must be 0 or more
          stages: [{}, {model: x, bridge: {kind: late}, steps: 4}]             | give it a model only
          stages: [{}, {bridge: {kind: late, level: 1.5}}]                     | level must be 0 to 1
          stages: [{oscillate: -1}]                                            | oscillate must be 0 to
          stages: [{threshold: {percentile: 2}}]                               | percentile must be 0.5 to 1
          stages: [{threshold: {cap: 0.5}}]                                    | cap must be 1 to
          stages: [{threshold: {over: some}}]                                  | clip, frame
          stages: [{windows: {frames: 4, overlap: 4}}]                         | overlap must be 0 to 3
          stages: [{windows: {}}]                                              | frames
          stages: [{}, {model: x, bridge: {kind: late}, oscillate: 4}]         | give it a model only
          stages: [{noise: some}]                                              | each, one
          steps: 4                                                             | steps
          stages: [{}, {bridge: {kind: prior}}]                                | stage 2 has the bridge prior
          stages: [{bridge: {kind: prior}}, {bridge: {kind: masked}}]          | stage 2 follows a prior
          stages: [{bridge: {kind: prior}}, {model: x, bridge: {kind: late}}]  | stage 2 follows a prior
          stages: [{}, {bridge: {kind: embedding}}]                            | stage 1 is no prior
          stages: [{bridge: {kind: prior}, frames: 4}]                         | steps, guidance and a seed, and nothing else
          stages: [{bridge: {kind: prior}, sampler: ddim}]                     | steps, guidance and a seed, and nothing else
          stages: [{bridge: {kind: prior}, noise: one}]                        | steps, guidance and a seed, and nothing else
          stages: [{bridge: {kind: prior, candidates: 0}}]                     | candidates must be 1 to 16, is 0
          stages: [{bridge: {kind: embedding, features: 4}}]                   | bridge
          """)
  void whatIsNoCascadeIsSaidInOneLine(String text, String said) {
    assertThatThrownBy(() -> Cascade.parse("it.json", text))
        .isInstanceOf(UserError.class)
        .hasMessageContaining(said)
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("\n").startsWith("it.json"));
  }

  @Test
  void aPartIsACascadeOfItsOwn() {
    Cascade whole =
        Cascade.of(
            Stage.of(Optional.empty(), new Bridge.None()),
            Stage.of(Optional.empty(), new Bridge.Masked(2, 1)));
    assertThat(whole.part(1, 2).fromWords()).isFalse();
    assertThat(whole.part(0, 2)).isEqualTo(whole);
    assertThatThrownBy(() -> whole.part(1, 3))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("has stages 1 to 2, not 2 to 3");
  }
}
