package io.zoetrope.jobs.kill;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Java processes of tests, and signals to them. */
final class Processes {
  private Processes() {}

  /** One with this one's class path; what it complains of goes where this one's does. */
  static ProcessBuilder java(Class<?> main, String... args) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-Xmx256m",
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            System.getProperty("java.class.path"),
            main.getName()));
    command.addAll(List.of(args));
    return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
  }

  /** Tells whoever started this process. */
  static synchronized void say(String line) {
    System.out.println(line);
    System.out.flush();
  }

  /**
   * Sends a signal.
   *
   * @param signal as {@code STOP}
   */
  static void signal(String signal, long pid) {
    try {
      int unused = new ProcessBuilder("kill", "-" + signal, Long.toString(pid)).start().waitFor();
    } catch (java.io.IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
