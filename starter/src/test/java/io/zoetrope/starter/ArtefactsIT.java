package io.zoetrope.starter;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.jar.JarFile;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What comes with the one dependency: jars as they are published, and nobody else's choices. */
class ArtefactsIT {
  private static final Path CHECKOUT = Path.of("..").toAbsolutePath().normalize();
  private static final String MODEL = "io/zoetrope/models/toybox/";

  @Test
  void everyJarHasItsLicenceAndItsModule() throws IOException {
    Map<String, String> modules =
        ours().stream()
            .map(ModuleFinder::of)
            .flatMap(finder -> finder.findAll().stream())
            .map(found -> found.descriptor())
            .collect(Collectors.toMap(ModuleDescriptor::name, ArtefactsIT::kind));
    assertThat(modules)
        .containsEntry("io.zoetrope.core", "automatic")
        .containsEntry("io.zoetrope.model.toybox", "automatic")
        .hasSize(3)
        .containsValue("explicit");
    for (Path path : ours()) {
      try (JarFile jar = new JarFile(path.toFile())) {
        assertThat(jar.getEntry("META-INF/LICENSE")).as(path.toString()).isNotNull();
      }
    }
  }

  @Test
  void nativesAreOfOneKindAndLoggingIsNotChosen() {
    List<String> names =
        classPath().map(path -> String.valueOf(path.getFileName())).sorted().toList();
    assertThat(names).filteredOn(name -> name.matches("pytorch-.*-x?[a-z]+-.*\\.jar")).hasSize(1);
    assertThat(names)
        .noneMatch(name -> name.matches("(logback|log4j|slf4j-(nop|simple|jdk14)).*\\.jar"));
  }

  @Test
  void theModelIsListedWhole() throws Exception {
    Map<String, String> listed;
    try (InputStream list = resource(MODEL + "files.txt")) {
      listed =
          new String(list.readAllBytes(), UTF_8)
              .lines()
              .map(line -> line.split(" {2}", 2))
              .collect(Collectors.toMap(parts -> parts[1], parts -> parts[0]));
    }
    Path folder = CHECKOUT.resolve("models/toybox");
    assertThat(listed.keySet()).containsExactlyInAnyOrderElementsOf(files(folder));
    for (Map.Entry<String, String> file : listed.entrySet()) {
      assertThat(digest(resource(MODEL + file.getKey())))
          .as(file.getKey())
          .isEqualTo(file.getValue());
      assertThat(digest(Files.newInputStream(folder.resolve(file.getKey()))))
          .as(file.getKey())
          .isEqualTo(file.getValue());
    }
  }

  @Test
  void everyPlatformIsPublished() throws IOException {
    String release = Files.readString(CHECKOUT.resolve("natives/pom.xml"));
    String bom = Files.readString(CHECKOUT.resolve("bom/pom.xml"));
    String root = Files.readString(CHECKOUT.resolve("pom.xml"));
    List<Path> platforms;
    try (Stream<Path> folders = Files.list(CHECKOUT.resolve("natives"))) {
      platforms = folders.filter(folder -> Files.exists(folder.resolve("pom.xml"))).toList();
    }
    assertThat(platforms).hasSize(5);
    for (Path platform : platforms) {
      String name = String.valueOf(platform.getFileName());
      String cpu = name.replace("-cuda", "");
      String torch = name.replace("-cuda", "-gpu");
      assertThat(Files.readString(platform.resolve("pom.xml")))
          .contains("<artifactId>zoetrope-natives-" + name + "<")
          .contains("<natives.cpu>" + cpu + "<")
          .contains("<natives.torch>" + torch + "<");
      assertThat(Files.readString(platform.resolve("src/main/java/module-info.java")))
          .contains("module io.zoetrope.natives." + name.replace('-', '.'))
          .contains("requires org.bytedeco.pytorch." + torch.replace('-', '.'));
      assertThat(release.substring(release.indexOf("<id>release<"))).contains("<module>" + name);
      assertThat(bom).contains("<artifactId>zoetrope-natives-" + name + "<");
      assertThat(root).contains("<natives.cpu>" + cpu + "<");
    }
  }

  private static Stream<Path> classPath() {
    return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator)).map(Path::of);
  }

  /** The jars that are ours. */
  private static List<Path> ours() {
    return classPath()
        .filter(path -> String.valueOf(path.getFileName()).matches("zoetrope-.*\\.jar"))
        .toList();
  }

  private static String kind(ModuleDescriptor module) {
    return module.isAutomatic() ? "automatic" : "explicit";
  }

  private static InputStream resource(String name) {
    return Objects.requireNonNull(
        ArtefactsIT.class.getClassLoader().getResourceAsStream(name), name);
  }

  private static List<String> files(Path folder) throws IOException {
    Function<Path, String> slashes =
        file -> folder.relativize(file).toString().replace(File.separatorChar, '/');
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(Files::isRegularFile).map(slashes).toList();
    }
  }

  private static String digest(InputStream stream) throws Exception {
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    try (DigestInputStream read = new DigestInputStream(stream, digest)) {
      long unused = read.transferTo(OutputStream.nullOutputStream());
    }
    return HexFormat.of().formatHex(digest.digest());
  }
}
