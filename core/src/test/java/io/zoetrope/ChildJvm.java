package io.zoetrope;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.bytedeco.pytorch.global.torch;

/**
 * A main of the tests in a process of its own, with the flags that libtorch needs and one thread.
 *
 * @param flags of Java besides these
 * @param classPath its files and folders
 */
public record ChildJvm(
    Class<?> main, List<String> arguments, List<String> flags, List<String> classPath) {
  private static final List<String> USUAL =
      List.of(
          "--enable-native-access=ALL-UNNAMED",
          "-Dorg.bytedeco.javacpp.maxPhysicalBytes=0",
          "-Dorg.bytedeco.javacpp.maxBytes=0",
          "-XX:TieredStopAtLevel=1",
          "-XX:+UseSerialGC");

  private static final List<String> CLASS_PATH =
      List.of(System.getProperty("java.class.path").split(File.pathSeparator, -1));

  public static ChildJvm of(Class<?> main, Object... arguments) {
    return new ChildJvm(
        main, Stream.of(arguments).map(Object::toString).toList(), List.of(), CLASS_PATH);
  }

  public ChildJvm with(String... more) {
    return new ChildJvm(
        main, arguments, Stream.concat(flags.stream(), Stream.of(more)).toList(), classPath);
  }

  /** Without the parts of the class path whose names match. */
  public ChildJvm without(String pattern) {
    return new ChildJvm(
        main, arguments, flags, classPath.stream().filter(part -> !part.matches(pattern)).toList());
  }

  /** A heap that does not move: all that grows is native. */
  public ChildJvm heap(int megabytes) {
    return with("-Xms" + megabytes + "m", "-Xmx" + megabytes + "m", "-XX:+AlwaysPreTouch");
  }

  /** Starts it; what it says comes from its input stream. */
  public Process start() throws IOException {
    return builder().start();
  }

  /** Starts it; what it says goes behind what the log has. */
  public Process start(Path log) throws IOException {
    return builder().redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile())).start();
  }

  private ProcessBuilder builder() {
    torch.get_num_threads(); // unpacks the natives: two processes must not do that at once
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(USUAL);
    command.addAll(flags);
    command.addAll(List.of("-cp", String.join(File.pathSeparator, classPath), main.getName()));
    command.addAll(arguments);
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("OMP_NUM_THREADS", "1");
    return builder;
  }
}
