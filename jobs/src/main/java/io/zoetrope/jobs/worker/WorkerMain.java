package io.zoetrope.jobs.worker;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;

/**
 * The process of a {@link WorkerProcess}: makes what the lines of its standard input ask for, and
 * tells of it on its standard output. It ends when its input does, whatever it is at.
 */
public final class WorkerMain {
  private WorkerMain() {}

  /**
   * Begins.
   *
   * @param args the device that it computes on
   */
  public static void main(String[] args) throws IOException {
    Link link = new Link(Stdout.take());
    Worker worker = new Worker(link, args[0]);
    worker.start();
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      worker.hear(Wire.ask(line));
    }
    Runtime.getRuntime().halt(0);
  }
}
