package io.zoetrope.network.text.clip;

import io.zoetrope.network.text.LearnedTable;
import io.zoetrope.network.text.LearnedWord;
import io.zoetrope.network.text.TokenizerJson.Piece;
import io.zoetrope.network.text.WeightedPrompt;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * A prompt as rows of tokens that the encoder can read: start, words, end, padding.
 *
 * @param rows at least one
 * @param unread the end of the prompt, where it was cut
 */
record ClipChunks(List<Row> rows, Optional<String> unread) {
  /** A chunk ends early after a comma that is among this many last tokens. */
  private static final int COMMA_REACH = 20;

  /**
   * One chunk.
   *
   * @param ids as many as the encoder reads
   * @param weights one for each token; start, end and padding have 1
   */
  record Row(long[] ids, float[] weights) {}

  private record Token(int id, double weight, String rest) {}

  static ClipChunks of(
      WeightedPrompt prompt,
      ClipTokenizer tokenizer,
      LearnedTable learned,
      int length,
      ClipReading.Length reading) {
    List<Row> rows = new ArrayList<>();
    StringBuilder unread = new StringBuilder();
    int room = length - 2;
    for (List<WeightedPrompt.Text> stretch : prompt.stretches()) {
      List<Token> tokens = tokens(stretch, tokenizer, learned);
      int from = 0;
      do {
        int to = Math.min(tokens.size(), from + room);
        if (reading == ClipReading.Length.CUT && to < tokens.size()) {
          unread
              .append(unread.isEmpty() ? "" : " ... ")
              .append(rest(tokens.subList(to, tokens.size())));
        } else if (to < tokens.size()) {
          to = comma(tokens, from, to, tokenizer.comma());
        }
        rows.add(row(tokens.subList(from, to), tokenizer, length));
        from = to;
      } while (reading == ClipReading.Length.CHUNKS && from < tokens.size());
    }
    return new ClipChunks(
        List.copyOf(rows), unread.isEmpty() ? Optional.empty() : Optional.of(unread.toString()));
  }

  /** The chunk of a prompt that says nothing. */
  static Row empty(ClipTokenizer tokenizer, int length) {
    return row(List.of(), tokenizer, length);
  }

  private static List<Token> tokens(
      List<WeightedPrompt.Text> stretch, ClipTokenizer tokenizer, LearnedTable learned) {
    List<Token> tokens = new ArrayList<>();
    for (WeightedPrompt.Text text : stretch) {
      String words = text.words();
      int from = 0;
      while (from < words.length()) {
        int to = learned.next(words, from);
        usual(words.substring(from, to), text.weight(), tokenizer, tokens);
        from = to;
        Optional<LearnedWord> word = learned.at(words, to);
        if (word.isPresent()) {
          from = to + word.get().name().length();
          int id = learned.id(word.get());
          for (int i = 0; i < word.get().vectors(); i++) {
            String rest = i == 0 ? words.substring(to, from) : "";
            tokens.add(new Token(id + i, text.weight(), rest));
          }
        }
      }
    }
    return tokens;
  }

  private static void usual(
      String words, double weight, ClipTokenizer tokenizer, List<Token> tokens) {
    int seen = 0;
    for (Piece piece : tokenizer.encode(words)) {
      // Each token carries its letters and the blanks before: what is cut can be told.
      int end = Math.max(seen, piece.end());
      tokens.add(new Token(piece.id(), weight, words.substring(seen, end)));
      seen = end;
    }
  }

  private static String rest(List<Token> tokens) {
    StringBuilder text = new StringBuilder();
    tokens.forEach(token -> text.append(token.rest));
    return text.toString().strip();
  }

  /** Where to end a full chunk: after its last comma, if that is near and no comma comes next. */
  private static int comma(List<Token> tokens, int from, int to, int comma) {
    if (tokens.get(to).id != comma) {
      for (int i = to - 1; i >= Math.max(from, to - COMMA_REACH); i--) {
        if (tokens.get(i).id == comma) {
          return i + 1;
        }
      }
    }
    return to;
  }

  private static Row row(List<Token> tokens, ClipTokenizer tokenizer, int length) {
    long[] ids = new long[length];
    float[] weights = new float[length];
    Arrays.fill(ids, tokenizer.pad());
    Arrays.fill(weights, 1);
    ids[0] = tokenizer.start();
    for (int i = 0; i < tokens.size(); i++) {
      ids[i + 1] = tokens.get(i).id;
      weights[i + 1] = (float) tokens.get(i).weight;
    }
    ids[tokens.size() + 1] = tokenizer.end();
    return new Row(ids, weights);
  }
}
