package io.zoetrope.jobs.worker;

import java.io.File;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A Java process like this one: the same Java, class path and home, with flags of its own.
 *
 * @param before the program that starts it, and its arguments; empty for none
 * @param main what it runs
 * @param flags of Java besides the usual ones
 * @param arguments of main
 * @param environment besides what this process has
 */
public record ChildJvm(
    List<String> before,
    Class<?> main,
    List<String> flags,
    List<String> arguments,
    Map<String, String> environment) {
  private static final List<String> USUAL =
      List.of(
          "-XX:+UseSerialGC",
          "-XX:-UsePerfData",
          "-Xlog:disable",
          "-Xlog:all=error:stderr",
          "--enable-native-access=ALL-UNNAMED",
          "--sun-misc-unsafe-memory-access=allow",
          "-Dorg.bytedeco.javacpp.maxPhysicalBytes=0",
          "-Dorg.bytedeco.javacpp.maxBytes=0",
          "-Djava.awt.headless=true",
          "-Dai.djl.offline=true",
          "-Dfile.encoding=UTF-8");

  /** What a child is told as this process was. */
  private static final List<String> HANDED_ON =
      List.of("zoetrope.home", "org.bytedeco.javacpp.cachedir", "java.io.tmpdir");

  private static final String CACHE = "-XX:AOTCache=";

  /** One that is started by itself. */
  public ChildJvm(
      Class<?> main, List<String> flags, List<String> arguments, Map<String, String> environment) {
    this(List.of(), main, flags, arguments, environment);
  }

  /** This started by another program, whose last argument is a command. */
  public ChildJvm by(List<String> program) {
    return new ChildJvm(program, main, flags, arguments, environment);
  }

  /** Its command line. */
  public List<String> command() {
    List<String> command = new ArrayList<>(before);
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(USUAL);
    for (String key : HANDED_ON) {
      String value = System.getProperty(key);
      if (value != null) {
        command.add("-D" + key + "=" + value);
      }
    }
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(flag -> flag.startsWith(CACHE))
        .forEach(command::add);
    command.addAll(flags);
    command.addAll(List.of("-cp", classPath(), main.getName()));
    command.addAll(arguments);
    return command;
  }

  /** With every part from the root on: a child may stand in another folder. */
  private static String classPath() {
    List<String> parts = new ArrayList<>();
    for (String part : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
      parts.add(part.isEmpty() ? part : Path.of(part).toAbsolutePath().toString());
    }
    return String.join(File.pathSeparator, parts);
  }

  /** Not started yet. */
  public ProcessBuilder builder() {
    ProcessBuilder builder = new ProcessBuilder(command());
    Map<String, String> variables = builder.environment();
    // As the launcher sets them, and for the same reasons (docs/numerics.md, docs/memory.md).
    String policy = variables.getOrDefault("OMP_WAIT_POLICY", "passive");
    variables.put("OMP_WAIT_POLICY", policy.toLowerCase(Locale.ROOT));
    variables.putIfAbsent("MALLOC_ARENA_MAX", "1");
    variables.putIfAbsent("MALLOC_MMAP_THRESHOLD_", "1073741824");
    variables.putIfAbsent("MALLOC_TRIM_THRESHOLD_", "1073741824");
    variables.putAll(environment);
    return builder;
  }
}
