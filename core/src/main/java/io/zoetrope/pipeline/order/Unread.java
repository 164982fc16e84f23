package io.zoetrope.pipeline.order;

import io.zoetrope.pipeline.family.Knowledge;
import io.zoetrope.pipeline.model.VideoModel;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** What a model does not read of an order's prompts, in lines for a person. */
final class Unread {
  private Unread() {}

  /** Of all prompts, and of the negative one, which are cut alike. */
  static List<String> lines(Wish wish, VideoModel model, Knowledge knows) {
    List<String> lines = new ArrayList<>();
    boolean said =
        wish.negative().isPresent() || wish.prompts().stream().anyMatch(p -> !p.isEmpty());
    if (!model.readsWords() && said) {
      lines.add("this model reads no words: the prompt changes nothing");
    }
    Set<String> unknown = new LinkedHashSet<>();
    wish.prompts().forEach(prompt -> unknown.addAll(model.unknownWords(prompt)));
    unknown(
        lines, unknown, "the words", knows.only().isEmpty() ? "" : "; it knows " + knows.only());
    unlearnt(lines, wish, knows);
    int count = wish.prompts().size();
    for (int i = 0; i < count; i++) {
      String name = count == 1 ? "the prompt" : "prompt %s of %s".formatted(i + 1, count);
      cut(lines, name, wish.prompts().get(i), model);
    }
    String negative = wish.negative().orElse("");
    unknown(
        lines,
        new LinkedHashSet<>(model.unknownWords(negative)),
        "these words of the negative prompt",
        "");
    cut(lines, "the negative prompt", negative, model);
    return lines;
  }

  /** What it reads and cannot show. */
  private static void unlearnt(List<String> lines, Wish wish, Knowledge knows) {
    Set<String> said = new LinkedHashSet<>();
    for (String prompt : wish.prompts()) {
      said.addAll(List.of(prompt.toLowerCase(Locale.ROOT).split("[^\\p{L}\\p{N}]+", -1)));
    }
    for (Knowledge.Unlearnt unlearnt : knows.unlearnt()) {
      unlearnt.words().stream()
          .filter(said::contains)
          .findFirst()
          .ifPresent(word ->
              lines.add("the model has not learnt '%s': %s".formatted(word, unlearnt.instead())));
    }
  }

  private static void unknown(List<String> lines, Set<String> words, String what, String more) {
    if (!words.isEmpty()) {
      lines.add(
          "the model has never seen %s: %s%s"
              .formatted(what, String.join(", ", words.stream().sorted().toList()), more));
    }
  }

  private static void cut(List<String> lines, String name, String prompt, VideoModel model) {
    model
        .unread(prompt)
        .ifPresent(rest -> lines.add(name + " is too long; its end is not read: " + rest));
  }
}
