package io.zoetrope.network.text.clip;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.network.text.TokenizerJson;
import io.zoetrope.record.Json;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** The files of a CLIP tokenizer's folder. */
final class ClipTokenizerFiles {
  /** Letters in a row; digits one by one; anything else in a row; endings of English words. */
  private static final String SPLIT =
      "<\\|startoftext\\|>|<\\|endoftext\\|>|'s|'t|'re|'ve|'m|'ll|'d"
          + "|[\\p{L}]+|[\\p{N}]|[^\\s\\p{L}\\p{N}]+";

  private static final String CONFIG = "tokenizer_config.json";

  private final Path folder;

  ClipTokenizerFiles(Path folder) {
    this.folder = folder;
  }

  /** A token with a part to play: start, end, padding, unknown. */
  enum Role {
    START("bos_token", "<|startoftext|>"),
    END("eos_token", "<|endoftext|>"),
    UNKNOWN("unk_token", "<|endoftext|>"),
    PAD("pad_token", "<|endoftext|>");

    private final String key;
    private final String usual;

    Role(String key, String usual) {
      this.key = key;
      this.usual = usual;
    }
  }

  /** Which token plays the part. */
  String token(Role role) {
    JsonNode said = said(role);
    return said.path("content").asString(said.asString(role.usual));
  }

  /**
   * What the files say of a part: a token's text, or an object with the text and its ways. Old
   * folders say it twice, and where they differ, as in those of Stable Diffusion 2.1, {@code
   * special_tokens_map.json} is meant.
   */
  private JsonNode said(Role role) {
    JsonNode config = optional(CONFIG);
    JsonNode own = config.path(role.key);
    JsonNode old = optional("special_tokens_map.json").path(role.key);
    boolean once = config.has("added_tokens_decoder");
    return Stream.of(once ? own : old, once ? old : own)
        .filter(ClipTokenizerFiles::isToken)
        .findFirst()
        .orElseGet(JsonNodeFactory.instance::missingNode);
  }

  private static boolean isToken(JsonNode said) {
    return said.isString() || said.path("content").isString();
  }

  /**
   * The tokenizer as one tokenizer.json: the folder's own, else made of its vocab.json and
   * merges.txt.
   */
  TokenizerJson load() {
    Path whole = folder.resolve("tokenizer.json");
    Path vocab = folder.resolve("vocab.json");
    Path merges = folder.resolve("merges.txt");
    if (Files.isRegularFile(whole)) {
      return TokenizerJson.load(whole, TokenizerJson.Around.WITHOUT);
    }
    if (!Files.isRegularFile(vocab) || !Files.isRegularFile(merges)) {
      throw new UserError(
          Fault.NOT_FOUND,
          "no tokenizer in %s".formatted(folder),
          "it needs vocab.json and merges.txt, or tokenizer.json");
    }
    return TokenizerJson.of(
        vocab, made(read(vocab), TokenizerJson.read(merges)), TokenizerJson.Around.WITHOUT);
  }

  private ObjectNode made(JsonNode vocab, String merges) {
    ObjectNode root = Json.MAPPER.createObjectNode();
    root.put("version", "1.0");
    root.set("added_tokens", added(vocab));
    ObjectNode normalizer = root.putObject("normalizer").put("type", "Sequence");
    ArrayNode steps = normalizer.putArray("normalizers");
    steps.addObject().put("type", "NFC");
    steps
        .addObject()
        .put("type", "Replace")
        .put("content", " ")
        .putObject("pattern")
        .put("Regex", "\\s+");
    steps.addObject().put("type", "Lowercase");
    ArrayNode splits =
        root.putObject("pre_tokenizer").put("type", "Sequence").putArray("pretokenizers");
    splits
        .addObject()
        .put("type", "Split")
        .put("behavior", "Removed")
        .put("invert", true)
        .putObject("pattern")
        .put("Regex", SPLIT);
    splits
        .addObject()
        .put("type", "ByteLevel")
        .put("add_prefix_space", false)
        .put("trim_offsets", true)
        .put("use_regex", true);
    ObjectNode model = root.putObject("model");
    model
        .put("type", "BPE")
        .put("unk_token", token(Role.UNKNOWN))
        .put("continuing_subword_prefix", "")
        .put("end_of_word_suffix", "</w>")
        .put("fuse_unk", false);
    model.set("vocab", vocab);
    ArrayNode pairs = model.putArray("merges");
    merges
        .lines()
        .filter(line -> !line.startsWith("#version") && !line.isEmpty())
        .forEach(pairs::add);
    return root;
  }

  /** Tokens that are found in a text whole, before it is split. */
  private ArrayNode added(JsonNode vocab) {
    Map<String, ObjectNode> tokens = new LinkedHashMap<>();
    for (Role role : Role.values()) {
      // One that is given as plain text is looked for in the text as it is written.
      JsonNode ways = said(role);
      String content = token(role);
      if (vocab.has(content)) {
        tokens.put(content, added(content, vocab.get(content).asInt(0), ways, true));
      }
    }
    optional("added_tokens.json")
        .properties()
        .forEach(token ->
            tokens.computeIfAbsent(
                token.getKey(),
                name ->
                    added(name, token.getValue().asInt(0), Json.MAPPER.createObjectNode(), false)));
    optional(CONFIG)
        .path("added_tokens_decoder")
        .properties()
        .forEach(token -> {
          JsonNode ways = token.getValue();
          String content = ways.path("content").asString("");
          boolean special = ways.path("special").asBoolean(false);
          tokens.put(content, added(content, id(token.getKey()), ways, special));
        });
    ArrayNode all = Json.MAPPER.createArrayNode();
    tokens.values().stream()
        .sorted((a, b) -> Integer.compare(a.path("id").asInt(0), b.path("id").asInt(0)))
        .forEach(all::add);
    return all;
  }

  private int id(String number) {
    try {
      return Integer.parseInt(number);
    } catch (NumberFormatException e) {
      throw new UserError(
          Fault.DAMAGED, folder.resolve(CONFIG) + ": '" + number + "' is no id of a token", e);
    }
  }

  private static ObjectNode added(String content, int id, JsonNode ways, boolean special) {
    return Json.MAPPER
        .createObjectNode()
        .put("id", id)
        .put("content", content)
        .put("single_word", ways.path("single_word").asBoolean(false))
        .put("lstrip", ways.path("lstrip").asBoolean(false))
        .put("rstrip", ways.path("rstrip").asBoolean(false))
        .put("normalized", ways.path("normalized").asBoolean(!special))
        .put("special", special);
  }

  private JsonNode optional(String name) {
    Path file = folder.resolve(name);
    return Files.isRegularFile(file) ? read(file) : JsonNodeFactory.instance.objectNode();
  }

  private static JsonNode read(Path file) {
    JsonNode json;
    try {
      json = Json.MAPPER.readTree(TokenizerJson.read(file));
    } catch (JacksonException e) {
      throw new UserError(Fault.DAMAGED, file + " is damaged: " + e.getOriginalMessage(), e);
    }
    if (!json.isObject()) {
      throw new UserError(Fault.DAMAGED, file + " is damaged: it holds no JSON object");
    }
    return json;
  }
}
