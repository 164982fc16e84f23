package io.zoetrope.network.text.t5;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.network.text.TokenizerJson;
import io.zoetrope.network.text.TokenizerJson.Piece;
import io.zoetrope.record.Json;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * T5's tokenizer: letters are composed (NFKC), white space runs together, words are cut into the
 * likeliest pieces of a vocabulary (Kudo, "Subword Regularization", 2018). Read from {@code
 * tokenizer.json} or {@code spiece.model}.
 */
public final class T5Tokenizer implements AutoCloseable {
  /** Pieces put behind those of a SentencePiece model, where nobody says how many. */
  private static final int EXTRA = 100;

  /** Tokens of a prompt, where nobody says how many; files that do not know say a huge number. */
  private static final int LENGTH = 512;

  private static final int LONGEST = 4096;

  private final TokenizerJson tokenizer;
  private final int end;
  private final int pad;
  private final int unknown;
  private final int length;

  private T5Tokenizer(String where, TokenizerJson tokenizer, JsonNode config) {
    this.tokenizer = tokenizer;
    end = id(where, token(config, "eos_token", "</s>"));
    pad = id(where, token(config, "pad_token", "<pad>"));
    unknown = tokenizer.id(token(config, "unk_token", "<unk>")).orElse(-1);
    double said = config.path("model_max_length").asDouble(0);
    length = said >= 2 && said <= LONGEST ? (int) said : LENGTH;
  }

  private int id(String where, String token) {
    return tokenizer
        .id(token)
        .orElseThrow(() ->
            new UserError(
                Fault.MISMATCH,
                "the tokenizer in %s has no token '%s': it is none of T5".formatted(where, token)));
  }

  /** A token's text is said plainly, or in an object with its ways. */
  private static String token(JsonNode config, String key, String usual) {
    JsonNode said = config.path(key);
    return said.path("content").asString(said.asString(usual));
  }

  /**
   * @param folder with the files; {@code tokenizer_config.json} may say which tokens end and pad a
   *     text
   * @throws UserError if a file is missing or damaged
   */
  public static T5Tokenizer load(Path folder) {
    JsonNode config = config(folder.resolve("tokenizer_config.json"));
    return of(folder.toString(), open(folder, config), config);
  }

  private static T5Tokenizer of(String where, TokenizerJson json, JsonNode config) {
    try {
      return new T5Tokenizer(where, json, config);
    } catch (RuntimeException e) {
      json.close();
      throw e;
    }
  }

  /**
   * Of a SentencePiece model that lies in another file, such as the weights of its encoder.
   *
   * @param file named in errors
   * @param model as {@code spiece.model} has it
   * @param extra pieces put behind, {@code <extra_id_N>}, if it has none: 100 for T5, 300 for UMT5
   * @throws UserError if it is damaged or of another kind
   */
  public static T5Tokenizer ofModel(Path file, byte[] model, int extra) {
    return of(file, SentencePiece.read(file.toString(), model), extra);
  }

  /**
   * Of the parts of a SentencePiece model, as GGUF files have them.
   *
   * @param file named in errors
   * @param pieces in the order of their ids
   * @param scores as many
   * @param kinds as many, as SentencePiece numbers them: 2 unknown, 3 control, 5 unused
   * @param rules for letters, compiled; empty for none
   * @throws UserError if they do not fit together
   */
  public static T5Tokenizer ofPieces(
      Path file, List<String> pieces, double[] scores, double[] kinds, byte[] rules) {
    return of(file, SentencePiece.of(file.toString(), pieces, scores, kinds, rules), 0);
  }

  private static T5Tokenizer of(Path file, SentencePiece model, int extra) {
    ObjectNode json = model.json(model.hasExtra() ? 0 : extra);
    return of(
        file.toString(),
        TokenizerJson.of(file, json, TokenizerJson.Around.WITHOUT),
        JsonNodeFactory.instance.objectNode());
  }

  private static JsonNode config(Path file) {
    if (!Files.isRegularFile(file)) {
      return JsonNodeFactory.instance.objectNode();
    }
    try {
      return Json.MAPPER.readTree(TokenizerJson.read(file));
    } catch (JacksonException e) {
      throw new UserError(Fault.DAMAGED, file + " is damaged: " + e.getOriginalMessage(), e);
    }
  }

  private static TokenizerJson open(Path folder, JsonNode config) {
    Path whole = folder.resolve("tokenizer.json");
    Path model = folder.resolve("spiece.model");
    if (Files.isRegularFile(whole)) {
      return TokenizerJson.load(whole, TokenizerJson.Around.WITHOUT);
    }
    if (!Files.isRegularFile(model)) {
      throw new UserError(
          Fault.NOT_FOUND,
          "no tokenizer in %s".formatted(folder),
          "it needs tokenizer.json or spiece.model");
    }
    int extra = config.path("extra_ids").asInt(EXTRA);
    return TokenizerJson.of(
        model, SentencePiece.read(model).json(extra), TokenizerJson.Around.WITHOUT);
  }

  /** The tokens of a text, however many, without the end. */
  public List<Piece> encode(String text) {
    return tokenizer.encode(text);
  }

  /**
   * Ids of a text and its end, cut to a length of which the end is the last.
   *
   * @param length at least 1
   */
  public long[] ids(String text, int length) {
    List<Piece> pieces = encode(text);
    int n = Math.min(pieces.size(), length - 1);
    long[] ids = new long[n + 1];
    Arrays.setAll(ids, i -> i < n ? pieces.get(i).id() : end);
    return ids;
  }

  /** The words of a text that the pieces do not spell whole, in order. */
  List<String> unknownWords(String text) {
    return encode(text).stream()
        .filter(piece -> piece.id() == unknown && piece.end() > piece.start())
        .map(piece -> word(text, piece))
        .distinct()
        .toList();
  }

  /** What stands between blanks around a piece. */
  private static String word(String text, Piece piece) {
    int from = piece.start();
    int to = piece.end();
    while (from < to && Character.isWhitespace(text.charAt(from))) {
      from++;
    }
    while (from > 0 && !Character.isWhitespace(text.charAt(from - 1))) {
      from--;
    }
    while (to < text.length() && !Character.isWhitespace(text.charAt(to))) {
      to++;
    }
    return text.substring(from, to).strip();
  }

  /** The end of a text that is not among the first tokens. */
  Optional<String> unread(String text, int length) {
    List<Piece> pieces = encode(text);
    return pieces.size() < length
        ? Optional.empty()
        : Optional.of(text.substring(pieces.get(length - 1).start()).strip());
  }

  /** Id of the token after every text. */
  public int end() {
    return end;
  }

  /** Id of the token that fills up the rest. */
  public int pad() {
    return pad;
  }

  /** Tokens of a prompt, as {@code model_max_length} says; else {@value #LENGTH}. */
  public int length() {
    return length;
  }

  /** One above the largest id. */
  public int tokens() {
    return tokenizer.tokens();
  }

  @Override
  public void close() {
    tokenizer.close();
  }
}
