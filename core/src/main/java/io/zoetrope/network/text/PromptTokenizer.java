package io.zoetrope.network.text;

import io.zoetrope.record.Json;
import io.zoetrope.torch.Tensors;
import java.nio.file.Path;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Text to token ids by a {@code tokenizer.json}, padded or cut to one length. */
public final class PromptTokenizer implements AutoCloseable {
  /** As the tokenizer's own {@code Whitespace} cuts: letters are those of every language. */
  private static final Pattern WORD =
      Pattern.compile("\\w+|[^\\w\\s]+", Pattern.UNICODE_CHARACTER_CLASS);

  /** Signs that stand between words, or count. */
  private static final Pattern PUNCTUATION = Pattern.compile("[\\p{P}\\p{Sm}\\p{Sc}\\p{Sk}]*");

  private static final String UNKNOWN = "[UNK]";
  private static final String PAD = "[PAD]";
  private static final String START = "[CLS]";

  private final TokenizerJson tokenizer;
  private final int length;

  private PromptTokenizer(TokenizerJson tokenizer, int length) {
    this.tokenizer = tokenizer;
    this.length = length;
  }

  /**
   * @param file a tokenizer.json
   * @param length tokens of a prompt
   */
  public static PromptTokenizer load(Path file, int length) {
    return new PromptTokenizer(TokenizerJson.load(file, TokenizerJson.Around.WITH), length);
  }

  /**
   * Ids and which of them count.
   *
   * @param ids_BN int64
   * @param mask_BN bool
   */
  public record Tokens(Tensor ids_BN, Tensor mask_BN) {}

  /** One row for each prompt. */
  public Tokens encode(List<String> prompts) {
    return encode(prompts, LearnedTable.none(tokens()));
  }

  /** The same, with words that were learned apart. */
  Tokens encode(List<String> prompts, LearnedTable learned) {
    long[] ids = new long[prompts.size() * length];
    long[] mask = new long[ids.length];
    for (int i = 0; i < prompts.size(); i++) {
      List<Token> row = tokens(composed(prompts.get(i)), learned);
      int n = Math.min(row.size(), length);
      for (int j = 0; j < n; j++) {
        ids[i * length + j] = row.get(j).id;
      }
      Arrays.fill(mask, i * length, i * length + n, 1);
    }
    return new Tokens(
        Tensors.of(ids, prompts.size(), length),
        Tensors.of(mask, prompts.size(), length).to(ScalarType.Bool));
  }

  /**
   * A token of a text.
   *
   * @param known whether it stands for a word
   * @param start where its letters begin
   */
  private record Token(int id, boolean known, int start, int end) {}

  /** The tokens of a text; those of a learned word stand in place of its letters'. */
  private List<Token> tokens(String text, LearnedTable learned) {
    List<Token> tokens = new ArrayList<>();
    int to = 0;
    int next = learned.next(text, 0);
    for (TokenizerJson.Piece piece : tokenizer.encode(text)) {
      boolean letters = piece.end() > piece.start();
      while (letters && next < text.length() && piece.start() >= next) {
        LearnedWord word = learned.at(text, next).orElseThrow();
        to = next + word.name().length();
        for (int i = 0; i < word.vectors(); i++) {
          tokens.add(new Token(learned.id(word) + i, true, next, to));
        }
        next = learned.next(text, to);
      }
      if (!letters || piece.start() >= to) {
        boolean known = !piece.token().equals(UNKNOWN);
        tokens.add(new Token(piece.id(), known, piece.start(), piece.end()));
      }
    }
    return tokens;
  }

  /** Words of the prompt that the tokenizer does not know, in order. Punctuation is no word. */
  public List<String> unknownWords(String prompt) {
    return unknownWords(prompt, LearnedTable.none(tokens()));
  }

  /** The same, with words that were learned apart. */
  List<String> unknownWords(String prompt, LearnedTable learned) {
    String text = composed(prompt);
    return tokens(text, learned).stream()
        .filter(token -> !token.known)
        .map(token -> text.substring(token.start, token.end))
        .filter(word -> !PUNCTUATION.matcher(word).matches())
        .toList();
  }

  /** Ids of the tokens of a text alone, without those around it. */
  long[] ids(String text) {
    return tokens(composed(text), LearnedTable.none(tokens())).stream()
        .filter(token -> token.end > token.start)
        .mapToLong(Token::id)
        .toArray();
  }

  /** Whether a text is one token that stands for a word. */
  boolean isWord(String text) {
    return ids(text).length == 1 && unknownWords(text).isEmpty();
  }

  /** The end of a prompt that has more tokens than are read. */
  public Optional<String> unread(String prompt) {
    return unread(prompt, LearnedTable.none(tokens()));
  }

  /** The same, with words that were learned apart. */
  Optional<String> unread(String prompt, LearnedTable learned) {
    String text = composed(prompt);
    List<Token> row = tokens(text, learned);
    return row.size() <= length
        ? Optional.empty()
        : Optional.of(text.substring(row.get(length).start).strip());
  }

  /** One above the largest id. */
  public int tokens() {
    return tokenizer.tokens();
  }

  /**
   * The tokenizer.json of a closed vocabulary: NFC, lower case, one token a word, [CLS] in front.
   *
   * @param words without repetition
   */
  public static String wordLevel(List<String> words) {
    JsonMapper json = Json.MAPPER;
    ObjectNode root = json.createObjectNode();
    root.put("version", "1.0");
    ArrayNode added = root.putArray("added_tokens");
    List<String> special = List.of(PAD, UNKNOWN, START);
    for (int i = 0; i < special.size(); i++) {
      added
          .addObject()
          .put("id", i)
          .put("content", special.get(i))
          .put("single_word", false)
          .put("lstrip", false)
          .put("rstrip", false)
          .put("normalized", false)
          .put("special", true);
    }
    ObjectNode normalizer = root.putObject("normalizer").put("type", "Sequence");
    ArrayNode steps = normalizer.putArray("normalizers");
    steps.addObject().put("type", "NFC");
    steps.addObject().put("type", "Lowercase");
    root.putObject("pre_tokenizer").put("type", "Whitespace");
    ObjectNode post = root.putObject("post_processor").put("type", "TemplateProcessing");
    ArrayNode single = post.putArray("single");
    single.addObject().putObject("SpecialToken").put("id", START).put("type_id", 0);
    single.addObject().putObject("Sequence").put("id", "A").put("type_id", 0);
    ArrayNode pair = post.putArray("pair");
    pair.addObject().putObject("Sequence").put("id", "A").put("type_id", 0);
    pair.addObject().putObject("Sequence").put("id", "B").put("type_id", 0);
    ObjectNode start = post.putObject("special_tokens").putObject(START);
    start.put("id", START);
    start.putArray("ids").add(special.indexOf(START));
    start.putArray("tokens").add(START);
    ObjectNode model = root.putObject("model");
    model.put("type", "WordLevel");
    ObjectNode vocabulary = model.putObject("vocab");
    for (String token : special) {
      vocabulary.put(token, vocabulary.size());
    }
    for (String word : words) {
      vocabulary.put(word, vocabulary.size());
    }
    model.put("unk_token", UNKNOWN);
    return root.toPrettyString() + "\n";
  }

  /** The words that {@link #wordLevel} tells apart in a text, as they come. */
  public static List<String> words(String text) {
    // Letter by letter, as the tokenizer does: a sigma at the end of a word is one like others.
    StringBuilder lower = new StringBuilder();
    composed(text)
        .codePoints()
        .forEach(letter -> lower.append(Character.toString(letter).toLowerCase(Locale.ROOT)));
    return WORD.matcher(lower).results().map(MatchResult::group).toList();
  }

  /** One form for what looks the same: an e with its accent is one letter (NFC). */
  private static String composed(String text) {
    return Normalizer.normalize(text, Normalizer.Form.NFC);
  }

  /** How large a vocabulary must be at least to hold every token of a tokenizer.json. */
  public static int size(String json) {
    return TokenizerJson.tokens(TokenizerJson.ids(TokenizerJson.parse(json)));
  }

  @Override
  public void close() {
    tokenizer.close();
  }
}
