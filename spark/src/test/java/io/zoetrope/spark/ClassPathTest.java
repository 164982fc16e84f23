package io.zoetrope.spark;

import static org.assertj.core.api.Assertions.assertThat;

import io.zoetrope.checkpoint.safetensors.Safetensors;
import io.zoetrope.checkpoint.safetensors.SafetensorsFile;
import io.zoetrope.media.Frame;
import io.zoetrope.media.Video;
import io.zoetrope.media.VideoReader;
import io.zoetrope.media.VideoWriter;
import io.zoetrope.pipeline.order.VideoOrder;
import io.zoetrope.record.Json;
import io.zoetrope.torch.Scopes;
import java.io.IOException;
import java.net.URL;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.Function;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** The core and Spark on one class path: neither takes the other's libraries away. */
class ClassPathTest {
  @TempDir static Path folder;

  private static SparkSession spark;

  @BeforeAll
  static void open() {
    spark = Sessions.open(Clusters.quick("local[2]"), "class path");
  }

  @AfterAll
  static void close() throws IOException {
    spark.close();
  }

  /** Runs in a task, on one of Spark's threads. */
  private static String inTask(Function<String, String> work) {
    return JavaSparkContext.fromSparkContext(spark.sparkContext())
        .parallelize(List.of(folder.toString()), 1)
        .map(work)
        .first();
  }

  @Test
  void ordersAreReadAndWrittenAsJsonAndYaml() {
    String said =
        inTask(path -> {
          String yaml =
              """
              task: {kind: generate}
              wish: {prompts: [a red ball], seed: 3, size: {width: 64, height: 64}, frames: 8}
              model: {name: toybox}
              """;
          VideoOrder order = VideoOrder.parse("order", yaml);
          VideoOrder again = VideoOrder.parse("order", order.toJson());
          return order.equals(again) + " " + again.wish().prompt();
        });
    assertThat(said).isEqualTo("true a red ball");
  }

  @Test
  void tensorsAreWrittenAndMapped() {
    String said =
        inTask(path -> {
          Path file = Path.of(path, "x.safetensors");
          return Scopes.value(() -> {
            Tensor ones = torch.ones(2, 3);
            Map<String, Tensor> all = new LinkedHashMap<>(Map.of("x", ones));
            Safetensors.write(file, all, Map.of("k", "v"));
            try (SafetensorsFile read = Safetensors.open(file)) {
              return read.metadata().get("k") + read.tensor("x").sum().item_float();
            }
          });
        });
    assertThat(said).isEqualTo("v6.0");
  }

  @Test
  void videosAreEncodedAndDecoded() {
    String said =
        inTask(path -> {
          Path file = Path.of(path, "x.mp4");
          Frame grey = new Frame(32, 32, new byte[32 * 32 * 3]);
          VideoWriter.write(file, new Video(Collections.nCopies(5, grey), 8));
          return String.valueOf(VideoReader.read(file).frames().size());
        });
    assertThat(said).isEqualTo("5");
  }

  @Test
  void sparkReadsJsonAndParquet() {
    List<String> lines = List.of("{\"a\": 1, \"b\": \"x\"}", "{\"a\": 2, \"b\": \"y\"}");
    String table = folder.resolve("table").toString();
    spark.read().json(spark.createDataset(lines, Encoders.STRING())).write().parquet(table);
    Row sum = spark.read().parquet(table).selectExpr("sum(a)").first();
    assertThat(sum.getLong(0)).isEqualTo(3);
  }

  /** Spark's Scala module refuses any other databind. */
  @Test
  void jacksonTwoIsSparksAlone() throws Exception {
    assertThat(com.fasterxml.jackson.databind.cfg.PackageVersion.VERSION.toString())
        .startsWith("2.21.");
    for (String name : List.of("databind/ObjectMapper", "core/JsonFactory")) {
      assertThat(places("com/fasterxml/jackson/" + name + ".class"))
          .singleElement()
          .asString()
          .contains("-2.21");
    }
    assertThat(places("com/fasterxml/jackson/annotation/JsonProperty.class")).hasSize(1);
  }

  /** Annotations are those of both Jacksons: the newer one has to do for both. */
  @Test
  void recordsAreBoundByJacksonThree() {
    String said =
        inTask(path -> {
          String json = Json.MAPPER.writeValueAsString(new Pair("a", 3));
          return Json.MAPPER.readValue(json, Pair.class).toString();
        });
    assertThat(said).isEqualTo("Pair[name=a, count=3]");
  }

  private record Pair(String name, int count) {}

  /** Of two loggers, one is told nothing. */
  @Test
  void log4jIsTheOnlyLogger() throws Exception {
    assertThat(LoggerFactory.getILoggerFactory().getClass().getName()).contains("Log4j");
    assertThat(places("META-INF/services/org.slf4j.spi.SLF4JServiceProvider")).hasSize(1);
    assertThat(places("ch/qos/logback/classic/Logger.class")).isEmpty();
  }

  private static List<URL> places(String resource) throws Exception {
    return Collections.list(ClassPathTest.class.getClassLoader().getResources(resource));
  }
}
