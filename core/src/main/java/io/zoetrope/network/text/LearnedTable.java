package io.zoetrope.network.text;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.torch.PackedTensor;
import io.zoetrope.torch.Tensors;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Words that were learned apart, numbered behind the vocabulary: their tokens have the ids from
 * {@code first} on.
 *
 * @param first id of the first vector
 * @param words the longest names first
 */
public record LearnedTable(int first, List<LearnedWord> words) {
  /** No words. */
  public static LearnedTable none(int vocabulary) {
    return new LearnedTable(vocabulary, List.of());
  }

  public LearnedTable {
    words = List.copyOf(words);
  }

  /**
   * Numbers words, and those of another table among them.
   *
   * @param known whether the tokenizer has a word already
   * @throws UserError if one has no name or a word's that there is
   */
  public LearnedTable with(List<LearnedWord> more, Predicate<String> known) {
    List<LearnedWord> sorted = new ArrayList<>(words);
    sorted.addAll(more);
    sorted.sort(Comparator.comparingInt((LearnedWord word) -> -word.name().length()));
    for (int i = 0; i < sorted.size(); i++) {
      String name = sorted.get(i).name();
      if (name.isBlank()) {
        throw new UserError(Fault.INVALID, "an embedding has no name", "give it one");
      }
      if (known.test(name)) {
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
    return new LearnedTable(first, sorted);
  }

  /** All vectors, [E, width]; empty if there are no words. */
  public Optional<Tensor> vectors_EW() {
    if (words.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(Tensors.cat(words.stream().map(word -> word.rows().get()).toList(), 0));
  }

  /**
   * The vector of each token.
   *
   * @param table_VW the vocabulary's
   * @param ids_BN int64, on the CPU; those behind the vocabulary are learned
   * @param more_EW theirs
   * @return [B, N, W] f32
   */
  public static Tensor embedded(Tensor table_VW, Tensor ids_BN, Optional<Tensor> more_EW) {
    if (more_EW.isEmpty()) {
      return PackedTensor.rows(table_VW, Tensors.beside(table_VW, ids_BN)).to(ScalarType.Float);
    }
    Scalar vocabulary = new Scalar(table_VW.size(0));
    Tensor behind_BN = ids_BN.ge(vocabulary);
    Scalar zero = new Scalar(0L);
    Tensor usual = Tensors.beside(table_VW, ids_BN.masked_fill(behind_BN, zero));
    Tensor other =
        Tensors.beside(table_VW, ids_BN.sub(vocabulary).masked_fill(behind_BN.logical_not(), zero));
    return torch.where(
        Tensors.beside(table_VW, behind_BN).unsqueeze(2),
        torch.embedding(Tensors.beside(table_VW, more_EW.get()), other),
        PackedTensor.rows(table_VW, usual).to(ScalarType.Float));
  }

  /** Id of the first vector of a word. */
  public int id(LearnedWord word) {
    int id = first;
    for (LearnedWord other : words.subList(0, words.indexOf(word))) {
      id += other.vectors();
    }
    return id;
  }

  /** The word that stands in a text at a place, as a word of its own; the longest if several do. */
  public Optional<LearnedWord> at(String text, int from) {
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
  public int next(String text, int from) {
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
