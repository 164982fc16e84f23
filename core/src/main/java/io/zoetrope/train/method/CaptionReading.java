package io.zoetrope.train.method;

import io.zoetrope.network.text.PromptEncoder;
import io.zoetrope.train.TrainingListener;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What a text encoder does not read of the captions it is to learn from: said before the first
 * step.
 */
final class CaptionReading {
  private static final int SHOWN = 8;

  private CaptionReading() {}

  /** Warns of captions that are cut, and of words that stand for nothing. */
  static void warn(PromptEncoder encoder, List<String> captions, TrainingListener listener) {
    record Cut(String caption, String rest) {}
    List<String> distinct = captions.stream().distinct().toList();
    List<Cut> cut =
        distinct.stream()
            .flatMap(
                caption -> encoder.unread(caption).map(rest -> new Cut(caption, rest)).stream())
            .toList();
    Optional<Cut> longest = cut.stream().max(Comparator.comparing(c -> c.rest.length()));
    longest.ifPresent(c ->
        listener.warning(
            "%s of %s captions are longer than what is read of them; of the longest, '%s', this is not: '%s'"
                .formatted(cut.size(), distinct.size(), c.caption, c.rest)));
    Map<String, Integer> unknown = new TreeMap<>();
    distinct.forEach(caption ->
        encoder.unknownWords(caption).stream()
            .distinct()
            .forEach(word -> unknown.merge(word, 1, Integer::sum)));
    if (!unknown.isEmpty()) {
      List<String> first =
          unknown.entrySet().stream()
              .sorted(Map.Entry.<String, Integer>comparingByValue().reversed())
              .limit(SHOWN)
              .map(word -> "%s (%s)".formatted(word.getKey(), word.getValue()))
              .toList();
      listener.warning(
          "%s words of the captions are not in the vocabulary, and all alike to the model: %s%s"
              .formatted(
                  unknown.size(), String.join(", ", first), unknown.size() > SHOWN ? ", ..." : ""));
    }
  }
}
