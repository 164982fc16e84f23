package io.zoetrope.checkpoint.safetensors;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a file is that was meant to hold weights and does not: told by how it begins, with what to
 * do about it.
 *
 * @param fault in short
 * @param kind as in "it is ..."
 * @param mend what helps
 */
public record ForeignFile(Fault fault, String kind, String mend) {
  /** As much of a beginning as is looked at. */
  public static final int BYTES = 512;

  private static final Pattern POINTER_SIZE = Pattern.compile("(?m)^size (\\d{1,18})$");
  private static final Pattern TITLE = Pattern.compile("(?is)<title[^>]*>(.*?)</title>");
  private static final Pattern SAID =
      Pattern.compile("\"(?:error|message|detail|msg)\"\\s*:\\s*\"([^\"]*)\"");

  /** Files that tell themselves by their first bytes. */
  private static final List<Signature> SIGNATURES =
      List.of(
          new Signature("GGUF", "a GGUF file", "take the model's safetensors"),
          new Signature("GGML", "a GGML file", "take the model's safetensors"),
          new Signature("lmgg", "a GGML file", "take the model's safetensors"),
          new Signature("\u0089HDF\r\n", "an HDF5 file of Keras", "take the model's safetensors"),
          new Signature("\u0093NUMPY", "a NumPy array", "save it as safetensors"),
          new Signature("\u001f\u008b", "a gzip archive", "unpack it first"),
          new Signature("(\u00b5/\u00fd", "a zstd archive", "unpack it first"),
          new Signature("7z\u00bc\u00af", "a 7z archive", "unpack it first"),
          new Signature("\u00fd7zXZ", "an xz archive", "unpack it first"),
          new Signature("Rar!", "a rar archive", "unpack it first"),
          new Signature("\u0089PNG", "a picture", "name the weights"),
          new Signature("\u00ff\u00d8\u00ff", "a picture", "name the weights"),
          new Signature("RIFF", "a picture, video or sound", "name the weights"));

  private record Signature(String start, String kind, String mend) {}

  /**
   * Looks at a beginning.
   *
   * @param start the first {@link #BYTES} of a file, or all of a shorter one
   * @return empty where it tells nothing
   */
  public static Optional<ForeignFile> of(byte[] start) {
    String bytes = new String(start, StandardCharsets.ISO_8859_1);
    return archive(bytes)
        .or(() ->
            SIGNATURES.stream()
                .filter(s -> bytes.startsWith(s.start))
                .findFirst()
                .map(s -> unsupported(s.kind, s.mend)))
        .or(() -> zeros(start))
        .or(() -> text(start));
  }

  private static ForeignFile unsupported(String kind, String mend) {
    return new ForeignFile(Fault.UNSUPPORTED, kind, mend);
  }

  private static ForeignFile damaged(String kind, String mend) {
    return new ForeignFile(Fault.DAMAGED, kind, mend);
  }

  /** Zip archives of newer PyTorch, and bare pickles of older. */
  private static Optional<ForeignFile> archive(String bytes) {
    boolean zip = bytes.startsWith("PK\u0003\u0004");
    boolean bare = bytes.length() > 1 && bytes.charAt(0) == 0x80 && bytes.charAt(1) <= 5;
    if (zip && bytes.length() > 60 && !bytes.contains("/data") && !bytes.contains(".pkl")) {
      return Optional.of(unsupported("a zip archive", "unpack it first"));
    }
    return zip || (bare && bytes.charAt(1) >= 2)
        ? Optional.of(unsupported("a PyTorch pickle, which can run code", "save it as safetensors"))
        : Optional.empty();
  }

  /** What programs leave that make room for a file first and then stop. */
  private static Optional<ForeignFile> zeros(byte[] start) {
    for (byte b : start) {
      if (b != 0) {
        return Optional.empty();
      }
    }
    return start.length < 16
        ? Optional.empty()
        : Optional.of(damaged("a download that broke off: it begins with zeros", "fetch it again"));
  }

  private static Optional<ForeignFile> text(byte[] start) {
    String text = new String(start, StandardCharsets.UTF_8).replace("\ufeff", "").strip();
    if (text.isEmpty()
        || text.chars().anyMatch(c -> c < ' ' && c != '\n' && c != '\r' && c != '\t')) {
      return Optional.empty();
    }
    if (text.startsWith("version https://git-lfs") || text.startsWith("version https://hawser")) {
      return Optional.of(pointer(text));
    }
    if (text.startsWith("<")) {
      return Optional.of(page(text));
    }
    if (text.startsWith("{") || text.startsWith("[")) {
      Matcher said = SAID.matcher(text);
      return Optional.of(
          damaged(
              "a JSON answer of a server" + (said.find() ? " (%s)".formatted(said.group(1)) : ""),
              "fetch the file again, logged in if it needs that"));
    }
    String first = text.lines().findFirst().orElse("");
    return first.chars().allMatch(c -> c >= ' ' && c != '\ufffd')
        ? Optional.of(
            damaged(
                "text ('%s')"
                    .formatted(first.length() > 60 ? first.substring(0, 57) + "..." : first),
                "fetch the file again"))
        : Optional.empty();
  }

  private static ForeignFile pointer(String text) {
    Matcher size = POINTER_SIZE.matcher(text);
    String of = size.find() ? " to a file of " + amount(Long.parseLong(size.group(1))) : "";
    return damaged("a pointer of Git LFS" + of, "'git lfs pull' in its folder fetches the file");
  }

  private static String amount(long bytes) {
    return bytes >= 1e9
        ? String.format(Locale.ROOT, "%.1f GB", bytes / 1e9)
        : bytes >= 1e6 ? String.format(Locale.ROOT, "%.1f MB", bytes / 1e6) : bytes + " bytes";
  }

  private static ForeignFile page(String text) {
    Matcher title = TITLE.matcher(text);
    String shown = title.find() ? " ('%s')".formatted(title.group(1).strip()) : "";
    String kind = text.startsWith("<?xml") ? "an XML answer of a server" : "a web page";
    return damaged(kind + shown, "the download needed a login or another address, fetch it again");
  }

  /** As an error. */
  public UserError error(String what, String meant) {
    return new UserError(
        fault, "%s is %s, not %s".formatted(what, SafetensorsHeader.clean(kind), meant), mend);
  }
}
