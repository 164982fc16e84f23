package io.zoetrope.network.text;

import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.record.Json;
import io.zoetrope.torch.TextFiles;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** A tokenizer.json, loaded, and what its text says. */
public final class TokenizerJson implements AutoCloseable {
  private final HuggingFaceTokenizer tokenizer;
  private final Map<String, Integer> ids;

  private TokenizerJson(HuggingFaceTokenizer tokenizer, Map<String, Integer> ids) {
    this.tokenizer = tokenizer;
    this.ids = ids;
  }

  /** How a tokenizer encodes: with the tokens that its file puts around a text, or without. */
  public enum Around {
    WITH,
    WITHOUT
  }

  /**
   * Reads a tokenizer.json.
   *
   * @throws UserError if it is missing or damaged
   */
  public static TokenizerJson load(Path file, Around around) {
    String json = read(file);
    return of(file, json, naming(file, () -> parse(json)), around);
  }

  /**
   * A tokenizer.json that was made of other files.
   *
   * @param file named in errors
   */
  public static TokenizerJson of(Path file, JsonNode json, Around around) {
    return of(file, json.toString(), json, around);
  }

  private static TokenizerJson of(Path file, String text, JsonNode json, Around around) {
    System.setProperty("ai.djl.offline", "true");
    return naming(
        file,
        () -> {
          // The library's own errors on damaged files say little: look at them here first.
          Map<String, Integer> ids = ids(json);
          return new TokenizerJson(
              HuggingFaceTokenizer.newInstance(
                  new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)),
                  Map.of(
                      "padding",
                      "false",
                      "truncation",
                      "false",
                      "addSpecialTokens",
                      Boolean.toString(around == Around.WITH))),
              ids);
        });
  }

  private static <T> T naming(Path file, Callable<T> body) {
    try {
      return body.call();
    } catch (Exception e) {
      throw unreadable(file, e);
    }
  }

  /**
   * Reads a text file of a tokenizer.
   *
   * @throws UserError if there is none or it is not text
   */
  public static String read(Path file) {
    try {
      return TextFiles.read(file);
    } catch (IOException e) {
      throw Files.exists(file)
          ? unreadable(file, e)
          : new UserError(
              Fault.NOT_FOUND, "cannot read the tokenizer " + file + ": no such file", e);
    }
  }

  private static UserError unreadable(Path file, Exception e) {
    String reason = String.valueOf(e.getMessage()).lines().findFirst().orElse("damaged");
    return new UserError(Fault.NO_ACCESS, "cannot read the tokenizer " + file + ": " + reason, e);
  }

  static JsonNode parse(String json) {
    try {
      return Json.MAPPER.readTree(json);
    } catch (JacksonException e) {
      throw new UserError(
          Fault.DAMAGED, "a tokenizer.json is damaged: " + e.getOriginalMessage(), e);
    }
  }

  /** Every token of a tokenizer.json and its id, added ones included. */
  static Map<String, Integer> ids(JsonNode root) {
    Map<String, Integer> ids = new HashMap<>();
    JsonNode vocab = root.path("model").path("vocab");
    vocab.properties().forEach(token -> ids.put(token.getKey(), token.getValue().asInt(0)));
    // Of unigrams, which are pairs of a piece and its score in the order of their ids.
    for (int i = 0; vocab.isArray() && i < vocab.size(); i++) {
      ids.put(vocab.path(i).path(0).asString(""), i);
    }
    root.path("added_tokens")
        .forEach(token -> ids.put(token.path("content").asString(""), token.path("id").asInt(0)));
    return ids;
  }

  /** One above the largest id: how large a text encoder's vocabulary must be at least. */
  static int tokens(Map<String, Integer> ids) {
    return ids.values().stream().mapToInt(id -> id + 1).max().orElse(0);
  }

  /** One above the largest id. */
  public int tokens() {
    return tokens(ids);
  }

  /** The id of a token. */
  public Optional<Integer> id(String token) {
    return Optional.ofNullable(ids.get(token));
  }

  /**
   * A token of a text.
   *
   * @param id its number
   * @param token as the vocabulary writes it
   * @param start where its letters begin in the text; meaningless for tokens put around it
   * @param end where they end
   */
  public record Piece(int id, String token, int start, int end) {}

  /** The tokens of a text, in order. */
  public List<Piece> encode(String text) {
    String whole = wellFormed(text);
    Encoding encoding = tokenizer.encode(whole);
    List<Piece> pieces = new ArrayList<>();
    int[] offset = offsets(whole);
    for (int i = 0; i < encoding.getIds().length; i++) {
      var span = encoding.getCharTokenSpans()[i];
      pieces.add(
          new Piece(
              Math.toIntExact(encoding.getIds()[i]),
              encoding.getTokens()[i],
              span == null ? 0 : offset[Math.min(span.getStart(), offset.length - 1)],
              span == null ? 0 : offset[Math.min(span.getEnd(), offset.length - 1)]));
    }
    return pieces;
  }

  /** Halves of letters outside the basic plane are no text: what reads bytes sees U+FFFD. */
  private static String wellFormed(String text) {
    int[] letters =
        text.codePoints()
            .map(c -> c <= 0xFFFF && Character.isSurrogate((char) c) ? 0xFFFD : c)
            .toArray();
    return new String(letters, 0, letters.length);
  }

  /** Where the n-th letter begins: the library counts letters, Java half letters. */
  private static int[] offsets(String text) {
    int[] offset = new int[text.codePointCount(0, text.length()) + 1];
    for (int i = 1; i < offset.length; i++) {
      offset[i] = text.offsetByCodePoints(offset[i - 1], 1);
    }
    return offset;
  }

  @Override
  public void close() {
    tokenizer.close();
  }
}
