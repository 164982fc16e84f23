package io.zoetrope.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.zoetrope.app.cli.terminal.Cancellation;
import io.zoetrope.app.cli.terminal.Console;
import io.zoetrope.app.cli.terminal.Session;
import io.zoetrope.app.make.MakeVerb;
import io.zoetrope.checkpoint.safetensors.Safetensors;
import io.zoetrope.checkpoint.safetensors.SafetensorsFile;
import io.zoetrope.media.Frame;
import io.zoetrope.media.Png;
import io.zoetrope.media.VideoReader;
import io.zoetrope.torch.AtomicFiles;
import io.zoetrope.torch.Ops;
import io.zoetrope.torch.RandomStream;
import io.zoetrope.torch.RandomStreams;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * No option is passed over: of every command that makes a video, each either changes the video, or
 * a line says why it does not. Commands and options are those that there are.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class EveryOptionIT {
  /** Options that are not about the video. */
  private static final Set<String> APART =
      Set.of(
          "--json",
          "--quiet",
          "--debug",
          "--help",
          "--out",
          "--no-metadata",
          "--save-latents",
          "--keep-stages",
          "--count",
          "--preview");

  /** Command lines in which every option has something to do. */
  private static final Map<String, List<String>> LINES =
      Map.of(
          "generate", List.of("'a red ball'"),
          "animate", List.of("wide.png 'a red ball'"),
          "interpolate", List.of("wide.png ball.png 'a red ball'"),
          "loop", List.of("wide.png 'a red ball'"),
          "extend", List.of("long.mp4 'a red ball' --frames 30"),
          "restyle", List.of("long.mp4 'a red ball'"),
          "refine",
              List.of(
                  "'a red ball'",
                  "long.mp4 'a red ball'",
                  "'a red ball' --refiner other",
                  "long.mp4 'a red ball' --refiner other"),
          "cascade",
              List.of(
                  "twice.json 'a red ball'",
                  "twice.json 'a red ball' --from-stage 2 --from small.mp4"),
          "travel", List.of("--at 0 'a red ball' --at 8 'a blue ball' --blend 3"),
          "roll", List.of("--at 0 'a red ball' --at 5 'a blue ball' --frames 12 --context 1"));

  /** What to say of an option; another one where there are several. */
  private static final Map<String, String> VALUES =
      Map.ofEntries(
          Map.entry("--at", "--at 11 'a ball moves'"),
          Map.entry("--blend", "--blend 1"),
          Map.entry("--clip", "--clip 5"),
          Map.entry("--clip-skip", "--clip-skip 1"),
          Map.entry("--context", "--context 2"),
          Map.entry("--control", "--control model:ball.png"),
          Map.entry("--cross-frame", "--cross-frame all"),
          Map.entry("--smooth", "--cross-frame all --smooth 0.4"),
          Map.entry("--smoother", "--cross-frame all --smooth 0.4 --smoother mean"),
          Map.entry("--hierarchical", "--cross-frame all --hierarchical"),
          Map.entry("--window-overlap", "--window 3 --window-overlap 2"),
          Map.entry("--window-strides", "--window 3 --window-strides 2"),
          Map.entry("--window-loop", "--window 3 --window-loop"),
          Map.entry("--window-fuse", "--window 3 --window-fuse flat"),
          Map.entry("--motion-scale", "--motion-scale 1.2"),
          Map.entry("--motion-bucket", "--motion-bucket 127"),
          Map.entry("--told-fps", "--told-fps 3"),
          Map.entry("--augmentation", "--augmentation 0.1"),
          Map.entry("--decode-frames", "--decode-frames 8"),
          Map.entry("--motion-effect", "--motion-effect 0.5,1"),
          Map.entry("--depth-model", "--depth-model ball.png"),
          Map.entry("--pose-model", "--pose-model ball.png"),
          Map.entry("--device", "--device cuda:7"),
          Map.entry("--dtype", "--dtype bf16"),
          Map.entry("--fit", "--fit pad"),
          Map.entry("--expand", "--expand 'echo a blue ball and'"),
          Map.entry("--fast", "--fast"),
          Map.entry("--foreground", "--foreground ball.png"),
          Map.entry("--fps", "--fps 5"),
          Map.entry("--from", "--from ball.png"),
          Map.entry("--from-stage", "--from-stage 3"),
          Map.entry("--stage", "--stage 1"),
          Map.entry("--format", "--format gif"),
          Map.entry("--frames", "--frames 7"),
          Map.entry("--free-init", "--free-init 2"),
          Map.entry("--free-noise", "--free-noise"),
          Map.entry("--guidance", "--guidance 1.5"),
          Map.entry("--cfg-zero", "--cfg-zero 1"),
          Map.entry("--skip-layers", "--steps 4 --skip-layers 0"),
          Map.entry("--skip-layers-from", "--steps 4 --skip-layers 0 --skip-layers-from 0.5"),
          Map.entry("--skip-layers-until", "--steps 4 --skip-layers 0 --skip-layers-until 0.5"),
          Map.entry("--skip-layers-scale", "--steps 9 --skip-layers 0 --skip-layers-scale 3"),
          Map.entry("--easy-cache", "--steps 5 --easy-cache 1"),
          Map.entry("--tea-cache", "--steps 5 --tea-cache 3"),
          Map.entry("--guidance-apart", "--guidance 1 --guidance-apart"),
          Map.entry("--guidance-first", "--guidance-first 2"),
          Map.entry("--guidance-late", "--guidance-late 3"),
          Map.entry("--guidance-oscillate", "--steps 4 --guidance-oscillate 0"),
          Map.entry("--dynamic-threshold", "--dynamic-threshold 0.9"),
          Map.entry("--hold", "--hold replacement"),
          Map.entry(
              "--inversion-away", "--inverted --inversion-prompt 'a ball' --inversion-away source"),
          Map.entry("--inversion-check", "--inverted --inversion-check"),
          Map.entry("--inversion-passes", "--inverted --inversion-passes 1"),
          Map.entry("--inversion-prompt", "--inverted --inversion-prompt 'a ball'"),
          Map.entry("--inverted", "--inverted"),
          Map.entry("--long-prompts", "--long-prompts"),
          Map.entry("--embedding", "--embedding style.safetensors"),
          Map.entry("--spacing", "--spacing trailing"),
          Map.entry("--text-encoder", "--text-encoder model/text_encoder/model.safetensors"),
          Map.entry("--vae", "--vae model"),
          Map.entry("--image-encoder", "--image-encoder model"),
          Map.entry("--ip-adapter", "--ip-adapter model"),
          Map.entry("--picture-prompt", "--picture-prompt ball.png"),
          Map.entry("--reference-picture", "--reference-picture ball.png"),
          Map.entry("--picture-scale", "--picture-scale 0.5"),
          Map.entry("--lora", "--lora style.safetensors"),
          Map.entry("--method", "--method text2video-zero"),
          Map.entry("--autoencoder", "--autoencoder runs/ae"),
          Map.entry("--latent-noise", "--autoencoder runs/ae --latent-noise 0.1"),
          Map.entry("--model", "--model runs/ae"),
          Map.entry("--moments", "--moments 1,2"),
          Map.entry("--motion-adapter", "--motion-adapter model"),
          Map.entry("--motion-norm", "--motion-norm frame"),
          Map.entry("--motion-field", "--motion-field 3,4"),
          Map.entry("--negative", "--negative 'a blue ball'"),
          Map.entry("--course", "--course fall --noise 0.5"),
          Map.entry("--noise", "--noise 0.5"),
          Map.entry("--overlap", "--overlap 2"),
          Map.entry("--plan", "--plan other.json"),
          Map.entry("--preset", "--preset draft"),
          Map.entry("--prompt-file", "--prompt-file prompts.txt"),
          Map.entry("--context-guidance", "--context-guidance 3"),
          Map.entry("--temporal-guidance", "--temporal-guidance 1.5"),
          Map.entry("--blur", "--blur 2"),
          Map.entry("--mask", "--mask left.png"),
          Map.entry("--refiner", "--refiner third"),
          Map.entry("--sampler", "--sampler heun"),
          Map.entry("--scale", "--scale 3"),
          Map.entry("--seed", "--seed 4"),
          Map.entry("--size", "--size 64x48"),
          Map.entry("--start", "--start 0.5"),
          Map.entry("--steps", "--steps 4"),
          Map.entry("--strength", "--strength 0.9"),
          Map.entry("--tokenizer", "--tokenizer runs"),
          Map.entry("--tuned", "--tuned style.safetensors"),
          Map.entry("--turn", "--turn within"),
          Map.entry("--upscale", "--upscale latents"),
          Map.entry("--variant", "--variant fp16"),
          Map.entry("--weight", "--weight 5"),
          Map.entry("--window", "--window 3"));

  private final Map<String, Result> plain = new HashMap<>();
  private Path folder = Path.of("");
  private TestCli cli = new TestCli(Path.of(""));

  /** What came of a command line: pictures and rate, and what was said. */
  private record Result(int code, List<byte[]> frames, String rate, List<String> said) {}

  @BeforeAll
  void furnish(@TempDir Path shared) throws IOException {
    folder = shared;
    cli = TinyModel.train(folder, 6);
    copy(folder.resolve("runs/video/model"), folder.resolve("other"));
    copy(folder.resolve("runs/video/model"), folder.resolve("third"));
    shake(folder.resolve("runs/video/model"), 1);
    shake(folder.resolve("other"), 2);
    shake(folder.resolve("third"), 3);
    Files.writeString(folder.resolve("prompts.txt"), "a blue ball\n");
    Files.writeString(
        folder.resolve("twice.json"), "stages: [{}, {bridge: {kind: start-noise, strength: 0.6}}]");
    Png.write(folder.resolve("ball.png"), picture(32, 32, 120));
    Png.write(folder.resolve("wide.png"), picture(90, 40, 60));
    byte[] left = new byte[32 * 32 * 3];
    for (int i = 0; i < left.length; i++) {
      left[i] = (byte) (i / 3 % 32 < 16 ? 255 : 0);
    }
    Png.write(folder.resolve("left.png"), new Frame(32, 32, left));
    TestCli.Outcome source =
        cli.run("toybox", "-n", "1", "--frames", "14", "--size", "96x48", "-o", "long.mp4");
    assertThat(source.code()).as(source.err()).isZero();
    TestCli.Outcome small =
        cli.run("toybox", "-n", "1", "--frames", "14", "--size", "32x32", "-o", "small.mp4");
    assertThat(small.code()).as(small.err()).isZero();
    TestCli.Outcome plan = cli.run("plan", "generate", "--frames", "6", "--save", "other.json");
    assertThat(plan.code()).as(plan.err()).isZero();
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> all = Files.walk(from)) {
      for (Path file : all.toList()) {
        Files.copy(file, to.resolve(from.relativize(file).toString()));
      }
    }
  }

  /** So little training leaves layers over time at zero: makes every weight matter. */
  private static void shake(Path model, long seed) throws IOException {
    try (Stream<Path> all = Files.walk(model)) {
      for (Path file : all.filter(f -> f.toString().endsWith(".safetensors")).toList()) {
        Scopes.run(() -> {
          Map<String, Tensor> shaken = new LinkedHashMap<>();
          Map<String, String> about = new LinkedHashMap<>();
          try (SafetensorsFile weights = Safetensors.open(file);
              RandomStream random = new RandomStreams(seed).stream(file.getFileName().toString())) {
            about.putAll(weights.metadata());
            weights
                .tensors()
                .forEach((name, w) ->
                    shaken.put(name, w.clone().add(Ops.mul(random.normal(Tensors.shape(w)), 0.1))));
          }
          Safetensors.write(file, shaken, about);
        });
      }
    }
  }

  private static Frame picture(int width, int height, int level) {
    byte[] rgb = new byte[width * height * 3];
    for (int i = 0; i < rgb.length; i++) {
      rgb[i] = (byte) (level + i * i % 91);
    }
    return new Frame(width, height, rgb);
  }

  static Stream<Arguments> everyOption() {
    CommandLine all =
        new Cli(new Session(Console.ofProcess(), new Cancellation(), Path.of(""), Map.of())).all();
    List<Arguments> rows = new ArrayList<>();
    all.getSubcommands()
        .forEach((name, command) -> {
          if (command.getCommand() instanceof MakeVerb) {
            Set<String> options = new TreeSet<>();
            command.getCommandSpec().options().forEach(option -> options.add(option.longestName()));
            options.removeAll(APART);
            for (String line : Objects.requireNonNull(LINES.get(name), name)) {
              options.forEach(option -> rows.add(Arguments.of(name + " " + line, option)));
            }
          }
        });
    assertThat(rows).hasSizeGreaterThan(150);
    return rows.stream();
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("everyOption")
  void changesTheVideoOrSaysWhyNot(String line, String option) throws IOException {
    Result without = plain.computeIfAbsent(line, this::run);
    assertThat(without.code).as(String.join("\n", without.said)).isZero();
    String value = Objects.requireNonNull(VALUES.get(option), "no value for " + option);
    String bare = line.replaceAll(" %s( [^ '-][^ ]*)".formatted(option), "");
    Result with = run((option.equals("--at") ? line : bare) + " " + value);
    List<String> more = new ArrayList<>(with.said);
    more.removeAll(without.said);
    if (with.code != 0) {
      assertThat(more).as(line + " " + value).hasSize(1);
      assertThat(more.getFirst()).doesNotContain("a fault of zoetrope");
      return;
    }
    boolean changed =
        !with.rate.equals(without.rate)
            || with.frames.size() != without.frames.size()
            || !java.util.stream.IntStream.range(0, with.frames.size())
                .allMatch(i -> Arrays.equals(with.frames.get(i), without.frames.get(i)));
    assertThat(changed || !more.isEmpty())
        .as("%s %s changes nothing, and nothing is said: %s", line, value, with.said)
        .isTrue();
  }

  /** What one option wrote is in nobody's way. */
  private static void clear(Path out) {
    try {
      if (Files.exists(out)) {
        AtomicFiles.deleteTree(out);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Result run(String line) {
    List<String> words = new ArrayList<>();
    for (String word : line.split(" (?=(?:[^']*'[^']*')*[^']*$)", -1)) {
      words.add(word.replace("'", ""));
    }
    List<String> usual = new ArrayList<>(List.of("--json", "--no-metadata", "-o", "out/"));
    for (String[] pair : new String[][] {{"--steps", "2"}, {"--seed", "3"}, {"--model", "model"}}) {
      if (!words.contains(pair[0])) {
        usual.addAll(List.of(pair));
      }
    }
    words.addAll(usual);
    clear(folder.resolve("out"));
    TestCli.Outcome outcome = cli.run(words.toArray(String[]::new));
    List<String> said =
        outcome.errors().stream()
            .filter(row -> !row.matches("\\d+ frames of .*"))
            .collect(Collectors.toList());
    if (outcome.code() != 0) {
      return new Result(outcome.code(), List.of(), "", said);
    }
    JsonNode json = new JsonMapper().readTree(outcome.out());
    return new Result(
        0,
        VideoReader.read(folder.resolve(json.path("out").asString("out"))).frames().stream()
            .map(Frame::rgb)
            .toList(),
        json.path("fps").asString(""),
        said);
  }
}
