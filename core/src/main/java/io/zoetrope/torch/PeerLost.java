package io.zoetrope.torch;

/** Another worker is gone, or did not come in time: this one cannot go on alone. */
public final class PeerLost extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public PeerLost(String message, Throwable cause) {
    super(message, cause);
  }
}
