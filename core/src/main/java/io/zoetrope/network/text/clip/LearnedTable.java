package io.zoetrope.network.text.clip;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.torch.Tensors;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;

/**
 * Words that were learned apart, numbered behind the vocabulary: their tokens have the ids from
 * {@code first} on.
 *
 * @param first id of the first vector
 * @param words the longest names first
 */
record LearnedTable(int first, List<LearnedWord> words) {
  /**
   * Numbers words.
   *
   * @throws UserError if one has no name or a word's that there is
   */
  static LearnedTable of(List<LearnedWord> words, ClipTokenizer tokenizer, int vocabulary) {
    List<LearnedWord> sorted = new ArrayList<>(words);
    sorted.sort(Comparator.comparingInt((LearnedWord word) -> -word.name().length()));
    for (int i = 0; i < sorted.size(); i++) {
      String name = sorted.get(i).name();
      if (name.isBlank()) {
        throw new UserError(Fault.INVALID, "an embedding has no name", "give it one");
      }
      if (tokenizer.encode(name).size() == 1) {
        throw new UserError(
            Fault.INVALID,
            "the embedding '%s' is a word of the tokenizer already".formatted(name),
            "give it another name");
      }
      for (LearnedWord other : sorted.subList(0, i)) {
        if (other.name().equalsIgnoreCase(name)) {
          throw new UserError(
              Fault.INVALID, "two embeddings are named '%s'".formatted(name), "rename one");
        }
      }
    }
    return new LearnedTable(vocabulary, List.copyOf(sorted));
  }

  /** All vectors, [E, width]; empty if there are no words. */
  Optional<Tensor> vectors_EW() {
    if (words.isEmpty()) {
      return Optional.empty();
    }
    List<Tensor> all =
        words.stream()
            .map(word ->
                Tensors.of(word.values(), word.vectors(), word.values().length / word.vectors()))
            .toList();
    return Optional.of(Tensors.cat(all, 0));
  }

  /** Id of the first vector of a word. */
  int id(LearnedWord word) {
    int id = first;
    for (LearnedWord other : words.subList(0, words.indexOf(word))) {
      id += other.vectors();
    }
    return id;
  }

  /** The word that stands in a text at a place, as a word of its own; the longest if several do. */
  Optional<LearnedWord> at(String text, int from) {
    return words.stream()
        .filter(word -> {
          String name = word.name();
          int end = from + name.length();
          return text.regionMatches(true, from, name, 0, name.length())
              && !joined(text, from - 1, from)
              && !joined(text, end - 1, end);
        })
        .findFirst();
  }

  /** Whether letters or digits on both sides make two places one word. */
  private static boolean joined(String text, int left, int right) {
    return left >= 0
        && right < text.length()
        && Character.isLetterOrDigit(text.charAt(left))
        && Character.isLetterOrDigit(text.charAt(right));
  }

  /** Where the next word begins; the end of the text if there is none. */
  int next(String text, int from) {
    if (words.isEmpty()) {
      return text.length();
    }
    int at = from;
    while (at < text.length() && at(text, at).isEmpty()) {
      at++;
    }
    return at;
  }
}
