package io.zoetrope.server.page;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The modules of lit, out of its webjars: {@code lib/lit/index.js}, {@code
 * lib/lit-html/directives/repeat.js}. They name each other as packages, which browsers know from an
 * import map only; here they name each other by path.
 */
final class Library {
  static final String FOLDER = "lib/";

  /** Folder here to artifact there. */
  private static final Map<String, String> ARTIFACTS =
      Map.of(
          "lit", "lit",
          "lit-html", "lit-html",
          "lit-element", "lit-element",
          "reactive-element", "lit__reactive-element");

  /** An import of a package, or of a module in it. */
  private static final Pattern IMPORT =
      Pattern.compile(
          "(\\b(?:from|import) ?)\"(?:@lit/)?(lit|lit-html|lit-element|reactive-element)"
              + "(/[a-z/-]+\\.js)?\"");

  private static final Map<String, String> MAIN = Map.of("lit", "/index.js");

  private Library() {}

  /** By the path below the page's folder; empty if there is none. */
  static Optional<byte[]> read(String path) {
    String inside = path.substring(FOLDER.length());
    int slash = inside.indexOf('/');
    if (slash < 0) {
      return Optional.empty();
    }
    return Optional.ofNullable(ARTIFACTS.get(inside.substring(0, slash)))
        .flatMap(artifact -> read(artifact, inside.substring(slash + 1)));
  }

  private static Optional<byte[]> read(String artifact, String module) {
    return version(artifact)
        .flatMap(version ->
            PageFile.read(
                Library.class,
                "/META-INF/resources/webjars/%s/%s/%s".formatted(artifact, version, module)))
        .map(bytes -> byPath(new String(bytes, UTF_8)).getBytes(UTF_8));
  }

  private static Optional<String> version(String artifact) {
    return PageFile.read(
            Library.class, "/META-INF/maven/org.webjars.npm/" + artifact + "/pom.properties")
        .map(bytes -> {
          Properties properties = new Properties();
          try {
            properties.load(new StringReader(new String(bytes, UTF_8)));
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
          return properties.getProperty("version");
        });
  }

  /** With imports of packages as paths, and without the place of a source map. */
  static String byPath(String module) {
    return IMPORT
        .matcher(module)
        .replaceAll(found ->
            Matcher.quoteReplacement(
                "%s\"/page/lib/%s%s\""
                    .formatted(
                        found.group(1),
                        found.group(2),
                        Optional.ofNullable(found.group(3))
                            .orElse(
                                MAIN.getOrDefault(found.group(2), "/" + found.group(2) + ".js")))))
        .replaceAll("(?m)^//# sourceMappingURL=.*$", "");
  }
}
