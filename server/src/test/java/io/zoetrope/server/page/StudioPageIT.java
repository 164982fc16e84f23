package io.zoetrope.server.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.zoetrope.jobs.Job;
import io.zoetrope.jobs.JobFilter;
import io.zoetrope.jobs.JobState;
import io.zoetrope.pipeline.model.Size;
import io.zoetrope.pipeline.order.AnimateSpec;
import io.zoetrope.pipeline.order.ModelRef;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.openqa.selenium.Keys;

/** What people do on the page, in a browser, from click to played video. */
class StudioPageIT {
  private static final String PLAYS =
      "(v => v && v.readyState >= 2 && v.videoWidth === 96 && !v.paused && v.currentTime > 0)"
          + "(document.querySelector('.screen video'))";

  @TempDir static Path folder;
  private static @Nullable TestStudio studio;
  private static @Nullable Browser started;

  @BeforeAll
  static void start() throws IOException {
    Optional<Browser> browser = Browser.start();
    assumeTrue(
        browser.isPresent(),
        "there is no Chromium: apt-get install chromium chromium-driver runs these tests");
    started = browser.get();
    // What can be put into models lies beside them.
    Path models = folder.resolve("home/models");
    Files.createDirectories(models.resolve("loras"));
    Files.createDirectories(models.resolve("controls/scribbles"));
    Files.writeString(models.resolve("loras/grain.safetensors"), "weights");
    Files.writeString(models.resolve("loras/slow.safetensors"), "weights");
    Files.writeString(models.resolve("controls/scribbles/config.json"), "{}");
    for (String kind : List.of("embeddings", "adapters")) {
      Files.createDirectories(models.resolve(kind));
    }
    Files.createDirectories(models.resolve("encoders/clip"));
    Files.writeString(models.resolve("embeddings/cat-toy.safetensors"), "weights");
    Files.writeString(models.resolve("adapters/plus.safetensors"), "weights");
    Files.writeString(models.resolve("encoders/clip/config.json"), "{}");
    System.setProperty("zoetrope.home", folder.resolve("home").toString());
    studio = new TestStudio(folder);
  }

  @AfterAll
  static void stop() {
    if (started != null) {
      started.close();
    }
    if (studio != null) {
      studio.close();
    }
    System.clearProperty("zoetrope.home");
  }

  private static Browser browser() {
    return Objects.requireNonNull(started);
  }

  private static TestStudio studio() {
    return Objects.requireNonNull(studio);
  }

  @BeforeEach
  void open() {
    studio().jobs().resume();
    browser().fresh(studio().uri());
    browser().complaints();
  }

  @AfterEach
  void nothingBroke() {
    assertThat(browser().complaints()).filteredOn(line -> !line.contains("status of 4")).isEmpty();
  }

  private static byte[] file(String name) throws IOException {
    try (InputStream in =
        Objects.requireNonNull(StudioPageIT.class.getResourceAsStream(name), name)) {
      return in.readAllBytes();
    }
  }

  private static Job newest() {
    return studio().jobs().list(JobFilter.newest(1)).getFirst();
  }

  private static void task(String name) {
    browser().click("[data-task=" + name + "]");
    browser()
        .until(name, "document.querySelector('[data-task=" + name + "]').ariaChecked === 'true'");
  }

  private static void give(String slot) throws IOException {
    boolean video = slot.equals("video");
    browser()
        .drop(
            "[data-slot=" + slot + "]",
            video ? "ball.mp4" : "ball.png",
            video ? "video/mp4" : "image/png",
            file(video ? "video.mp4" : "picture.png"));
    browser()
        .until(
            "a source",
            "document.querySelector('[data-slot=" + slot + "][data-full] img')?.naturalWidth > 0");
  }

  private static void made(String prompt) {
    browser()
        .until(
            "'%s' to be shown".formatted(prompt),
            "document.querySelector('.about .said')?.innerText.includes(arguments[0])",
            prompt);
    browser().until("a video that plays", PLAYS);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "generate",
        "animate",
        "interpolate",
        "loop",
        "extend",
        "restyle",
        "refine",
        "travel",
        "roll",
        "draw"
      })
  void fromClickToPlayedVideo(String task) throws IOException {
    Browser page = browser();
    task(task);
    String words = "a red ball, by " + task;
    page.type("#prompt-0", words);
    for (String slot :
        Map.of(
                "animate", List.of("image"),
                "interpolate", List.of("first", "last"),
                "loop", List.of("image"),
                "extend", List.of("video"),
                "restyle", List.of("video"),
                "refine", List.of("video"),
                "draw", List.of("image"))
            .getOrDefault(task, List.of())) {
      give(slot);
    }
    if (task.equals("travel")) {
      page.press(".word-foot", "+ prompt");
      page.type("#prompt-1", "a blue ball");
      page.put("#at-1", "8");
    }
    if (task.equals("roll") || task.equals("extend")) {
      page.put("#f-frames", "32");
    }
    page.put("#f-steps", "2");
    page.click("#make");
    made(words);
    Job job = newest();
    assertThat(job.task()).isEqualTo(task.equals("draw") ? "animate" : task);
    assertThat(job.order().wish().prompts().getFirst()).isEqualTo(words);
    assertThat(page.words(".card[data-shown] .card-words")).isEqualTo(words);
  }

  /** The plan as the page shows it, as JSON. */
  private static String planJson() {
    browser().press(".views", "JSON");
    String json = browser().text("return document.querySelector('.as-text pre').textContent");
    browser().press(".views", "JSON");
    return json;
  }

  private static int[] point(double frame, String track, double part) {
    List<?> xy =
        (List<?>)
            Objects.requireNonNull(
                browser()
                    .run(
                        "const at = document.querySelector('zt-plan').at; const t = at[arguments[1]];"
                            + "return [Math.round(at.left + (arguments[0] + 0.5) * at.col),"
                            + " Math.round(t.y + arguments[2] * t.height)]",
                        frame,
                        track,
                        part));
    return new int[] {((Number) xy.get(0)).intValue(), ((Number) xy.get(1)).intValue()};
  }

  @Test
  void aPlanThatIsDrawnByMouseIsThatDrawnByKeys() throws IOException {
    Browser page = browser();
    task("draw");
    page.put("#f-steps", "10");
    page.type("#prompt-0", "a red ball by a drawn plan");
    page.press(".word-foot", "+ prompt");
    page.type("#prompt-1", "a blue ball");
    page.put("#at-1", "8");
    give("image");
    page.until("the plan of animate", "document.querySelector('zt-plan').plan.given[0]");
    page.until("ten steps", "document.querySelector('zt-plan').plan.levels.length === 11");
    String canvas = ".plan-grid canvas";
    page.drag(canvas, List.of(point(15, "given", 0.5)));
    page.drag(
        canvas, List.of(point(4, "level", 0.4), point(5, "level", 0.4), point(6, "level", 0.4)));
    page.press(".plan-head", "Unlock");
    page.drag(canvas, List.of(point(9, "matrix", 4.5 / 11), point(11, "matrix", 4.5 / 11)));
    String byMouse = planJson();
    page.press(".plan-head", "Lock");

    page.press(".plan-head", "Reset");
    assertThat(planJson()).isNotEqualTo(byMouse);
    page.run("document.querySelector('[role=grid]').focus()");
    page.chord(Keys.CONTROL, Keys.HOME);
    page.keys(Keys.HOME, Keys.ARROW_UP, Keys.ARROW_UP, Keys.ARROW_UP, Keys.END, "g");
    page.keys(Keys.ARROW_DOWN, Keys.ARROW_DOWN, Keys.HOME);
    page.keys(Keys.ARROW_RIGHT, Keys.ARROW_RIGHT, Keys.ARROW_RIGHT, Keys.ARROW_RIGHT, "6");
    page.keys(Keys.ARROW_RIGHT, "6", Keys.ARROW_RIGHT, "6");
    page.keys(Keys.ARROW_DOWN, "u");
    page.keys(Keys.ARROW_DOWN, Keys.ARROW_DOWN, Keys.ARROW_DOWN, Keys.ARROW_DOWN);
    page.keys(Keys.ARROW_RIGHT, Keys.ARROW_RIGHT, Keys.ARROW_RIGHT, "5");
    page.keys(Keys.ARROW_RIGHT, "5", Keys.ARROW_RIGHT, "5");
    assertThat(page.words(".readout")).contains("step 4, frame 11");
    assertThat(planJson()).isEqualTo(byMouse);

    page.click("#make");
    made("a red ball by a drawn plan");
    AnimateSpec spec = (AnimateSpec) newest().order().task();
    String ref = spec.plan().orElseThrow().path();
    assertThat(ref).startsWith("input:");
    assertThat(
            Files.readString(
                studio().jobs().store().input(ref.substring("input:".length())),
                StandardCharsets.UTF_8))
        .isEqualTo(byMouse);
  }

  @Test
  void thePagesArithmeticIsTheServers() {
    Browser page = browser();
    String differs =
        String.valueOf(
            page.runAsync(
                """
                const done = arguments[0];
                (async () => {
                  const {matrix, weights, tracksOf} = await import('/page/plan.js');
                  const {ascii} = await import('/page/plan-text.js');
                  const {api} = await import('/page/api.js');
                  const differs = [];
                  const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);
                  for (const task of ['generate', 'animate', 'interpolate', 'loop', 'extend', 'restyle', 'refine', 'travel']) {
                    const base = await api.draw({task, frames: 9, steps: 7});
                    if (!same(matrix(base.snap, base.given.length, tracksOf(base)), base.levels)) differs.push(task);
                    if (base.ascii !== ascii(base)) differs.push(task + ' as text: ' + ascii(base) + base.ascii);
                  }
                  const start = [1, 0.8, 0.4, 1, 0.2, 1, 1, 1, 1];
                  const drawn = await api.draw({task: 'generate', frames: 9, steps: 7, start, delay: 2,
                    given: {8: 0, 7: 0.1}, prompts: {starts: [0, 4], blend: 3}});
                  const tracks = {start: {...start}, given: {8: 0, 7: 0.1}, delay: 2};
                  if (!same(matrix(drawn.snap, 9, tracks), drawn.levels)) differs.push('tracks');
                  if (!same(weights([0, 4], 3, 9), drawn.weights)) differs.push('weights');
                  return differs.join('; ');
                })().then(done, e => done(String(e)));
                """));
    assertThat(differs).isEmpty();
  }

  @Test
  void aSizeIsOrderedAsItIsTyped() {
    Browser page = browser();
    page.put("#f-size", "96x64");
    page.put("#f-steps", "2");
    page.put("#prompt-0", "a red ball of a size");
    page.click("#make");
    made("a red ball of a size");
    assertThat(newest().order().wish().size()).hasValue(new Size(96, 64));
    page.put("#f-size", "large");
    page.click("#make");
    page.until("what is wrong", "document.querySelector('#fault')");
    assertThat(page.words("#fault")).contains("96");
    assertThat(page.text("return document.querySelector('#f-size').ariaInvalid")).isEqualTo("true");
  }

  @Test
  void aFaultOfAPlanIsMarkedAtItsCell() {
    Browser page = browser();
    page.type("#prompt-0", "a red ball");
    page.run("document.querySelector('[role=grid]').focus()");
    page.keys(Keys.ARROW_UP, Keys.ARROW_RIGHT, "5");
    page.until("a fault", "document.querySelector('.faults')");
    assertThat(page.words(".faults")).contains("frame 1");
    page.chord(Keys.CONTROL, "z");
    page.until("no fault", "!document.querySelector('.faults')");
    page.chord(Keys.CONTROL, "y");
    page.until("the fault again", "document.querySelector('.faults')");
  }

  @Test
  void aFileThatIsDroppedBringsItsSettingsBack() throws IOException {
    Browser page = browser();
    page.type("#prompt-0", "what I was about to write");
    page.drop("body", "ball.mp4", "video/mp4", file("video.mp4"));
    page.until(
        "its words", "document.querySelector('#prompt-0').value === 'a red ball moves right'");
    assertThat(
            page.text(
                "return ['seed', 'steps', 'frames', 'size'].map(n => document.querySelector('#f-' + n).value).join()"))
        .isEqualTo("42,8,8,96x96");
    page.press(".notice", "Undo");
    page.until(
        "what was typed",
        "document.querySelector('#prompt-0').value === 'what I was about to write'");
  }

  @Test
  void aReloadInTheMiddleLosesNothing() {
    Browser page = browser();
    page.type("#prompt-0", "a slow red ball");
    page.put("#f-steps", "10");
    page.click("#make");
    page.until("its making", "document.querySelector('.state')?.innerText.includes('step 2')");
    page.put("#f-guidance", "4.5");
    page.reload();
    assertThat(page.text("return document.querySelector('#prompt-0').value"))
        .isEqualTo("a slow red ball");
    assertThat(page.text("return document.querySelector('#f-guidance').value")).isEqualTo("4.5");
    page.until("the preview", "document.querySelector('.screen canvas')?.width === 96");
    made("a slow red ball");
  }

  @Test
  void twoTabsSeeTheSame() {
    Browser page = browser();
    String second = page.here();
    String first = page.tab(studio().uri());
    String words = "a red ball of two tabs";
    page.put("#prompt-0", words);
    page.click("#make");
    made(words);
    page.run("document.activeElement.blur()");
    page.keys("s");
    page.until(
        "a star", "document.querySelector('.card[data-shown] .card-star').ariaPressed === 'true'");
    String tab = page.here();
    page.to(first);
    page.until(
        "the star in the other tab",
        "[...document.querySelectorAll('.card')].some(c => c.innerText.includes(arguments[0]) && c.querySelector('.card-star').ariaPressed === 'true')",
        words);
    page.to(tab);
    page.closeTab(first);
    assertThat(second).isEqualTo(first);
  }

  @Test
  void theQueueIsPausedMovedEditedAndGoesOn() {
    Browser page = browser();
    page.press(".top", "Pause");
    page.until("the pause", "document.querySelector('.top').innerText.includes('Go on')");
    for (String words : List.of("first ball", "second ball", "third ball")) {
      page.put("#prompt-0", words);
      page.chord(Keys.CONTROL, Keys.ENTER);
      page.until(words, "document.querySelector('.card-words')?.innerText === arguments[0]", words);
    }
    page.click("#tab-queue");
    page.click("[aria-label='Earlier: third ball']");
    page.until(
        "another order",
        "[...document.querySelectorAll('.queue-row .name')].map(n => n.innerText).join() === 'first ball,third ball,second ball'");
    page.run("document.querySelectorAll('.queue-row')[2].querySelectorAll('button')[3].click()");
    page.until("the form", "document.querySelector('#prompt-0').value === 'second ball'");
    page.put("#prompt-0", "second ball, blue");
    page.press(".make", "Change");
    page.until(
        "the change",
        "document.querySelector('.queue-list').innerText.includes('second ball, blue')");
    page.until("a form of its own", "document.querySelector('#make')");
    page.run("document.activeElement.blur()");
    page.keys(Keys.ESCAPE);
    page.until("one less", "document.querySelectorAll('.queue-row').length === 2");
    page.press(".top", "Go on");
    page.until("an empty queue", "document.querySelector('.queue').innerText.includes('empty')");
    assertThat(studio().jobs().list(JobFilter.newest(3)))
        .extracting(Job::state)
        .contains(JobState.COMPLETED, JobState.CANCELLED);
  }

  @Test
  void aDraftIsFinishedAndAFailureIsMended() {
    Browser page = browser();
    page.put("#f-steps", "7");
    page.put("#prompt-0", "a red ball in draft");
    page.press(".make", "Draft");
    page.until("the draft", "document.querySelector('.state')?.innerText.includes('Draft')");
    page.until("its look", PLAYS);
    page.press(".state", "Finish");
    page.until(
        "the whole", "document.querySelector('.card[data-shown]')?.dataset.state === 'completed'");

    page.put("#prompt-0", "a large red ball");
    page.click("#make");
    page.press(".state.fault", "Make with size 64x64");
    made("a large red ball");
    assertThat(newest().order().wish().size()).hasValue(new Size(64, 64));
  }

  /** By keys alone, and read by screen readers as the rest. */
  @Test
  void lorasAndAControlAreOrdered() throws IOException {
    Browser page = browser();
    page.put("#prompt-0", "a red ball with grain");
    page.put("#f-steps", "2");
    page.type(".put summary", Keys.ENTER);
    page.type("#lora-add", Keys.ENTER);
    page.until("the first LoRA", "document.activeElement.id === 'lora-0'");
    page.keys("slow");
    page.keys(Keys.TAB);
    page.until("its scale", "document.activeElement.id === 'lora-scale-0'");
    page.chord(Keys.CONTROL, "a");
    page.keys("0.6", Keys.TAB);
    page.type("#lora-add", Keys.ENTER);
    page.until("the second LoRA", "document.activeElement.id === 'lora-1'");
    page.type("#control", "scribbles", Keys.TAB);
    page.until("how it is shown", "document.querySelector('#control-drawn')");
    page.click("#make");
    page.until(
        "what is missing", "document.querySelector('#fault')?.innerText.includes('control')");
    give("control");
    page.type("#control-drawn", Keys.ARROW_DOWN);
    page.type("#control-drawn", Keys.ARROW_DOWN);
    page.until("canny", "document.querySelector('#control-drawn').value === 'canny'");
    page.put("#control-scale", "0.8");
    page.run(new String(axe(), StandardCharsets.UTF_8));
    assertThat(findings()).isEmpty();
    page.click("#make");
    made("a red ball with grain");
    ModelRef model = newest().order().model();
    assertThat(model.loras())
        .containsExactly(
            new ModelRef.Lora(Path.of("part:loras/slow"), 0.6),
            new ModelRef.Lora(Path.of("part:loras/grain"), 1));
    ModelRef.Control control = model.controls().getFirst();
    assertThat(control.net()).isEqualTo(Path.of("part:controls/scribbles"));
    assertThat(control.shown().path()).startsWith("input:");
    assertThat(control.scale()).isEqualTo(0.8);
    assertThat(control.drawn().orElseThrow().by()).hasValue("canny");

    // Settings that are taken back bring them along.
    page.fresh(studio().uri());
    page.until("the video", "document.querySelector('.card[data-shown]')");
    page.press(".use", "settings");
    page.until("its scale", "document.querySelector('#lora-scale-0')?.value === '0.6'");
    assertThat(page.text("return document.querySelector('#control').value"))
        .isEqualTo("part:controls/scribbles");
    page.click("[aria-label='Remove slow']");
    page.until("one less", "!document.querySelector('#lora-1')");
    assertThat(page.text("return document.querySelector('#lora-0').value"))
        .isEqualTo("part:loras/grain");
  }

  /** Words learned apart, and a picture that the video is to be like. */
  @Test
  void aLearnedWordAndAPictureToBeLikeAreOrdered() throws IOException {
    Browser page = browser();
    page.put("#prompt-0", "a <toy> on a table");
    page.put("#f-steps", "2");
    page.type(".put summary", Keys.ENTER);
    page.type("#word-add", Keys.ENTER);
    page.until(
        "the word", "document.querySelector('#word-0')?.value === 'part:embeddings/cat-toy'");
    page.put("#word-name-0", "<toy>");
    page.type("#like", "plus", Keys.TAB);
    page.until("its encoder", "document.querySelector('#like-encoder')");
    page.click("#make");
    page.until(
        "what is missing", "document.querySelector('#fault')?.innerText.includes('picture')");
    give("like");
    page.type("#like-encoder", "clip", Keys.TAB);
    page.put("#like-scale", "0.7");
    page.until(
        "what was missing", "!document.querySelector('#fault')?.innerText.includes('picture')");
    page.picture("learned-word-and-likeness");
    page.size(390, 844, true);
    page.picture("learned-word-and-likeness-phone");
    page.size(1440, 1000, false);
    page.run(new String(axe(), StandardCharsets.UTF_8));
    assertThat(findings()).isEmpty();
    page.click("#make");
    made("a <toy> on a table");
    ModelRef model = newest().order().model();
    assertThat(model.embeddings())
        .containsExactly(
            new ModelRef.Embedding(Path.of("part:embeddings/cat-toy"), Optional.of("<toy>")));
    ModelRef.Pictures like = model.pictures().orElseThrow();
    assertThat(like.adapter()).hasValue(Path.of("part:adapters/plus"));
    assertThat(like.encoder()).hasValue(Path.of("part:encoders/clip"));
    assertThat(like.scale()).isEqualTo(0.7);
    assertThat(like.shown().getFirst().picture().path()).startsWith("input:");

    // Settings that are taken back bring them along.
    page.fresh(studio().uri());
    page.until("the video", "document.querySelector('.card[data-shown]')");
    page.press(".use", "settings");
    page.until("its scale", "document.querySelector('#like-scale')?.value === '0.7'");
    page.until("its picture", "document.querySelector('[data-slot=like][data-full]')");
    assertThat(page.text("return document.querySelector('#word-name-0').value")).isEqualTo("<toy>");
    page.click("[aria-label='Remove cat-toy']");
    page.until("no word", "!document.querySelector('#word-0')");
  }

  @Test
  void aListMakesAComparisonWhoseWinnerGoesBack() {
    Browser page = browser();
    page.put("#prompt-0", "a {red|blue} ball to compare");
    page.put("#f-guidance", "3, 5");
    page.put("#f-steps", "2");
    assertThat(page.words("#make")).startsWith("Make 4");
    page.click("#make");
    page.until("four videos", "document.querySelectorAll('.cell video').length === 4");
    assertThat(page.words(".compare-head")).startsWith("prompt × guidance");
    assertThat(studio().jobs().list(JobFilter.newest(4)))
        .extracting(job -> job.order().wish().seed())
        .containsOnly(newest().order().wish().seed());
    page.run(
        "[...document.querySelectorAll('.cell')].at(-1).querySelectorAll('button')[1].click()");
    page.until(
        "the winner's guidance", "document.querySelector('#f-guidance').value.startsWith('5')");
    assertThat(page.text("return document.querySelector('#prompt-0').value"))
        .isEqualTo("a blue ball to compare");
  }

  @Test
  void aResultBecomesTheNextBeginning() {
    Browser page = browser();
    page.put("#prompt-0", "a red ball to go on with");
    page.put("#f-steps", "2");
    page.click("#make");
    made("a red ball to go on with");
    page.press(".use", "more");
    page.until("extend", "document.querySelector('[data-task=extend]').ariaChecked === 'true'");
    page.until("its source", "document.querySelector('[data-slot=video][data-full]')");
    page.press(".use", "last");
    page.until(
        "interpolate",
        "document.querySelector('[data-slot=last][data-full] img')?.naturalWidth > 0");
    String before = page.text("return document.querySelector('.card').dataset.job");
    page.press(".use", "another seed");
    page.until(
        "another",
        "(c => c.dataset.job !== arguments[0] && c.dataset.state === 'completed')"
            + "(document.querySelector('.card'))",
        before);
    List<Job> two = studio().jobs().list(JobFilter.newest(2));
    assertThat(two.get(0).order().wish().prompt()).isEqualTo(two.get(1).order().wish().prompt());
  }

  @Test
  void whatIsKeptIsFoundAgain() {
    Browser page = browser();
    page.put("#prompt-0", "a red ball to keep");
    page.put("#f-steps", "2");
    page.click("#make");
    made("a red ball to keep");
    page.put(".about input.board", "toys");
    page.put(".about label.grow input", "the one with the shadow");
    page.until(
        "the board", "document.querySelector('.filters select').innerText.includes('toys (1)')");
    page.type("#search", "SHADOW");
    page.until("it by its note", "document.querySelectorAll('.card').length === 1");
    page.click(".more summary");
    page.type("#preset-name", "quick", Keys.ENTER);
    page.until(
        "the preset", "document.querySelector('.presets .chip')?.innerText.includes('quick')");
    page.put("#f-steps", "9");
    page.press(".presets .chip", "quick");
    page.until("its steps", "document.querySelector('#f-steps').value === '2'");
    assertThat(page.text("return document.querySelector('#prompt-0').value"))
        .isEqualTo("a red ball to keep");
    page.press(".presets .chip", "\u00d7");
    page.until("no preset", "!document.querySelector('.presets .chip')");
  }

  @Test
  void aPictureThatIsDroppedOnAFrameIsGivenThere() throws IOException {
    Browser page = browser();
    task("draw");
    int[] at = point(5, "given", 0.5);
    page.dropAt(".plan-grid canvas", at, "ball.png", "image/png", file("picture.png"));
    page.until("the frame given", "document.querySelector('zt-plan').plan.given[5]");
    page.until("the source", "document.querySelector('[data-slot=image][data-full]')");
  }

  @Test
  void keysDoIt() {
    Browser page = browser();
    page.type("#prompt-0", "a red ball by keys");
    page.chord(Keys.CONTROL, Keys.ENTER);
    made("a red ball by keys");
    page.keys(Keys.ESCAPE, " ");
    page.until("a stop", "document.querySelector('.screen video').paused");
    String before = page.words(".count");
    page.keys("k");
    assertThat(page.words(".count")).isNotEqualTo(before);
    page.keys("[");
    page.until(
        "a row of its making", "document.querySelector('.scrub').innerText.includes('step 4')");
    page.keys("]", "?");
    page.until("the keys", "document.querySelector('zt-help')");
    page.keys(Keys.ESCAPE, "/");
    page.until("the search", "document.activeElement.id === 'search'");
    page.keys("by keys");
    page.until("what was found", "document.querySelectorAll('.card').length === 1");
  }

  @Test
  void aPhoneShowsAllWithoutScrollingSideways() {
    Browser page = browser();
    page.size(390, 844, /* phone= */ true);
    try {
      page.reload();
      for (String task : List.of("generate", "interpolate", "roll", "draw")) {
        page.run("document.querySelector('[data-task=" + task + "]').click()");
        page.until(
            task, "document.querySelector('[data-task=" + task + "]').ariaChecked === 'true'");
        assertThat(page.text("return document.documentElement.scrollWidth"))
            .as(task)
            .isEqualTo("390");
      }
      assertThat(
              page.text(
                  "const b = document.querySelector('#make').getBoundingClientRect(); return b.bottom <= innerHeight && b.right <= innerWidth"))
          .isEqualTo("true");
    } finally {
      page.usualSize();
    }
  }

  @Test
  void whoWantsNoMotionGetsNone() {
    Browser page = browser();
    page.likes("prefers-reduced-motion", "reduce");
    try {
      page.reload();
      page.put("#prompt-0", "a red ball at rest");
      page.put("#f-steps", "2");
      page.click("#make");
      page.until(
          "the video",
          "document.querySelector('.about .said')?.innerText === 'a red ball at rest' && document.querySelector('.screen video')?.readyState >= 2");
      assertThat(page.text("return document.querySelector('.screen video').paused"))
          .isEqualTo("true");
    } finally {
      page.likes("prefers-reduced-motion", "");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"light", "dark"})
  void axeFindsNothingSerious(String colours) throws IOException {
    Browser page = browser();
    page.likes("prefers-color-scheme", colours);
    try {
      page.run(new String(axe(), StandardCharsets.UTF_8));
      // What colours do not change need not be looked at twice.
      boolean all = colours.equals("light");
      for (String look : all ? List.of("generate", "interpolate", "draw") : List.of("draw")) {
        page.click("[data-task=" + look + "]");
        assertThat(findings()).as(look).isEmpty();
      }
      for (String shelf : all ? List.of("queue", "compare", "models") : List.of("models")) {
        page.click("#tab-" + shelf);
        assertThat(findings()).as(shelf).isEmpty();
      }
      page.click("#tab-history");
      page.run("document.querySelector('[aria-label=Keys]').click()");
      page.press(".plan-head", "Unlock");
      assertThat(findings()).as("keys and brushes").isEmpty();
    } finally {
      page.likes("prefers-color-scheme", "");
    }
  }

  private static byte[] axe() throws IOException {
    try (InputStream in =
        Objects.requireNonNull(StudioPageIT.class.getResourceAsStream("/axe.min.js"))) {
      return in.readAllBytes();
    }
  }

  private static String findings() {
    return String.valueOf(
        browser()
            .runAsync(
                """
                const done = arguments[0];
                axe.run(document, {resultTypes: ['violations']}).then(result => done(result.violations
                  .filter(one => one.impact === 'serious' || one.impact === 'critical')
                  .map(one => one.id + ': ' + one.nodes.map(node => node.target.join(' ')).join(', ')).join('; ')));
                """));
  }
}
