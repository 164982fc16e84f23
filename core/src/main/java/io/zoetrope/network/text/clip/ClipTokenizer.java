package io.zoetrope.network.text.clip;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.network.text.TokenizerJson;
import io.zoetrope.network.text.TokenizerJson.Piece;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;

/**
 * CLIP's byte-pair tokenizer: text is lower-cased, composed (NFC) and its blanks run together;
 * words, single digits and runs of signs are spelled in bytes and merged pair by pair (Sennrich et
 * al., "Neural Machine Translation of Rare Words with Subword Units", 2016). Read from {@code
 * tokenizer.json}, or {@code vocab.json} and {@code merges.txt}.
 */
public final class ClipTokenizer implements AutoCloseable {
  private final TokenizerJson tokenizer;
  private final int start;
  private final int end;
  private final int pad;
  private final int comma;

  private ClipTokenizer(Path folder, TokenizerJson tokenizer, OptionalInt filler) {
    ClipTokenizerFiles files = new ClipTokenizerFiles(folder);
    this.tokenizer = tokenizer;
    start = id(folder, files.token(ClipTokenizerFiles.Role.START));
    end = id(folder, files.token(ClipTokenizerFiles.Role.END));
    pad = filler.orElseGet(() -> id(folder, files.token(ClipTokenizerFiles.Role.PAD)));
    comma = tokenizer.id(",</w>").orElse(-1);
  }

  private int id(Path folder, String token) {
    return tokenizer
        .id(token)
        .orElseThrow(() ->
            new UserError(
                Fault.MISMATCH,
                "the tokenizer in %s has no token '%s', which its config names"
                    .formatted(folder, token)));
  }

  /**
   * @param folder with the files; {@code tokenizer_config.json} and {@code special_tokens_map.json}
   *     say which tokens begin, end and pad a text
   * @throws UserError if a file is missing or damaged
   */
  public static ClipTokenizer load(Path folder) {
    return load(folder, OptionalInt.empty());
  }

  /**
   * As {@link #load}, of a text encoder that was trained by OpenCLIP, which fills up texts with the
   * first token of all, whatever the files say.
   */
  public static ClipTokenizer openClip(Path folder) {
    return load(folder, OptionalInt.of(0));
  }

  private static ClipTokenizer load(Path folder, OptionalInt filler) {
    TokenizerJson json = new ClipTokenizerFiles(folder).load();
    try {
      return new ClipTokenizer(folder, json, filler);
    } catch (RuntimeException e) {
      json.close();
      throw e;
    }
  }

  /** The tokens of a text, however many, without start and end. */
  public List<Piece> encode(String text) {
    return tokenizer.encode(text);
  }

  /** Id of the token before every text. */
  public int start() {
    return start;
  }

  /** Id of the token after every text. */
  public int end() {
    return end;
  }

  /** Id of the token that fills up the rest. */
  public int pad() {
    return pad;
  }

  /** Id of a comma; -1 if there is none. */
  int comma() {
    return comma;
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
