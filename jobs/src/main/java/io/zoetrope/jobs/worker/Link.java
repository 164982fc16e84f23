package io.zoetrope.jobs.worker;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/** Where a child says its lines, each whole, whichever thread says it. */
final class Link implements Teller {
  private final OutputStream out;

  Link(OutputStream out) {
    this.out = out;
  }

  @Override
  public void tell(Tell tell) {
    line(Wire.line(tell));
  }

  /** Says a line; whoever says it to nobody ends. */
  synchronized void line(String line) {
    try {
      out.write((line + "\n").getBytes(StandardCharsets.UTF_8));
      out.flush();
    } catch (IOException e) {
      System.err.println("nobody listens: " + e.getMessage());
      Runtime.getRuntime().halt(1);
    }
  }
}
