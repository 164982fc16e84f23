package io.zoetrope.app;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** What all commands have in common with the system around them, in words for the manual page. */
final class Surroundings {
  /** Exit codes. */
  static final Map<String, String> EXITS =
      ordered(
          "0", "Done.",
          "1", "Failed: a line on stderr says why, and what to do.",
          "2", "Wrong usage.",
          "130", "Stopped by Ctrl-C.",
          "143", "Stopped by a TERM signal.");

  /** Environment variables that are looked at. */
  static final Map<String, String> VARIABLES =
      ordered(
          "ZOETROPE_MODELS", "Folders of models, before ./models.",
          "ZOETROPE_CONFIG", "A file of defaults, presets and aliases; off: none.",
          "HF_HOME, HF_HUB_CACHE", "Where the cache of the Hugging Face hub is.",
          "HF_TOKEN, HF_ENDPOINT", "For private and gated models, and for a mirror.",
          "ZOETROPE_WEBHOOK_SECRET", "Signs what 'serve' tells other servers.",
          "ZOETROPE_LOG",
              "What libraries log: off, error, warn (default), info, debug or trace; info,json.",
          "ZOETROPE_JAVA_OPTS", "Further flags for Java, as in -Xmx4g.",
          "ZOETROPE_BUILD", "off: never build.",
          "ZOETROPE_AOT", "off: neither make nor use the start-up cache.",
          "NO_COLOR", "If set to something, no colours.",
          "TERM", "dumb: no colours, and no line that is written again.");

  private Surroundings() {}

  private static Map<String, String> ordered(String... pairs) {
    Map<String, String> map = new LinkedHashMap<>();
    for (int i = 0; i < pairs.length; i += 2) {
      map.put(pairs[i], pairs[i + 1]);
    }
    return Collections.unmodifiableMap(map);
  }
}
