package io.zoetrope.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.zoetrope.app.cli.terminal.Cancellation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every command on every page runs as it stands there, page by page in a folder of its own, as a
 * newcomer would who copies line after line. Only what would take long is made shorter, and only
 * what needs a network or files of one's own is left out, each by a rule below with its reason. A
 * list of all goes to {@code target/pages.txt}.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PagesIT {
  private static final Path CHECKOUT = Path.of("..").toAbsolutePath().normalize();
  private static final Path REFERENCE =
      CHECKOUT.resolve("core/src/test/resources/reference/animatediff/model");
  private static final Path PICTURES =
      CHECKOUT.resolve("core/src/test/resources/reference/ip_adapter/plain.safetensors");
  private static final Path CONTROL =
      CHECKOUT.resolve("core/src/test/resources/reference/controlvideo");
  private static final Pattern COMMAND = Pattern.compile("^    \\./zoetrope (.*)$");
  private static final Pattern WORD = Pattern.compile("\"([^\"]*)\"|'([^']*)'|(\\S+)");

  /** The models of the checkout, and no file of whoever runs this. */
  private static Map<String, String> environment(Path folder) {
    return Map.of(
        "ZOETROPE_MODELS", CHECKOUT.resolve("models").toString(), "HOME", folder.toString());
  }

  /** What a page says in place of a name of one's own. */
  private static final Map<String, String> STAND_INS =
      Map.of(
          "MODEL_DIR", REFERENCE.toString(),
          "CANNY_DIR", CONTROL.toString(),
          "ip-adapter_sd15.safetensors", PICTURES.toString(),
          "ADAPTER", REFERENCE.resolve("motion_adapter").toString());

  /** Left out: a text in the command, and why. */
  private static final Map<String, String> LEFT_OUT =
      Map.ofEntries(
          Map.entry("pull ", "needs the hub"),
          Map.entry("AnimateLCM", "needs the hub"),
          Map.entry("guoyww/", "needs the hub"),
          Map.entry("Wan-AI/", "needs the hub"),
          Map.entry("damo-vilab/", "needs the hub"),
          Map.entry("text2video_pytorch_model", "needs a checkpoint of 3 GB"),
          Map.entry("Skywork/", "needs the hub"),
          Map.entry("stabilityai/", "needs the hub"),
          Map.entry("openai/", "needs the hub"),
          Map.entry("x4.json", "needs the hub"),
          Map.entry("svd_xt.safetensors", "needs a checkpoint of 9 GB"),
          Map.entry("--model wan2.1", "needs a checkpoint of 10 GB"),
          Map.entry("wan2.1_t2v_1.3B", "needs a checkpoint of 3 GB"),
          Map.entry("--model WAN_", "needs a checkpoint of 3 GB"),
          Map.entry("model-Q4_K_M.gguf", "needs a checkpoint of 1 GB"),
          Map.entry("sd15.safetensors", "needs a checkpoint of 2 GB"),
          Map.entry("dreamy.safetensors", "needs a checkpoint of 2 GB"),
          Map.entry("UNCLIP_DIR", "needs a checkpoint of 4 GB"),
          Map.entry("SVD_VAE_DIR", "needs a checkpoint of 0.4 GB"),
          Map.entry("style.safetensors", "needs a LoRA of one's own"),
          Map.entry("openpose:", "needs a ControlNet of one's own"),
          Map.entry("canny:", "needs a ControlNet of one's own"),
          Map.entry("sparsectrl:", "needs a SparseCtrl of one's own"),
          Map.entry("probe ", "needs inputs of a reference"),
          Map.entry("--noise noise.safetensors", "needs inputs of a reference"),
          Map.entry("--videos ", "needs videos of one's own"),
          Map.entry("--by ", "needs a program of one's own"),
          Map.entry("jdbc:postgresql:", "needs a database of one's own"),
          Map.entry("train svd-", "needs a checkpoint of 4 GB"),
          Map.entry("spark ", "is run by ScalePageIT in the module spark"),
          Map.entry("RECIPE", "needs a recipe of one's own"));

  /** Made shorter: what in a command's words, and what stands there in its place. */
  private static final Map<String, String> SHORTER =
      Map.of(
          "--frames 512", "--frames 24",
          "--frames 1024", "--frames 64",
          "--at 200", "--at 12",
          "-n 1000", "-n 8",
          "-n 200", "-n 1",
          "-n 50", "-n 1",
          "-n 32", "-n 2",
          "-n 3", "-n 1",
          "--steps 50", "--steps 2");

  private static final List<String> MAKING =
      List.of(
          "generate",
          "animate",
          "interpolate",
          "loop",
          "extend",
          "restyle",
          "refine",
          "cascade",
          "travel",
          "tune",
          "roll");

  /** What goes on until it is stopped. */
  private static final List<String> GOING_ON = List.of("serve", "worker");

  private static final String TRAINING =
      " --set steps=1 --set batch=1 --set schedule.warmup=0 --set checkpoint.every=1000"
          + " --set sample.every=0";

  private final List<String> report = new ArrayList<>();

  @BeforeAll
  void nothingReported() {
    report.clear();
  }

  @AfterAll
  void write() throws IOException {
    Files.write(Path.of("target/pages.txt"), report);
  }

  static Stream<Path> pages() throws IOException {
    List<Path> pages = new ArrayList<>();
    for (String root : List.of("README.md", "docs", "models")) {
      try (Stream<Path> files = Files.walk(CHECKOUT.resolve(root))) {
        files.filter(file -> file.toString().endsWith(".md")).sorted().forEach(pages::add);
      }
    }
    return pages.stream().filter(page -> !commands(page).isEmpty()).map(CHECKOUT::relativize);
  }

  @ParameterizedTest
  @MethodSource("pages")
  void everyCommandRuns(Path page, @TempDir Path folder) throws IOException {
    copied("recipes", folder.resolve("recipes"));
    copied("cascades", folder.resolve("cascades"));
    List<String> failed = new ArrayList<>();
    for (String command : commands(CHECKOUT.resolve(page))) {
      Optional<String> why =
          LEFT_OUT.entrySet().stream()
              .filter(rule -> command.contains(rule.getKey()))
              .map(Map.Entry::getValue)
              .findFirst();
      if (why.isPresent()) {
        report.add("left out (%s): %s: %s".formatted(why.get(), page, command));
        continue;
      }
      String run = shorter(command);
      Cancellation cancellation = new Cancellation();
      if (GOING_ON.contains(run.split(" ", 2)[0])) {
        stopSoon(cancellation);
      }
      long begin = System.nanoTime();
      TestCli.Outcome outcome =
          new TestCli(folder, environment(folder), cancellation).run(words(run));
      double seconds = (System.nanoTime() - begin) * 1e-9;
      String how = run.equals(command) ? "as it stands" : "shorter";
      report.add("%s (%.1f s): %s: %s".formatted(how, seconds, page, run));
      if (outcome.code() != 0) {
        failed.add(run + "\n  " + outcome.err());
      }
    }
    assertThat(failed).isEmpty();
  }

  /** As Ctrl-C does, when it has begun. */
  private static void stopSoon(Cancellation cancellation) {
    Thread.startVirtualThread(() -> {
      try {
        Thread.sleep(2500);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      cancellation.cancel();
    });
  }

  /** Files of the checkout, which name the bundled model as one does from there. */
  private static void copied(String what, Path to) throws IOException {
    Files.createDirectories(to);
    try (Stream<Path> files = Files.list(CHECKOUT.resolve(what))) {
      for (Path recipe : files.toList()) {
        Files.writeString(
            to.resolve(recipe.getFileName()),
            Files.readString(recipe)
                .replace("models/toybox", CHECKOUT.resolve("models/toybox").toString())
                .replace(": runs/", ": " + to.resolveSibling("runs") + "/"));
      }
    }
  }

  @Test
  void everyRuleIsOfUse() throws IOException {
    List<String> all = pages().flatMap(page -> commands(CHECKOUT.resolve(page)).stream()).toList();
    for (String rule :
        Stream.concat(LEFT_OUT.keySet().stream(), SHORTER.keySet().stream()).toList()) {
      assertThat(all).as(rule).anyMatch(command -> command.contains(rule));
    }
  }

  @Test
  void noPageHasTwoVersions() throws IOException {
    for (Path page : pages().toList()) {
      assertThat(Files.readString(CHECKOUT.resolve(page)).lines())
          .as(page.toString())
          .noneMatch(line -> line.startsWith("<<<<<<< ") || line.startsWith(">>>>>>> "));
    }
  }

  @Test
  void theReadmeLinksEveryPage() throws IOException {
    String readme = Files.readString(CHECKOUT.resolve("README.md"));
    try (Stream<Path> files = Files.walk(CHECKOUT.resolve("docs"))) {
      files
          .map(file -> CHECKOUT.relativize(file).toString().replace('\\', '/'))
          .filter(name -> name.endsWith(".md") && !name.startsWith("docs/decisions/"))
          .forEach(name -> assertThat(readme).contains("(" + name + ")"));
    }
  }

  /** Those of a page, without what a shell would take of them. */
  private static List<String> commands(Path page) {
    List<String> commands = new ArrayList<>();
    try {
      String text = Files.readString(page).replaceAll(" \\\\\n *", " ");
      for (String line : text.lines().toList()) {
        Matcher matcher = COMMAND.matcher(line);
        if (matcher.matches()) {
          commands.add(matcher.group(1).replaceAll(" +(#|> ).*$", "").strip());
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return commands;
  }

  private static String shorter(String command) {
    String shorter = command;
    for (Map.Entry<String, String> rule : new LinkedHashMap<>(SHORTER).entrySet()) {
      shorter = (shorter + " ").replace(rule.getKey() + " ", rule.getValue() + " ").strip();
    }
    for (Map.Entry<String, String> name : STAND_INS.entrySet()) {
      shorter = shorter.replace(name.getKey(), name.getValue());
    }
    String verb = command.split(" ", 2)[0];
    if (MAKING.contains(verb) && !shorter.contains("--steps")) {
      shorter += " --steps 2";
    }
    if (verb.equals("serve") && !shorter.contains("--port")) {
      shorter += " --port 0"; // others may use the usual one
    }
    if (verb.equals("roll") && !shorter.contains("--frames")) {
      shorter += " --frames 24"; // it would roll until Ctrl-C
    }
    if (shorter.contains(REFERENCE.toString())) {
      shorter += " --size 32x32";
    }
    if (verb.equals("evaluate") && !shorter.contains("--truth")) {
      shorter += " --steps 2";
    }
    return verb.equals("train") ? shorter + TRAINING + clips(command.split(" ")[1]) : shorter;
  }

  /** Few clips, where a recipe says how many it encodes before it begins. */
  private static String clips(String recipe) {
    Path file = CHECKOUT.resolve(recipe.endsWith(".yaml") ? recipe : "recipes/" + recipe + ".yaml");
    try {
      return Files.readString(file).contains("\n  clips:") ? " --set objective.clips=3" : "";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String[] words(String command) {
    return WORD.matcher(command)
        .results()
        .map(found ->
            Stream.of(found.group(1), found.group(2), found.group(3))
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(""))
        .toArray(String[]::new);
  }
}
