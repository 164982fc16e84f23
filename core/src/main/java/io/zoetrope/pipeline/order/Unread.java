package io.zoetrope.pipeline.order;

import io.zoetrope.pipeline.model.VideoModel;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** What a model does not read of an order's prompts, in lines for a person. */
final class Unread {
  private Unread() {}

  /** Of all prompts, and of the negative one, which are cut alike. */
  static List<String> lines(Wish wish, VideoModel model) {
    List<String> lines = new ArrayList<>();
    Set<String> unknown = new LinkedHashSet<>();
    wish.prompts().forEach(prompt -> unknown.addAll(model.unknownWords(prompt)));
    unknown(lines, unknown, "the words");
    int count = wish.prompts().size();
    for (int i = 0; i < count; i++) {
      String name = count == 1 ? "the prompt" : "prompt %s of %s".formatted(i + 1, count);
      cut(lines, name, wish.prompts().get(i), model);
    }
    String negative = wish.negative().orElse("");
    unknown(
        lines,
        new LinkedHashSet<>(model.unknownWords(negative)),
        "these words of the negative prompt");
    cut(lines, "the negative prompt", negative, model);
    return lines;
  }

  private static void unknown(List<String> lines, Set<String> words, String what) {
    if (!words.isEmpty()) {
      lines.add(
          "the model has never seen %s: %s"
              .formatted(what, String.join(", ", words.stream().sorted().toList())));
    }
  }

  private static void cut(List<String> lines, String name, String prompt, VideoModel model) {
    model
        .unread(prompt)
        .ifPresent(rest -> lines.add(name + " is too long; its end is not read: " + rest));
  }
}
