package io.zoetrope.jobs.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.zoetrope.jobs.Job;
import io.zoetrope.jobs.JobError;
import io.zoetrope.jobs.Runner;
import io.zoetrope.jobs.Runner.Signal;
import io.zoetrope.jobs.StepPicture;
import io.zoetrope.jobs.Store;
import io.zoetrope.media.VideoMetadata;
import io.zoetrope.pipeline.model.Size;
import io.zoetrope.pipeline.order.GenerateSpec;
import io.zoetrope.pipeline.order.ModelRef;
import io.zoetrope.pipeline.order.Tuning;
import io.zoetrope.pipeline.order.VideoOrder;
import io.zoetrope.pipeline.order.Wish;
import io.zoetrope.record.RecordReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What a worker makes of jobs: in a process of its own, with the model that is on the class path.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class WorkerIT {
  private static final VideoOrder BALL =
      new VideoOrder(
          GenerateSpec.usual(),
          Wish.of("a red ball moves right").withSeed(4).withSteps(4).withFrames(8),
          ModelRef.of("toybox"),
          Tuning.NONE);

  @TempDir Path folder;
  private Path loras = Path.of("");
  private final WorkerProcess worker = new WorkerProcess(WorkerSettings.on("cpu"));

  @BeforeAll
  void furnish(@TempDir Path shared) throws IOException {
    loras = shared.resolve("models/loras");
    Files.createDirectories(loras);
    Files.write(loras.resolve("look.safetensors"), lora());
    System.setProperty("zoetrope.home", shared.toString());
  }

  @AfterAll
  void close() {
    System.clearProperty("zoetrope.home");
    worker.close();
  }

  /** A file of safetensors, of rank 1 at one layer. */
  private static byte[] lora() {
    String layer = "transformer.transformer_blocks.0.attn1.to_v";
    String header =
        """
        {"%s.lora_A.weight": {"dtype": "F32", "shape": [1, 192], "data_offsets": [0, 768]},
         "%s.lora_B.weight": {"dtype": "F32", "shape": [192, 1], "data_offsets": [768, 1536]}}
        """
            .formatted(layer, layer);
    byte[] head = header.getBytes(StandardCharsets.UTF_8);
    ByteBuffer file = ByteBuffer.allocate(8 + head.length + 1536).order(ByteOrder.LITTLE_ENDIAN);
    file.putLong(head.length).put(head);
    for (int i = 0; i < 384; i++) {
      file.putFloat(0.05f);
    }
    return file.array();
  }

  private static VideoOrder withLora(double scale) {
    ModelRef.Lora lora = new ModelRef.Lora(Path.of("part:loras/look"), scale);
    return BALL.withModel(BALL.model().withLoras(List.of(lora)));
  }

  @Test
  void aLoraIsFoundByTheNameThatTheServerHas() throws Exception {
    Store store = new Store(folder);
    byte[] plain = frames(Attempts.of(store, BALL));
    Runner.Attempt attempt = Attempts.of(store, withLora(1));
    assertThat(frames(attempt)).isNotEqualTo(plain);
    assertThat(frames(Attempts.of(store, withLora(0)))).isEqualTo(plain);
    String told = VideoMetadata.read(attempt.folder().resolve("video.mp4")).entries().toString();
    assertThat(told).contains("part:loras/look").doesNotContain(loras.toString());
    Files.move(loras.resolve("look.safetensors"), loras.resolve("gone"));
    try {
      Runner.Outcome outcome =
          worker.run(Attempts.of(store, withLora(1)), new Watched(() -> Signal.GO));
      JobError error = ((Runner.Failed) outcome).error();
      assertThat(error.code()).isEqualTo("not_found");
      assertThat(error.message()).contains("part:loras/look").doesNotContain(loras.toString());
    } finally {
      Files.move(loras.resolve("gone"), loras.resolve("look.safetensors"));
    }
  }

  /** What was made, without what the file remembers: its sheet. */
  private byte[] frames(Runner.Attempt attempt) throws Exception {
    byte[] unused = made(attempt);
    return Files.readAllBytes(attempt.folder().resolve("sheet.jpg"));
  }

  @Test
  void aJobIsMadeStepByStep() throws Exception {
    Store store = new Store(folder);
    Watched watch = new Watched(() -> Signal.GO);

    Runner.Attempt attempt = Attempts.of(store, BALL);
    Runner.Outcome outcome = worker.run(attempt, watch);

    assertThat(outcome).isInstanceOf(Runner.Done.class);
    Runner.Done done = (Runner.Done) outcome;
    assertThat(done.shape()).isEqualTo(new Job.Shape(128, 128, 8, 8, 4));
    assertThat(watch.rows()).containsExactly(1, 2, 3, 4);
    assertThat(watch.percents()).isSorted();
    assertThat(watch.phases()).contains("loading", "sampling");
    Path made = store.job(attempt.job().id()).resolve(done.result().file());
    assertThat(Files.size(made)).isEqualTo(done.result().bytes());
    List<String> files = Attempts.files(attempt.folder());
    assertThat(files).contains("video.mp4", "thumbnail.webp", "sheet.jpg", "manifest.json");
    assertThat(watch.levels().getLast()).hasSize(8).containsOnly(0);
    assertThat(watch.levels().getFirst()).hasSize(8).doesNotContain(0, 1);
    assertThat(watch.frames()).isEqualTo(8);
    assertThat(watch.pictures().getFirst()).isEqualTo(1);
    assertThat(watch.progress().getLast().preview()).isEqualTo(4);
    assertThat(Attempts.files(attempt.folder().resolve("steps"))).contains("1.webp", "4.webp");
    String told = VideoMetadata.read(made).entries().toString();
    assertThat(told).contains("toybox").doesNotContain("/");
  }

  @Test
  void aCancelledJobStopsAtTheNextStepAndTheWorkerGoesOn() throws Exception {
    Store store = new Store(folder);
    VideoOrder large = BALL.withWish(BALL.wish().withSteps(200));
    AtomicReference<Signal> signal = new AtomicReference<>(Signal.GO);
    Watched watch = new Watched(signal::get);
    watch.at(2, () -> signal.set(Signal.CANCEL));

    Runner.Outcome outcome = worker.run(Attempts.of(store, large), watch);

    assertThat(outcome).isInstanceOf(Runner.Cancelled.class);
    assertThat(watch.rows().size()).isLessThan(60);
    long pid = worker.pid().orElseThrow();
    Runner.Outcome next = worker.run(Attempts.of(store, BALL), new Watched(() -> Signal.GO));
    assertThat(next).isInstanceOf(Runner.Done.class);
    assertThat(worker.pid()).hasValue(pid);
  }

  /** It is frozen: nothing in it can heed anything. */
  @Test
  void aWorkerThatDoesNotStopInTimeIsKilled() throws Exception {
    Store store = new Store(folder);
    VideoOrder large = BALL.withWish(BALL.wish().withSteps(200));
    AtomicReference<Signal> signal = new AtomicReference<>(Signal.GO);
    Watched watch = new Watched(signal::get);
    watch.at(
        3,
        () -> {
          freeze(worker.pid().orElseThrow());
          signal.set(Signal.CANCEL);
        });
    Runner.Outcome outcome = worker.run(Attempts.of(store, large), watch);
    assertThat(outcome).isInstanceOf(Runner.Cancelled.class);
    assertThat(worker.pid()).isEmpty();
  }

  private static void freeze(long pid) {
    try {
      new ProcessBuilder("kill", "-STOP", String.valueOf(pid)).start().waitFor();
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void aWorkerThatIsKilledLosesOneJobAndIsStartedAnew() throws Exception {
    Store store = new Store(folder);
    Watched watch = new Watched(() -> Signal.GO);
    watch.at(1, () -> ProcessHandle.of(worker.pid().orElseThrow()).orElseThrow().destroyForcibly());

    Runner.Outcome outcome =
        worker.run(Attempts.of(store, BALL.withWish(BALL.wish().withSteps(100))), watch);

    assertThat(outcome).isInstanceOf(Runner.Lost.class);
    assertThat(((Runner.Lost) outcome).why()).contains("137");
    Runner.Outcome next = worker.run(Attempts.of(store, BALL), new Watched(() -> Signal.GO));
    assertThat(next).isInstanceOf(Runner.Done.class);
  }

  @Test
  void filesOfThisMachineAreRefused() throws Exception {
    Store store = new Store(folder);
    VideoOrder animate =
        VideoOrder.parse(
            "order",
            """
            {"task": {"kind": "animate", "image": {"path": "/etc/passwd"}},
             "model": {"name": "toybox"}}
            """);
    Runner.Outcome outcome = worker.run(Attempts.of(store, animate), new Watched(() -> Signal.GO));

    JobError error = ((Runner.Failed) outcome).error();
    assertThat(error.code()).isEqualTo("invalid_order");
    assertThat(error.message()).contains("input:SHA256").doesNotContain("passwd");
  }

  @Test
  void aResultIsTheSourceOfAnotherJob() throws Exception {
    Store store = new Store(folder);
    Runner.Attempt first = Attempts.of(store, BALL);
    assertThat(worker.run(first, new Watched(() -> Signal.GO))).isInstanceOf(Runner.Done.class);
    VideoOrder restyle =
        VideoOrder.parse(
            "order",
            """
            {"task": {"kind": "restyle", "video": {"path": "job:%s"}, "strength": 0.5},
             "wish": {"prompts": ["a blue ball"], "seed": 1, "steps": 4},
             "model": {"name": "toybox"}}
            """
                .formatted(first.job().id()));
    Runner.Attempt second = Attempts.of(store, restyle);
    Watched watch = new Watched(() -> Signal.GO);
    Runner.Outcome outcome = worker.run(second, watch);

    assertThat(outcome).as("%s", outcome).isInstanceOf(Runner.Done.class);
    String told = VideoMetadata.read(second.folder().resolve("video.mp4")).entries().toString();
    assertThat(told).contains("job:" + first.job().id()).doesNotContain(folder.toString());
    assertThat(watch.notes().toString() + outcome).doesNotContain(folder.toString());
  }

  @Test
  void eachClipHasPicturesOfItsOwn() throws Exception {
    Store store = new Store(folder);
    Runner.Attempt first = Attempts.of(store, BALL);
    byte[] unused = made(first);
    VideoOrder longer =
        VideoOrder.parse(
            "order",
            """
            {"task": {"kind": "extend", "video": {"path": "job:%s"}},
             "wish": {"prompts": ["a red ball"], "seed": 1, "steps": 6, "frames": 40},
             "model": {"name": "toybox"}}
            """
                .formatted(first.job().id()));
    Runner.Attempt attempt = Attempts.of(store, longer);
    Watched watch = new Watched(() -> Signal.GO);
    Runner.Outcome outcome = worker.run(attempt, watch);
    assertThat(outcome).as("%s", outcome).isInstanceOf(Runner.Done.class);
    List<StepPicture> pictures = StepPicture.all(attempt.folder());
    assertThat(pictures).extracting(StepPicture::step).doesNotHaveDuplicates();
    assertThat(pictures).extracting(StepPicture::frame).isSorted();
    assertThat(pictures.stream().map(StepPicture::frame).distinct()).hasSizeGreaterThan(1);
    assertThat(pictures)
        .allSatisfy(one -> {
          assertThat((one.step() - one.row()) % 6).isZero();
          assertThat(one.at(attempt.folder())).isRegularFile();
        });
    assertThat(watch.pictures()).contains(1).anyMatch(picture -> picture > 6);
    assertThat(watch.progress().getLast().preview()).isEqualTo(pictures.getLast().step());
  }

  private byte[] made(Runner.Attempt attempt) throws Exception {
    Runner.Outcome outcome = worker.run(attempt, new Watched(() -> Signal.GO));
    assertThat(outcome).as("%s", outcome).isInstanceOf(Runner.Done.class);
    return Files.readAllBytes(attempt.folder().resolve("video.mp4"));
  }

  /** Also by samplers whose steps build on those before them. */
  @ParameterizedTest
  @ValueSource(strings = {"ddim", "dpm++2m", "unipc", "pndm"})
  void aDraftIsFinishedAsIfItHadNeverStopped(String sampler) throws Exception {
    Store store = new Store(folder);
    VideoOrder ball = BALL.withWish(BALL.wish().withSampler(sampler));
    byte[] undisturbed = made(Attempts.of(store, ball));
    Job draft = Attempts.job(ball, Optional.of(2));
    Runner.Attempt first = Attempts.of(store, draft, 1, Optional.empty());
    Watched watch = new Watched(() -> Signal.GO);
    Runner.Outcome outcome = worker.run(first, watch);

    assertThat(outcome).as("%s", outcome).isInstanceOf(Runner.Drafted.class);
    assertThat(watch.rows()).containsExactly(1, 2);
    assertThat(Attempts.files(first.folder())).contains("video.mp4", KeptLatents.FILE);
    assertThat(Files.readAllBytes(first.folder().resolve("video.mp4"))).isNotEqualTo(undisturbed);

    Job rest = Attempts.undrafted(draft);
    Runner.Attempt second = Attempts.of(store, rest, 2, Optional.of(first.folder()));
    Watched finishing = new Watched(() -> Signal.GO);
    assertThat(worker.run(second, finishing)).isInstanceOf(Runner.Done.class);
    assertThat(finishing.rows()).containsExactly(3, 4);
    assertThat(Files.readAllBytes(second.folder().resolve("video.mp4"))).isEqualTo(undisturbed);
  }

  @Test
  void whatWasStoppedGoesOnAsIfItHadNeverStopped() throws Exception {
    Store store = new Store(folder);
    VideoOrder ball = BALL.withWish(BALL.wish().withSteps(12).withSampler("ancestral"));
    byte[] undisturbed = made(Attempts.of(store, ball));
    Job job = Attempts.job(ball, Optional.empty());
    Runner.Attempt first = Attempts.of(store, job, 1, Optional.empty());
    AtomicReference<Signal> signal = new AtomicReference<>(Signal.GO);
    Watched watch = new Watched(signal::get);
    watch.at(2, () -> signal.set(Signal.STOP));
    assertThat(worker.run(first, watch)).isInstanceOf(Runner.Stopped.class);
    assertThat(Attempts.files(first.folder())).contains(KeptLatents.FILE);

    Watched rest = new Watched(() -> Signal.GO);
    Runner.Attempt second = Attempts.of(store, job, 2, Optional.of(first.folder()));
    assertThat(worker.run(second, rest)).isInstanceOf(Runner.Done.class);
    assertThat(rest.rows().getFirst()).isGreaterThan(2);
    assertThat(Files.readAllBytes(second.folder().resolve("video.mp4"))).isEqualTo(undisturbed);
  }

  @Test
  void aDraftThatCouldNotBeFinishedExactlyIsRefused() throws Exception {
    Store store = new Store(folder);
    String cached = "{\"easyCache\": 0.1}";
    VideoOrder ball = BALL.withTuning(RecordReader.read("tuning", cached, Tuning.class));
    Runner.Attempt attempt =
        Attempts.of(store, Attempts.job(ball, Optional.of(2)), 1, Optional.empty());
    Runner.Outcome outcome = worker.run(attempt, new Watched(() -> Signal.GO));
    JobError error = ((Runner.Failed) outcome).error();
    assertThat(error.code()).isEqualTo("unsupported");
    assertThat(error.message()).contains("EasyCache");
  }

  @Test
  void whatDoesNotFitSaysWhatWould() throws Exception {
    Store store = new Store(folder);
    VideoOrder large = BALL.withWish(BALL.wish().withFrames(256).withSize(new Size(3072, 3072)));
    Runner.Outcome outcome = worker.run(Attempts.of(store, large), new Watched(() -> Signal.GO));

    JobError error = ((Runner.Failed) outcome).error();
    assertThat(error.code()).isEqualTo("does_not_fit");
    assertThat(error.mends()).as("%s", error).isNotEmpty();
  }

  @Test
  void itEndsWhenItsInputDoes() throws Exception {
    ChildProcess child =
        ChildProcess.start(
            "worker",
            new ChildJvm(WorkerMain.class, List.of("-Xmx256m"), List.of("cpu"), Map.of()));
    long pid = child.pid();
    while (child.next(Duration.ofSeconds(60)).flatMap(Wire::tell).isEmpty()) {}
    child.endInput();
    assertThat(ProcessHandle.of(pid).map(p -> p.onExit().orTimeout(20, TimeUnit.SECONDS).join()))
        .isPresent();
  }

  /** Neither libtorch nor FFmpeg is in this process, which only read orders and asked workers. */
  @Test
  void thisProcessHasNoNativeLibrariesOfTheWorkers() throws Exception {
    Process process =
        new ChildJvm(ServerLike.class, List.of(), List.of(folder.toString()), Map.of())
            .builder()
            .redirectErrorStream(true)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
    assertThat(said).contains("made Done").contains("models toybox").doesNotContain("maps ");
  }
}
