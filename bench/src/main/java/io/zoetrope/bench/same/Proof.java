package io.zoetrope.bench.same;

import java.io.IOException;
import java.util.SequencedMap;

/** Something that both checkouts make. */
interface Proof {
  String name();

  /** Makes it: digests of what came of it, by what they are of. */
  SequencedMap<String, String> digests(Checkout checkout) throws IOException, InterruptedException;
}
