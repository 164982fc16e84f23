package io.zoetrope.checkpoint.hub;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.torch.TextFiles;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where the hub and its cache are, by the environment variables that other tools of the hub read.
 *
 * @param endpoint address of the hub, without a slash at its end
 * @param cache folder of all models
 * @param token of the user, if there is one; never shown
 * @param offline whether the network must not be used
 * @param links whether symbolic links may be made
 * @param environment for proxies
 */
public record HubSettings(
    URI endpoint,
    Path cache,
    Optional<String> token,
    boolean offline,
    boolean links,
    Map<String, String> environment) {
  static final String HUB = "https://huggingface.co";

  private static final Set<String> TRUE = Set.of("1", "ON", "YES", "TRUE");
  private static final Pattern VARIABLE = Pattern.compile("\\$(?:\\{(\\w+)}|(\\w+))");
  private static final Pattern TOKEN = Pattern.compile("[\\x21-\\x7e]+");

  /**
   * Reads {@code HF_ENDPOINT}, {@code HF_HUB_CACHE}, {@code HUGGINGFACE_HUB_CACHE}, {@code
   * HF_HOME}, {@code XDG_CACHE_HOME}, {@code HF_TOKEN}, {@code HF_TOKEN_PATH}, {@code
   * HF_HUB_OFFLINE} and {@code HF_HUB_DISABLE_SYMLINKS}.
   *
   * @param working folder that relative paths are meant from
   * @throws UserError if the endpoint is no address, or the token none that could be sent
   */
  public static HubSettings of(Map<String, String> environment, Path working) {
    Path home = home(environment, working);
    return new HubSettings(
        endpoint(value(environment, "HF_ENDPOINT").orElse(HUB)),
        cache(environment, working),
        token(environment, home, working),
        isTrue(environment, "HF_HUB_OFFLINE"),
        !isTrue(environment, "HF_HUB_DISABLE_SYMLINKS"),
        environment);
  }

  /** The cache alone: for who only reads, and has no use for a token. */
  public static Path cache(Map<String, String> environment, Path working) {
    return value(environment, "HF_HUB_CACHE")
        .or(() -> value(environment, "HUGGINGFACE_HUB_CACHE"))
        .map(text -> path(environment, text, working))
        .orElseGet(() -> home(environment, working).resolve("hub"));
  }

  private static Path home(Map<String, String> environment, Path working) {
    return value(environment, "HF_HOME")
        .map(text -> path(environment, text, working))
        .orElseGet(() ->
            value(environment, "XDG_CACHE_HOME")
                .map(text -> path(environment, text, working))
                .orElseGet(() -> userHome(environment).resolve(".cache"))
                .resolve("huggingface"));
  }

  private static URI endpoint(String text) {
    String bare = text.replaceAll("/+$", "");
    try {
      URI uri = URI.create(bare);
      String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
      if (uri.getHost() != null
          && uri.getRawQuery() == null
          && (scheme.equals("https") || scheme.equals("http"))) {
        return uri;
      }
    } catch (IllegalArgumentException e) {
      // Falls through to the one message.
    }
    throw new UserError(
        Fault.INVALID,
        "HF_ENDPOINT '%s' is no address".formatted(text),
        "give one like %s".formatted(HUB));
  }

  private static Optional<String> token(Map<String, String> environment, Path home, Path working) {
    if (isTrue(environment, "HF_HUB_DISABLE_IMPLICIT_TOKEN")) {
      return Optional.empty();
    }
    Optional<String> token =
        value(environment, "HF_TOKEN").or(() -> value(environment, "HUGGING_FACE_HUB_TOKEN"));
    String source = "HF_TOKEN";
    if (token.isEmpty()) {
      Path file =
          value(environment, "HF_TOKEN_PATH")
              .map(text -> path(environment, text, working))
              .orElseGet(() -> home.resolve("token"));
      source = file.toString();
      token = read(file);
    }
    if (token.isPresent() && !TOKEN.matcher(token.get()).matches()) {
      throw new UserError(
          Fault.INVALID,
          source + " holds no token: it has blanks or letters that tokens do not have");
    }
    return token;
  }

  private static Optional<String> read(Path file) {
    try {
      if (Files.isRegularFile(file) && Files.size(file) < 10_000) {
        return Optional.of(TextFiles.read(file).strip()).filter(t -> !t.isEmpty());
      }
    } catch (IOException e) {
      // A token that cannot be read is none: most models need none.
    }
    return Optional.empty();
  }

  private static Optional<String> value(Map<String, String> environment, String name) {
    return Optional.ofNullable(environment.get(name)).map(String::strip).filter(v -> !v.isEmpty());
  }

  private static boolean isTrue(Map<String, String> environment, String name) {
    return value(environment, name)
        .map(v -> v.toUpperCase(Locale.ROOT))
        .filter(TRUE::contains)
        .isPresent();
  }

  private static Path userHome(Map<String, String> environment) {
    return Path.of(
        value(environment, "HOME").orElseGet(() -> System.getProperty("user.home", "/")));
  }

  /** A path with {@code ~} and variables, as shells and Python's tools know them. */
  private static Path path(Map<String, String> environment, String text, Path working) {
    String expanded =
        text.equals("~") || text.startsWith("~/") || text.startsWith("~\\")
            ? userHome(environment) + text.substring(1)
            : text;
    Matcher variable = VARIABLE.matcher(expanded);
    StringBuilder out = new StringBuilder();
    while (variable.find()) {
      String name = variable.group(1) == null ? variable.group(2) : variable.group(1);
      String value = environment.get(name);
      variable.appendReplacement(
          out, Matcher.quoteReplacement(value == null ? variable.group() : value));
    }
    return working.toAbsolutePath().resolve(variable.appendTail(out).toString()).normalize();
  }

  /** Without the token. */
  @Override
  public String toString() {
    return "HubSettings[endpoint=%s, cache=%s]".formatted(endpoint, cache);
  }
}
