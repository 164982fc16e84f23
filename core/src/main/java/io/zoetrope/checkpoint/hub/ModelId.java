package io.zoetrope.checkpoint.hub;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A model on the hub.
 *
 * @param repo {@code ORG/NAME}; a few old ones are only {@code NAME}
 * @param revision branch, tag or commit
 */
public record ModelId(String repo, String revision) {
  /** The revision of who names none. */
  public static final String MAIN = "main";

  private static final String WORD = "[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,94}[A-Za-z0-9_])?";
  private static final Pattern REPO = Pattern.compile("(?:" + WORD + "/)?" + WORD);
  private static final Pattern REVISION =
      Pattern.compile("[A-Za-z0-9_+][A-Za-z0-9_.+-]*(?:/[A-Za-z0-9_+][A-Za-z0-9_.+-]*)*");
  private static final Pattern COMMIT = Pattern.compile("[0-9a-f]{40}|[0-9a-f]{64}");
  private static final Pattern PAGE =
      Pattern.compile("https?://(?:huggingface\\.co|hf\\.co)/([^/]+/[^/]+)(?:/tree/([^/]+))?/?");

  /**
   * Both are checked: they become parts of addresses and of paths.
   *
   * @throws UserError if one is not as the hub allows
   */
  public ModelId {
    if (!isRepo(repo)) {
      throw new UserError(
          Fault.INVALID,
          "'%s' is no model of the hub".formatted(shown(repo)),
          "give ORG/NAME or ORG/NAME@REVISION");
    }
    if (revision.length() > 200
        || revision.contains("..")
        || revision.endsWith(".")
        || revision.contains("./")
        || !REVISION.matcher(revision).matches()) {
      throw new UserError(
          Fault.INVALID,
          "'%s' is no revision".formatted(shown(revision)),
          "give a branch, a tag or a commit");
    }
  }

  /**
   * Reads {@code ORG/NAME}, {@code ORG/NAME@REVISION}, or the address of a model's page.
   *
   * @throws UserError if it is neither
   */
  public static ModelId parse(String text) {
    String stripped = text.strip();
    Matcher page = PAGE.matcher(stripped);
    if (page.matches()) {
      return new ModelId(page.group(1), Optional.ofNullable(page.group(2)).orElse(MAIN));
    }
    int at = stripped.indexOf('@');
    return at < 0
        ? new ModelId(stripped, MAIN)
        : new ModelId(stripped.substring(0, at), stripped.substring(at + 1));
  }

  /** As {@link #parse}, for words that may be something else. */
  public static Optional<ModelId> tryParse(String text) {
    try {
      return Optional.of(parse(text));
    } catch (UserError e) {
      return Optional.empty();
    }
  }

  private static boolean isRepo(String repo) {
    return REPO.matcher(repo).matches()
        && !repo.contains("--")
        && !repo.contains("..")
        && !repo.endsWith(".git");
  }

  /** Whether a word is a commit in full: it never changes. */
  static boolean isCommit(String word) {
    return COMMIT.matcher(word).matches();
  }

  /** The repository's folder in the cache. */
  String folder() {
    return "models--" + repo.replace("/", "--");
  }

  /** The revision as one part of an address. */
  String encodedRevision() {
    return encode(revision);
  }

  /** One part of an address: slashes are encoded too. */
  static String encode(String part) {
    return URLEncoder.encode(part, StandardCharsets.UTF_8).replace("+", "%20");
  }

  private static String shown(String word) {
    String line = word.replaceAll("\\p{Cntrl}", "?");
    return line.length() > 100 ? line.substring(0, 99) + "…" : line;
  }

  @Override
  public String toString() {
    return revision.equals(MAIN) ? repo : repo + "@" + revision;
  }
}
