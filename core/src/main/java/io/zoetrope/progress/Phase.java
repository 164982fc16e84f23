package io.zoetrope.progress;

/** What long work is at. One order goes through several of them, and to some of them twice. */
public enum Phase {
  /** Fetching files over a network; counted in bytes. */
  DOWNLOAD("downloading"),
  /** Bringing weights into memory; counted in bytes. */
  LOAD("loading"),
  /** Decoding files into frames; counted in frames. */
  READ("reading"),
  /** Pixels to latents by the autoencoder; counted in frames, or in clips where these are short. */
  ENCODE("encoding"),
  /** Steps of a sampler; counted in rows of its plan. */
  SAMPLE("sampling"),
  /** Latents to pixels by the autoencoder; counted in frames. */
  DECODE("decoding"),
  /** Frames into a file; counted in frames. */
  WRITE("writing"),
  /** Steps of an optimiser. */
  TRAIN("training"),
  /** Comparing what was made with the truth; counted in videos. */
  EVALUATE("evaluating");

  private final String doing;

  Phase(String doing) {
    this.doing = doing;
  }

  /** What a person is told: one word, such as {@code sampling}. */
  public String doing() {
    return doing;
  }
}
