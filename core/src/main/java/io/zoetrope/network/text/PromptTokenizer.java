package io.zoetrope.network.text;

import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.zoetrope.torch.Tensors;
import io.zoetrope.torch.UserError;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** Text to token ids by a {@code tokenizer.json}, padded or cut to one length. */
public final class PromptTokenizer implements AutoCloseable {
  private static final Pattern WORD = Pattern.compile("\\w+|[^\\w\\s]+");
  private static final String UNKNOWN = "[UNK]";
  private static final String PAD = "[PAD]";
  private static final String START = "[CLS]";

  private final HuggingFaceTokenizer tokenizer;
  private final int length;

  private PromptTokenizer(HuggingFaceTokenizer tokenizer, int length) {
    this.tokenizer = tokenizer;
    this.length = length;
  }

  /**
   * @param file a tokenizer.json
   * @param length tokens of a prompt
   */
  public static PromptTokenizer load(Path file, int length) {
    System.setProperty("ai.djl.offline", "true");
    try {
      return new PromptTokenizer(
          HuggingFaceTokenizer.newInstance(
              file, Map.of("padding", "false", "truncation", "false", "addSpecialTokens", "true")),
          length);
    } catch (IOException | RuntimeException e) {
      throw new UserError("cannot read the tokenizer " + file + ": " + e.getMessage(), e);
    }
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
    long[] ids = new long[prompts.size() * length];
    long[] mask = new long[ids.length];
    for (int i = 0; i < prompts.size(); i++) {
      long[] row = tokenizer.encode(prompts.get(i)).getIds();
      int n = Math.min(row.length, length);
      System.arraycopy(row, 0, ids, i * length, n);
      Arrays.fill(mask, i * length, i * length + n, 1);
    }
    return new Tokens(
        Tensors.of(ids, prompts.size(), length),
        Tensors.of(mask, prompts.size(), length).to(ScalarType.Bool));
  }

  /** Words of the prompt that the tokenizer does not know, in order. */
  public List<String> unknownWords(String prompt) {
    Encoding encoding = tokenizer.encode(prompt);
    List<String> unknown = new ArrayList<>();
    for (int i = 0; i < encoding.getTokens().length; i++) {
      if (encoding.getTokens()[i].equals(UNKNOWN)) {
        var span = encoding.getCharTokenSpans()[i];
        unknown.add(prompt.substring(span.getStart(), span.getEnd()));
      }
    }
    return unknown;
  }

  /**
   * The tokenizer.json of a closed vocabulary: lower case, one token a word, [CLS] in front.
   *
   * @param words without repetition
   */
  public static String wordLevel(List<String> words) {
    ObjectMapper json = new ObjectMapper();
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
    root.putObject("normalizer").put("type", "Lowercase");
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
    return WORD.matcher(text.toLowerCase(Locale.ROOT)).results().map(MatchResult::group).toList();
  }

  /** How many tokens a tokenizer.json has. */
  public static int size(String json) {
    try {
      return new ObjectMapper().readTree(json).path("model").path("vocab").size();
    } catch (JsonProcessingException e) {
      throw new UserError("a tokenizer.json is damaged: " + e.getOriginalMessage(), e);
    }
  }

  @Override
  public void close() {
    tokenizer.close();
  }
}
