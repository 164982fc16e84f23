package io.zoetrope.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.zoetrope.media.Frame;
import io.zoetrope.media.VideoReader;
import java.io.File;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every example makes what it says, from its own jar or sources, without a flag. */
class ExamplesIT {
  @TempDir Path folder;

  @Test
  void plain() throws Exception {
    Path classes = Started.EXAMPLES.resolve("plain/target/classes");
    String path = classes + File.pathSeparator + Started.CLASS_PATH;
    try (Started ball = Started.tool(folder, "java", "-cp", path, "example.Ball")) {
      ball.ends();
      assertThat(ball.said()).doesNotContain("Exception");
    }
    assertFrames(folder.resolve("ball.mp4"));
  }

  @Test
  void modulePath() throws Exception {
    assumeThat(Started.CLASS_PATH).as("its platform").contains("natives-linux-x86_64");
    Path sources = Started.EXAMPLES.resolve("module-path/src/main/java");
    String module = sources.resolve("module-info.java").toString();
    String main = sources.resolve("example/Star.java").toString();
    try (Started compiler =
        Started.tool(folder, "javac", "-p", Started.CLASS_PATH, "-d", "classes", module, main)) {
      compiler.ends();
    }
    String path = "classes" + File.pathSeparator + Started.CLASS_PATH;
    try (Started star = Started.tool(folder, "java", "-p", path, "-m", "example/example.Star")) {
      star.ends();
    }
    assertFrames(folder.resolve("star.webm"));
  }

  @Test
  void source() throws Exception {
    String script = Started.EXAMPLES.resolve("script/Cube.java").toString();
    try (Started cube = Started.tool(folder, "java", "-cp", Started.CLASS_PATH, script)) {
      cube.ends();
    }
    assertFrames(folder.resolve("cube.gif"));
  }

  @Test
  void jshell() throws Exception {
    String script = Started.EXAMPLES.resolve("script/toys.jsh").toString();
    try (Started toys =
        Started.tool(folder, "jshell", "--class-path", Started.CLASS_PATH, script)) {
      toys.ends();
      assertThat(toys.said()).doesNotContain("Exception", "Error");
    }
    assertFrames(folder.resolve("red.mp4"));
    assertFrames(folder.resolve("blue.mp4"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"spring-boot-3", "spring-boot-4"})
  void springBoot(String name) throws Exception {
    String jar = Started.EXAMPLES.resolve("%s/target/%s-1.jar".formatted(name, name)).toString();
    try (Started server = Started.tool(folder, "java", "-jar", jar, "--server.port=0");
        HttpClient client = HttpClient.newHttpClient()) {
      String root = "http://localhost:" + server.says("Tomcat started on port (\\d+)");
      String video = root + "/video?prompt=a+red+ball+moves+right";
      Path file = folder.resolve("ball.mp4");
      HttpResponse<Path> answer =
          client.send(get(video + "&seed=4&steps=2"), BodyHandlers.ofFile(file));
      assertThat(answer.statusCode()).as(server.said()).isEqualTo(200);
      assertThat(answer.headers().firstValue("content-type")).contains("video/mp4");
      assertFrames(file);

      HttpResponse<String> health =
          client.send(get(root + "/actuator/health"), BodyHandlers.ofString());
      assertThat(health.body()).contains("\"status\":\"UP\"", "toybox");

      HttpResponse<String> wrong = client.send(get(video + "&steps=0"), BodyHandlers.ofString());
      assertThat(wrong.statusCode()).isEqualTo(400);
      assertThat(wrong.body())
          .contains("\"code\":\"ORDER\"", "steps must be")
          .doesNotContain("--steps");
    }
  }

  @Test
  void aQueueInSpringBoot() throws Exception {
    String jar = Started.EXAMPLES.resolve("spring-boot-4/target/spring-boot-4-1.jar").toString();
    try (Started server = Started.tool(folder, "java", "-jar", jar, "--server.port=0");
        HttpClient client = HttpClient.newHttpClient()) {
      String root = "http://localhost:" + server.says("Tomcat started on port (\\d+)") + "/queue";
      HttpRequest order =
          HttpRequest.newBuilder(URI.create(root + "?prompt=a+red+ball+moves+right&steps=2"))
              .POST(HttpRequest.BodyPublishers.noBody())
              .build();
      String job = root + "/" + client.send(order, BodyHandlers.ofString()).body();
      String state = "queued";
      while (state.equals("queued") || state.equals("running")) {
        Thread.sleep(100);
        state = client.send(get(job), BodyHandlers.ofString()).body();
      }
      assertThat(state).as(server.said()).isEqualTo("completed");
      Path file = folder.resolve("queued.mp4");
      client.send(get(job + "/video"), BodyHandlers.ofFile(file));
      assertFrames(file);
    }
  }

  private static HttpRequest get(String url) {
    return HttpRequest.newBuilder(URI.create(url)).build();
  }

  /** A video of the bundled model, decoded: sixteen frames in which something moves. */
  private static void assertFrames(Path file) {
    List<Frame> frames = VideoReader.read(file).frames();
    assertThat(frames).hasSize(16);
    byte[] first = frames.getFirst().rgb();
    assertThat(first).isNotEqualTo(new byte[first.length]).isNotEqualTo(frames.getLast().rgb());
  }
}
