package io.zoetrope.server.videos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.core.type.TypeReference;
import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.JsonValue;
import com.openai.core.http.HttpResponse;
import com.openai.errors.BadRequestException;
import com.openai.errors.InternalServerException;
import com.openai.errors.NotFoundException;
import com.openai.errors.OpenAIServiceException;
import com.openai.errors.PermissionDeniedException;
import com.openai.errors.RateLimitException;
import com.openai.errors.UnauthorizedException;
import com.openai.errors.UnexpectedStatusCodeException;
import com.openai.models.videos.ImageInputReferenceParam;
import com.openai.models.videos.Video;
import com.openai.models.videos.VideoCreateParams;
import com.openai.models.videos.VideoDownloadContentParams;
import com.openai.models.videos.VideoEditParams;
import com.openai.models.videos.VideoExtendParams;
import com.openai.models.videos.VideoListPage;
import com.openai.models.videos.VideoListParams;
import com.openai.models.videos.VideoRemixParams;
import com.openai.models.videos.VideoSeconds;
import com.openai.models.videos.VideoSize;
import io.zoetrope.jobs.Job;
import io.zoetrope.jobs.JobError;
import io.zoetrope.jobs.JobFilter;
import io.zoetrope.jobs.JobId;
import io.zoetrope.jobs.JobState;
import io.zoetrope.jobs.JobsException;
import io.zoetrope.jobs.queue.JobsConfig;
import io.zoetrope.jobs.queue.StoredJobs;
import io.zoetrope.pipeline.order.AnimateSpec;
import io.zoetrope.pipeline.order.ExtendSpec;
import io.zoetrope.pipeline.order.GenerateSpec;
import io.zoetrope.pipeline.order.RestyleSpec;
import io.zoetrope.pipeline.order.Wish;
import io.zoetrope.server.HandRunner;
import io.zoetrope.server.SmallLook;
import io.zoetrope.server.TestJobs;
import io.zoetrope.server.ZoetropeServer;
import io.zoetrope.server.http.Role;
import io.zoetrope.server.http.ServerConfig;
import io.zoetrope.server.http.Tokens;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The protocol as a client has it that others wrote. */
class OpenAiClientTest {
  @TempDir Path folder;
  private final List<RuntimeException> trouble = new CopyOnWriteArrayList<>();
  private final HandRunner runner = new HandRunner();
  private StoredJobs jobs;
  private ZoetropeServer server;
  private OpenAIClient client;

  @BeforeEach
  void start() {
    JobsConfig config = JobsConfig.in(folder);
    jobs = StoredJobs.open(config.withLimits(config.limits().withFree(0)), List.of(runner)).start();
    jobs.pause();
    serve(config(), "none is needed");
  }

  private ServerConfig config(String... limits) {
    return ServerConfig.local(0).withTemporary(folder).withLimits(limits);
  }

  private void serve(ServerConfig config, String key) {
    if (server != null) {
      server.close();
      client.close();
    }
    server =
        ZoetropeServer.start(
            config,
            jobs,
            List.of(
                new VideoRoutes(
                    TestJobs.troubled(jobs, trouble), new SmallLook(), new TestModels())));
    client = client(key, 0);
  }

  private OpenAIClient client(String key, int retries) {
    return OpenAIOkHttpClient.builder()
        .baseUrl(server.uri() + "v1")
        .apiKey(key)
        .maxRetries(retries)
        .timeout(Duration.ofSeconds(20))
        .build();
  }

  @AfterEach
  void stop() {
    client.close();
    server.close();
    jobs.close();
  }

  private static VideoCreateParams.Builder order(String prompt) {
    return VideoCreateParams.builder().prompt(prompt);
  }

  private Job last() {
    return jobs.list(JobFilter.newest(1)).getFirst();
  }

  /** Lets the runner begin, and waits until a job is so far. */
  private Job until(Video video, Predicate<Job> far) throws InterruptedException {
    jobs.resume();
    long end = System.nanoTime() + 20_000_000_000L;
    while (!far.test(jobs.require(new JobId(video.id())))) {
      assertThat(System.nanoTime()).isLessThan(end);
      Thread.sleep(10);
    }
    return jobs.require(new JobId(video.id()));
  }

  private Job complete(Video video, byte[] file) throws InterruptedException {
    runner.done(file);
    return until(video, job -> job.state() == JobState.COMPLETED);
  }

  private static Map<String, Object> own(Video video) {
    return video
        ._additionalProperties()
        .getOrDefault("zoetrope", JsonValue.from(null))
        .convert(new TypeReference<Map<String, Object>>() {});
  }

  @Test
  void makesAVideoFromWordsAndShowsHowFarItIs() throws Exception {
    Video made =
        client
            .videos()
            .create(
                order("a red ball moves right")
                    .model("toybox")
                    .seconds(VideoSeconds.of("2"))
                    .size(VideoSize.of("128x128"))
                    .build());
    assertThat(made.id()).startsWith("video_");
    assertThat(made.status()).isEqualTo(Video.Status.QUEUED);
    assertThat(made.progress()).isZero();
    assertThat(made.model().asString()).isEqualTo("toybox");
    assertThat(made.seconds().asString()).isEqualTo("2");
    assertThat(made.size().asString()).isEqualTo("128x128");
    assertThat(made.prompt()).contains("a red ball moves right");
    assertThat(made.error()).isEmpty();
    assertThat(last().order().task()).isInstanceOf(GenerateSpec.class);
    assertThat(last().order().wish().frames()).contains(16);
    assertThat(own(made).get("queue_position")).isEqualTo(1);

    runner.progress(36, 9, 14);
    until(made, job -> job.progress().percent() == 36);
    Video running = client.videos().retrieve(made.id());
    assertThat(running.status()).isEqualTo(Video.Status.IN_PROGRESS);
    assertThat(running.progress()).isEqualTo(36);
    assertThat(own(running).get("preview"))
        .isEqualTo("/api/v1/jobs/" + made.id() + "/preview?step=9");
    assertThat(pollAfter(made)).containsExactly("3500");

    byte[] file = SmallLook.mp4(300_000);
    complete(made, file);
    Video done = client.videos().retrieve(made.id());
    assertThat(done.status()).isEqualTo(Video.Status.COMPLETED);
    assertThat(done.progress()).isEqualTo(100);
    assertThat(done.completedAt()).isPresent();
    assertThat(pollAfter(made)).isEmpty();
    try (HttpResponse content = client.videos().downloadContent(made.id())) {
      assertThat(content.headers().values("Content-Type")).containsExactly("video/mp4");
      assertThat(content.body().readAllBytes()).isEqualTo(file);
    }
    Map<VideoDownloadContentParams.Variant, String> others =
        Map.of(
            VideoDownloadContentParams.Variant.THUMBNAIL, "image/webp",
            VideoDownloadContentParams.Variant.SPRITESHEET, "image/jpeg");
    for (var other : others.entrySet()) {
      try (HttpResponse content =
          client
              .videos()
              .downloadContent(
                  made.id(),
                  VideoDownloadContentParams.builder().variant(other.getKey()).build())) {
        assertThat(content.headers().values("Content-Type")).containsExactly(other.getValue());
        assertThat(content.body().readAllBytes()).isNotEmpty();
      }
    }
  }

  private List<String> pollAfter(Video video) {
    try (var answer = client.videos().withRawResponse().retrieve(video.id())) {
      return answer.headers().values("openai-poll-after-ms");
    }
  }

  @Test
  void animatesAPictureHoweverItComes() throws IOException {
    byte[] picture = SmallLook.png(64, 48, 300_000);
    Path file = Files.write(folder.resolve("ball.png"), picture);
    String url = "data:image/png;base64," + Base64.getEncoder().encodeToString(picture);
    client.videos().create(order("it rolls").inputReference(file).build());
    Path first = animated();
    client.videos().create(order("it rolls").inputReference(picture).build());
    assertThat(animated()).as("bytes have no file name").isEqualTo(first);
    client
        .videos()
        .create(order("it rolls").inputReference(new ByteArrayInputStream(picture)).build());
    assertThat(animated()).as("a stream").isEqualTo(first);
    client
        .videos()
        .create(
            order("it rolls")
                .inputReference(ImageInputReferenceParam.builder().imageUrl(url).build())
                .build());
    assertThat(animated()).as("a data: URL").isEqualTo(first);
    client
        .videos()
        .create(
            order("it rolls")
                .inputReference(
                    ImageInputReferenceParam.builder()
                        .fileId(first.getFileName().toString())
                        .build())
                .build());
    assertThat(animated()).as("an upload by its name").isEqualTo(first);
  }

  private Path animated() {
    assertThat(last().order().task()).isInstanceOf(AnimateSpec.class);
    String path = ((AnimateSpec) last().order().task()).image().path();
    assertThat(path).matches("input:[0-9a-f]{64}");
    return jobs.store().input(path.substring(6));
  }

  @Test
  void takesMoreByTheNamesOfOthers() {
    Video made =
        client
            .videos()
            .create(
                order("it rolls")
                    .putAdditionalBodyProperty("seed", JsonValue.from(42))
                    .putAdditionalBodyProperty("num_frames", JsonValue.from(24))
                    .putAdditionalBodyProperty("fps", JsonValue.from(12))
                    .putAdditionalBodyProperty("width", JsonValue.from(256))
                    .putAdditionalBodyProperty("height", JsonValue.from(128))
                    .putAdditionalBodyProperty("num_inference_steps", JsonValue.from(7))
                    .putAdditionalBodyProperty("negative_prompt", JsonValue.from("blur"))
                    .putAdditionalBodyProperty(
                        "extra_body", JsonValue.from(Map.of("guidance_scale", 4.5)))
                    .putAdditionalBodyProperty("user", JsonValue.from("me"))
                    .putAdditionalBodyProperty(
                        "zoetrope",
                        JsonValue.from(
                            Map.of(
                                "task",
                                Map.of(
                                    "kind",
                                    "travel",
                                    "cues",
                                    Map.of("starts", List.of(0, 12), "blend", 4)),
                                "wish",
                                Map.of("sampler", "ddim", "prompts", List.of("a", "b")))))
                    .build());
    Wish wish = last().order().wish();
    assertThat(wish.seed()).contains(42L);
    assertThat(wish.frames()).contains(24);
    assertThat(wish.fps()).contains(12.0);
    assertThat(wish.size().map(Object::toString)).contains("256x128");
    assertThat(wish.steps()).contains(7);
    assertThat(wish.guidance()).contains(4.5);
    assertThat(wish.negative()).contains("blur");
    assertThat(wish.sampler()).contains("ddim");
    assertThat(own(made).get("task")).isEqualTo("travel");
    assertThat(own(made).get("ignored")).isEqualTo(List.of("user"));
    assertThat(own(client.videos().retrieve(made.id())).get("ignored")).isEqualTo(List.of("user"));
  }

  @Test
  void changesAndContinuesVideos() throws Exception {
    Video first =
        client
            .videos()
            .create(
                order("a red ball").putAdditionalBodyProperty("seed", JsonValue.from(5)).build());
    assertThatThrownBy(() -> client.videos().remix(first.id(), remix("a blue ball")))
        .isInstanceOf(NotFoundException.class)
        .hasMessageContaining("has no video");
    Job.Result result = complete(first, SmallLook.mp4(1000)).result().orElseThrow();

    Video remixed = client.videos().remix(first.id(), remix("a blue ball"));
    assertThat(remixed.remixedFromVideoId()).contains(first.id());
    assertThat(own(remixed).get("task")).isEqualTo("restyle");
    assertThat(last().order().wish().seed()).contains(5L);
    assertThat(last().order().wish().prompts()).containsExactly("a blue ball");
    assertThat(((RestyleSpec) last().order().task()).video().path())
        .isEqualTo("input:" + result.sha256());

    client
        .videos()
        .edit(
            VideoEditParams.builder()
                .prompt("a green ball")
                .video(
                    VideoEditParams.Video.VideoReferenceInputParam.builder().id(first.id()).build())
                .build());
    assertThat(((RestyleSpec) last().order().task()).video().path())
        .isEqualTo("input:" + result.sha256());
    client
        .videos()
        .edit(
            VideoEditParams.builder().prompt("a green ball").video(SmallLook.mp4(250_000)).build());
    assertThat(((RestyleSpec) last().order().task()).video().path()).startsWith("input:");

    client
        .videos()
        .extend(
            VideoExtendParams.builder()
                .prompt("it rolls on")
                .seconds(VideoSeconds.of("4"))
                .video(
                    VideoExtendParams.Video.VideoReferenceInputParam.builder()
                        .id(first.id())
                        .build())
                .build());
    assertThat(last().order().task()).isInstanceOf(ExtendSpec.class);
    assertThat(last().order().wish().frames()).contains(32);
    assertThat(last().order().wish().size().map(Object::toString)).contains("128x128");
    assertThatThrownBy(() ->
            client
                .videos()
                .extend(
                    VideoExtendParams.builder()
                        .prompt("it rolls on")
                        .seconds(VideoSeconds.of("2"))
                        .video(
                            VideoExtendParams.Video.VideoReferenceInputParam.builder()
                                .id(first.id())
                                .build())
                        .build()))
        .isInstanceOf(BadRequestException.class)
        .hasMessageContaining("whole length");
  }

  private static VideoRemixParams remix(String prompt) {
    return VideoRemixParams.builder().prompt(prompt).build();
  }

  @Test
  void listsInPagesAndDeletes() {
    List<String> ids =
        List.of("a", "b", "c", "d", "e").stream()
            .map(prompt -> client.videos().create(order(prompt).build()).id())
            .toList();
    VideoListPage page = client.videos().list(VideoListParams.builder().limit(2).build());
    assertThat(page.items()).extracting(Video::id).containsExactly(ids.get(4), ids.get(3));
    assertThat(page.hasMore()).contains(true);
    assertThat(page.autoPager()).extracting(Video::id).containsExactlyElementsOf(ids.reversed());
    assertThat(
            client
                .videos()
                .list(VideoListParams.builder().order(VideoListParams.Order.ASC).limit(2).build())
                .autoPager())
        .extracting(Video::id)
        .containsExactlyElementsOf(ids);
    assertThat(client.videos().list(VideoListParams.builder().limit(0).build()).items()).isEmpty();
    assertThatThrownBy(() -> client.videos().list(VideoListParams.builder().limit(101).build()))
        .isInstanceOf(BadRequestException.class);

    var gone = client.videos().delete(ids.get(1));
    assertThat(gone.deleted()).isTrue();
    assertThat(gone.id()).isEqualTo(ids.get(1));
    assertThatThrownBy(() -> client.videos().retrieve(ids.get(1)))
        .isInstanceOf(NotFoundException.class);
    assertThat(client.models().list().data()).extracting(m -> m.id()).contains("toybox", "other");
  }

  @Test
  void failuresAreToldApart() throws Exception {
    Video made = client.videos().create(order("a").build());
    assertThatThrownBy(() -> client.videos().downloadContent(made.id()))
        .isInstanceOf(NotFoundException.class)
        .hasMessageContaining("no video yet");
    runner.fail(JobError.of("does_not_fit", "this takes 9 GiB: ask for less"));
    until(made, job -> job.state() == JobState.FAILED);
    Video failed = client.videos().retrieve(made.id());
    assertThat(failed.status()).isEqualTo(Video.Status.FAILED);
    assertThat(failed.error().orElseThrow().code()).isEqualTo("does_not_fit");
    Video other = client.videos().create(order("a").build());
    jobs.cancel(new JobId(other.id()));
    until(other, job -> job.state() == JobState.CANCELLED);
    Video cancelled = client.videos().retrieve(other.id());
    assertThat(cancelled.status()).isEqualTo(Video.Status.FAILED);
    assertThat(cancelled.error().orElseThrow().code()).isEqualTo("cancelled");
  }

  private OpenAIServiceException refused(VideoCreateParams params) {
    OpenAIServiceException e =
        catchThrowableOfType(OpenAIServiceException.class, () -> client.videos().create(params));
    assertThat(e).as("refused").isNotNull();
    return e;
  }

  @Test
  void everyErrorHasItsClassAndItsCode() {
    assertThat(refused(order(" ").build()))
        .isInstanceOf(BadRequestException.class)
        .satisfies(e -> assertThat(e.code()).contains("invalid_prompt"))
        .satisfies(e -> assertThat(e.param()).contains("prompt"))
        .satisfies(e -> assertThat(e.type()).contains("invalid_request_error"));
    assertThat(refused(order("a").size(VideoSize.of("8x8")).build()).code())
        .contains("invalid_size");
    assertThat(refused(order("a").size(VideoSize.of("large")).build()).code())
        .contains("invalid_size");
    assertThat(refused(order("a").seconds(VideoSeconds.of("1000")).build()).code())
        .contains("invalid_seconds");
    assertThat(refused(order("a").size(VideoSize.of("2048x2048")).build()).code())
        .contains("does_not_fit");
    assertThat(refused(order("a").model("sora-2").build()))
        .isInstanceOf(NotFoundException.class)
        .satisfies(e -> assertThat(e.code()).contains("model_not_found"))
        .hasMessageContaining("toybox, other");
    assertThat(
            refused(order("a").putAdditionalBodyProperty("num_frame", JsonValue.from(3)).build()))
        .hasMessageContaining("did you mean 'num_frames'?")
        .satisfies(e -> assertThat(e.code()).contains("unknown_parameter"))
        .satisfies(e -> assertThat(e.param()).contains("num_frame"));
    assertThat(
            refused(
                order("a")
                    .putAdditionalBodyProperty(
                        "zoetrope", JsonValue.from(Map.of("wish", Map.of("stepz", 3))))
                    .build()))
        .hasMessageContaining("zoetrope.wish.stepz is not a key here: did you mean 'steps'?")
        .satisfies(e -> assertThat(e.code()).contains("unknown_parameter"));
    assertThat(
            refused(
                order("a")
                    .putAdditionalBodyProperty("num_inference_steps", JsonValue.from(5000))
                    .build()))
        .satisfies(e -> assertThat(e.param()).contains("num_inference_steps"));
    assertThat(refused(order("a").inputReference(new byte[] {1, 2, 3}).build()).code())
        .contains("invalid_media");
    assertThat(
            refused(
                    order("a")
                        .inputReference(
                            ImageInputReferenceParam.builder()
                                .imageUrl("http://127.0.0.1/a.png")
                                .build())
                        .build())
                .code())
        .contains("unsupported_url");
    Map<JobsException, Class<?>> troubles =
        Map.of(
            new JobsException(JobsException.Kind.QUEUE_FULL, "full", Duration.ofSeconds(2)),
            RateLimitException.class,
            new JobsException(JobsException.Kind.DRAINING, "stops"),
            InternalServerException.class,
            new JobsException(JobsException.Kind.EXPIRED, "gone"),
            UnexpectedStatusCodeException.class);
    troubles.forEach((thrown, type) -> {
      trouble.addFirst(thrown);
      assertThat(refused(order("a").build())).isInstanceOf(type);
    });
    trouble.addFirst(new IllegalStateException("secret"));
    assertThat(refused(order("a").build()))
        .isInstanceOf(InternalServerException.class)
        .message()
        .doesNotContain("secret");
  }

  @Test
  void tokensAreAskedFor() {
    Tokens tokens = Tokens.of(jobs);
    String reads = tokens.create("reads", Role.READ);
    String makes = tokens.create("makes", Role.MAKE);
    serve(config().withLogin(ServerConfig.Login.TOKENS), "wrong");
    assertThat(refused(order("a").build())).isInstanceOf(UnauthorizedException.class);
    OpenAIClient reader = client(reads, 0);
    OpenAIClient maker = client(makes, 0);
    assertThatThrownBy(() -> reader.videos().create(order("a").build()))
        .isInstanceOf(PermissionDeniedException.class);
    maker.videos().create(order("a").build());
    assertThat(last().owner()).contains("makes");
    assertThat(reader.videos().list().items()).hasSize(1);
  }

  @Test
  void whoIsToldToWaitWaitsAndSucceeds() {
    serve(config("changes=20"), "any");
    for (int i = 0; i < 20; i++) {
      client.videos().create(order("a").build());
    }
    assertThat(refused(order("b").build())).isInstanceOf(RateLimitException.class);
    // One change in three seconds: its own patience would be at an end before.
    OpenAIClient patient = client("any", 2);
    assertThat(patient.videos().create(order("b").build()).id()).startsWith("video_");
  }

  @Test
  void aRepeatedRequestGetsTheFirstJob() {
    VideoCreateParams params = order("a").build();
    VideoCreateParams again =
        params.toBuilder().putAdditionalHeader("X-Stainless-Retry-Count", "1").build();
    Video first = client.videos().create(params);
    assertThat(client.videos().create(params).id()).as("asked for twice").isNotEqualTo(first.id());
    Video second = client.videos().create(params);
    assertThat(client.videos().create(again).id()).as("repeated").isEqualTo(second.id());
    assertThat(
            client
                .videos()
                .create(order("b").putAdditionalHeader("X-Stainless-Retry-Count", "1").build())
                .id())
        .as("never seen")
        .isNotEqualTo(second.id());
    VideoCreateParams keyed = order("c").putAdditionalHeader("Idempotency-Key", "k").build();
    assertThat(client.videos().create(keyed).id()).isEqualTo(client.videos().create(keyed).id());
  }
}
