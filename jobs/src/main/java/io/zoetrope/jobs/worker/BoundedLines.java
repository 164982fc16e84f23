package io.zoetrope.jobs.worker;

import java.io.IOException;
import java.io.Reader;
import java.util.Optional;

/** Lines of a text, none of which may be longer than so many letters. */
final class BoundedLines {
  private final Reader reader;
  private final int longest;

  BoundedLines(Reader reader, int longest) {
    this.reader = reader;
    this.longest = longest;
  }

  /**
   * The next; empty at the end.
   *
   * @throws IOException if it is too long, or cannot be read
   */
  Optional<String> next() throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = reader.read(); c >= 0; c = reader.read()) {
      if (c == '\n') {
        return Optional.of(line.toString());
      }
      if (line.length() >= longest) {
        throw new IOException("a line of more than " + longest + " letters");
      }
      if (c != '\r') {
        line.append((char) c);
      }
    }
    return line.isEmpty() ? Optional.empty() : Optional.of(line.toString());
  }
}
