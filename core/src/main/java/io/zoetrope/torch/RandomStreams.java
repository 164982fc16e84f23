package io.zoetrope.torch;

import java.nio.charset.StandardCharsets;

/**
 * Named random streams, all derived from one seed. A stream depends on its seed, name and indices
 * and on nothing else, so drawing from one never moves another: frame i's noise does not depend on
 * how many frames follow, nor on what else runs in the process.
 *
 * @param seed any 64-bit number
 */
public record RandomStreams(long seed) {

  /** A fresh stream, at its beginning. Asking twice gives the same numbers twice. */
  public RandomStream stream(String name, long... indices) {
    return new RandomStream(key(name, indices));
  }

  /** A family of streams below a name, for instance one for each clip of a batch. */
  public RandomStreams child(String name, long... indices) {
    return new RandomStreams(key(name, indices));
  }

  /** The 64-bit key of a stream: for generators of other libraries. */
  public long key(String name, long... indices) {
    long h = mix(seed ^ 0x9E3779B97F4A7C15L);
    for (byte b : name.getBytes(StandardCharsets.UTF_8)) {
      h = mix(h + b);
    }
    for (long index : indices) {
      h = mix(h ^ mix(index + 0x632BE59BD9B4E019L));
    }
    return h;
  }

  /** The finaliser of SplitMix64 (Steele et al., 2014): every input bit moves every output bit. */
  private static long mix(long z) {
    z += 0x9E3779B97F4A7C15L;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
