package io.zoetrope.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/**
 * The shell script that starts everything, in an installation of its own whose jar points to the
 * classes under test.
 */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "the launcher of Windows is another file")
class LauncherIT {
  @TempDir private Path folder;
  private Path home = Path.of("");

  @BeforeEach
  void install() throws IOException {
    home = Files.createDirectories(folder.resolve("a home"));
    Path script = Path.of("../zoetrope").toAbsolutePath().normalize();
    Files.copy(script, home.resolve("zoetrope"), StandardCopyOption.COPY_ATTRIBUTES);
    Files.createDirectories(home.resolve("app/target"));
    Manifest manifest = new Manifest();
    Attributes main = manifest.getMainAttributes();
    main.put(Attributes.Name.MANIFEST_VERSION, "1.0");
    main.put(Attributes.Name.MAIN_CLASS, Zoetrope.class.getName());
    main.put(
        Attributes.Name.CLASS_PATH,
        Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
            .map(entry -> Path.of(entry).toUri().toString())
            .collect(Collectors.joining(" ")));
    try (OutputStream file = Files.newOutputStream(home.resolve("app/target/zoetrope.jar"))) {
      new JarOutputStream(file, manifest).close();
    }
  }

  @Test
  void worksFromAnywhereThroughALinkWithBlanks() throws Exception {
    Path link = Files.createSymbolicLink(folder.resolve("zt"), Path.of("a home/zoetrope"));
    Path elsewhere = Files.createDirectories(folder.resolve("work here"));
    Ran ran =
        run(elsewhere, Map.of(), link.toString(), "toybox", "-o", "a clip.gif", "--frames", "2");
    assertThat(ran.code()).as(ran.err()).isZero();
    assertThat(ran.out().strip()).isEqualTo("a clip.gif");
    assertThat(elsewhere.resolve("a clip.gif")).isNotEmptyFile();
  }

  @Test
  void doctorsJsonIsAllThatStandsOnStdout() throws Exception {
    Ran ran = run(folder, Map.of(), home + "/zoetrope", "doctor", "--json", "--no-test");
    assertThat(ran.code()).as(ran.err()).isZero();
    assertThat(ran.err()).isEmpty();
    assertThat(new JsonMapper().readTree(ran.out()).path("ok").asBoolean()).isTrue();
  }

  @Test
  void aJdkThatIsTooOldIsPassedOver() throws Exception {
    Path old = Files.createDirectories(folder.resolve("old/bin"));
    Files.writeString(old.resolveSibling("release"), "JAVA_VERSION=\"17.0.1\"\n");
    Path java = Files.writeString(old.resolve("java"), "#!/bin/sh\necho OLD\n");
    assertThat(java.toFile().setExecutable(true)).isTrue();
    // The right one is found on the path.
    String path = System.getProperty("java.home") + "/bin:" + System.getenv("PATH");
    Ran ran =
        run(
            folder,
            Map.of("JAVA_HOME", folder.resolve("old").toString(), "PATH", path),
            home + "/zoetrope",
            "--version");
    assertThat(ran.out()).startsWith("zoetrope ").contains("Java 2");
  }

  @Test
  void textOfAnyScriptGetsThrough() throws Exception {
    Ran ran =
        run(folder, Map.of("LC_ALL", "", "LANG", ""), home + "/zoetrope", "inspect", "naïve-☃");
    assertThat(ran.code()).isEqualTo(1);
    assertThat(ran.err()).contains("'naïve-☃'");
  }

  @Test
  void withoutAJarAndWithoutLeaveToBuildItSaysSo() throws Exception {
    Files.delete(home.resolve("app/target/zoetrope.jar"));
    Ran ran = run(folder, Map.of(), home + "/zoetrope", "doctor");
    assertThat(ran.code()).isEqualTo(1);
    assertThat(ran.err().lines()).hasSize(1);
    assertThat(ran.err()).contains("is not built, and ZOETROPE_BUILD=off forbids it");
  }

  @Test
  void interruptedItLeavesNothing() throws Exception {
    Path elsewhere = Files.createDirectories(folder.resolve("empty"));
    Process process =
        start(elsewhere, Map.of(), home + "/zoetrope", "toybox", "-o", "set/", "-n", "100000");
    // It is at work once its unfinished folder is there.
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (listing(elsewhere).isEmpty() && System.nanoTime() < deadline) {
      Thread.sleep(20);
    }
    boolean heard = hearsInterrupts();
    String signal = heard ? "-INT" : "-TERM";
    new ProcessBuilder("kill", signal, String.valueOf(process.pid())).start().waitFor();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isEqualTo(heard ? 130 : 143);
    assertThat(listing(elsewhere)).isEmpty();
  }

  /** What a shell starts in the background hears none, nor does what that starts. */
  private static boolean hearsInterrupts() throws IOException {
    Path status = Path.of("/proc/self/status");
    if (!Files.isReadable(status)) {
      return true;
    }
    String ignored =
        Files.readAllLines(status).stream()
            .filter(line -> line.startsWith("SigIgn:"))
            .map(line -> line.substring("SigIgn:".length()).strip())
            .findFirst()
            .orElse("0");
    return (Long.parseUnsignedLong(ignored, 16) & 2) == 0;
  }

  private record Ran(int code, String out, String err) {}

  private Ran run(Path in, Map<String, String> environment, String... command) throws Exception {
    Process process = start(in, environment, command);
    assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
    return new Ran(
        process.exitValue(),
        Files.readString(folder.resolve("out"), StandardCharsets.UTF_8),
        Files.readString(folder.resolve("err"), StandardCharsets.UTF_8));
  }

  private Process start(Path in, Map<String, String> environment, String... command)
      throws IOException {
    ProcessBuilder builder = new ProcessBuilder(new ArrayList<>(List.of(command)));
    builder.directory(in.toFile());
    builder.redirectOutput(folder.resolve("out").toFile());
    builder.redirectError(folder.resolve("err").toFile());
    builder.environment().put("ZOETROPE_BUILD", "off");
    builder.environment().put("ZOETROPE_AOT", "off");
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    builder.environment().putAll(environment);
    return builder.start();
  }

  private static List<Path> listing(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.toList();
    }
  }
}
