package io.zoetrope.torch;

import java.nio.file.Path;
import java.util.Map;

/** Where things lie that can be made again: measurements, models unpacked from jars. */
public final class CacheFolder {
  private CacheFolder() {}

  /**
   * {@code ZOETROPE_CACHE}, else {@code zoetrope} in the user's folder of caches ({@code
   * XDG_CACHE_HOME}, else {@code ~/.cache}). It need not exist.
   *
   * @param environment the variables of this process, or others
   */
  public static Path of(Map<String, String> environment) {
    String own = environment.getOrDefault("ZOETROPE_CACHE", "");
    if (!own.isBlank()) {
      return Path.of(own);
    }
    String caches = environment.getOrDefault("XDG_CACHE_HOME", "");
    Path folder =
        caches.isBlank() ? Path.of(System.getProperty("user.home"), ".cache") : Path.of(caches);
    return folder.resolve("zoetrope");
  }
}
