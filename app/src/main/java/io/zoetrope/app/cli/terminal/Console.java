package io.zoetrope.app.cli.terminal;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;

/**
 * Results on {@code out}, everything else on {@code err}.
 *
 * @param in what is piped in
 * @param terminal whether a person watches {@code err}
 * @param columns width of that terminal
 */
public record Console(PrintStream out, PrintStream err, Stdin in, boolean terminal, int columns) {
  private static final int DEFAULT_COLUMNS = 90;

  /** Without anything piped in. */
  public Console(PrintStream out, PrintStream err, boolean terminal, int columns) {
    this(out, err, Stdin.empty(), terminal, columns);
  }

  /** The process's own streams, in UTF-8; the launcher says whether stderr is a terminal. */
  public static Console ofProcess() {
    return new Console(
        stream(FileDescriptor.out),
        stream(FileDescriptor.err),
        new Stdin(new FileInputStream(FileDescriptor.in)),
        Boolean.getBoolean("zoetrope.terminal"),
        Integer.getInteger("zoetrope.columns", DEFAULT_COLUMNS));
  }

  private static PrintStream stream(FileDescriptor descriptor) {
    return new PrintStream(new FileOutputStream(descriptor), true, StandardCharsets.UTF_8);
  }

  /** One line of error. */
  public void error(String line) {
    err.println("zoetrope: " + line);
  }

  /** A stack trace, for {@code --debug}. */
  public void trace(Throwable e) {
    e.printStackTrace(err);
  }

  public PrintWriter outWriter() {
    return new PrintWriter(out, true, StandardCharsets.UTF_8);
  }

  public PrintWriter errWriter() {
    return new PrintWriter(err, true, StandardCharsets.UTF_8);
  }

  public void flush() {
    out.flush();
    err.flush();
  }
}
