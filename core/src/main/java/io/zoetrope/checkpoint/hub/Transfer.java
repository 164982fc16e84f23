package io.zoetrope.checkpoint.hub;

import java.io.IOException;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Bytes from answers, one after another, into a file. */
final class Transfer {
  private final FileChannel out;
  private final OptionalLong size;
  private final Patience patience;
  private final Traffic traffic;
  private long have;
  private long best;
  private boolean ended;
  private Optional<String> validator = Optional.empty();

  /**
   * Goes on where the file ends.
   *
   * @param size that the file will have, if it is known
   */
  Transfer(FileChannel out, OptionalLong size, Patience patience, Traffic traffic)
      throws IOException {
    this.out = out;
    this.size = size;
    this.patience = patience;
    this.traffic = traffic;
    long there = out.size();
    this.have = size.isPresent() && there <= size.getAsLong() ? there : 0;
    this.best = have;
    out.truncate(have);
    out.position(have);
  }

  /** The network's fault, in contrast to the disk's. */
  static final class Cut extends Exception {
    private static final long serialVersionUID = 1L;

    private final IOException reason;

    Cut(IOException reason) {
      super(reason);
      this.reason = reason;
    }

    IOException reason() {
      return reason;
    }
  }

  /** Bytes in the file. */
  long have() {
    return have;
  }

  /**
   * The most bytes there ever were: whether an attempt gained anything. What merely trickled in is
   * no gain, or a server that does nothing else would never be given up.
   */
  long best() {
    return best;
  }

  /** Whether nothing is missing. */
  boolean isWhole() {
    return ended || (size.isPresent() && have == size.getAsLong());
  }

  /** The server's mark (a strong ETag) of the version that the bytes are of, if it is known. */
  Optional<String> validator() {
    return validator;
  }

  void validator(Optional<String> etag) {
    validator = etag;
  }

  /** Throws away what is there. */
  void restart() throws IOException {
    traffic.moved(-have);
    have = 0;
    validator = Optional.empty();
    out.truncate(0);
    out.position(0);
  }

  /**
   * Takes a whole body.
   *
   * @return false if it holds more than the file should
   * @throws Cut if it does not come to its end
   * @throws IOException if the disk fails
   */
  boolean read(BodyStream body) throws IOException, Cut {
    long since = System.nanoTime();
    long inWindow = 0;
    while (true) {
      Optional<List<ByteBuffer>> pieces;
      try {
        pieces = body.next(patience.stall(), traffic);
      } catch (IOException e) {
        boolean trickle = e instanceof HttpTimeoutException && inWindow < patience.slowest();
        best = trickle ? best : Math.max(best, have);
        throw new Cut(e);
      }
      if (pieces.isEmpty()) {
        break;
      }
      for (ByteBuffer piece : pieces.get()) {
        int bytes = piece.remaining();
        if (size.isPresent() && have + bytes > size.getAsLong()) {
          return false;
        }
        while (piece.hasRemaining()) {
          out.write(piece);
        }
        have += bytes;
        inWindow += bytes;
        traffic.moved(bytes);
      }
      long now = System.nanoTime();
      if (now - since > patience.window().toNanos()) {
        if (inWindow < patience.slowest()) {
          throw new Cut(new IOException("the server sends hardly anything"));
        }
        since = now;
        inWindow = 0;
      }
    }
    best = Math.max(best, have);
    if (size.isPresent() && have < size.getAsLong()) {
      throw new Cut(
          new IOException(
              "the server stops after %s of %s bytes".formatted(have, size.getAsLong())));
    }
    ended = true;
    return true;
  }
}
