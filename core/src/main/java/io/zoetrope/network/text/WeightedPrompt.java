package io.zoetrope.network.text;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A prompt as people write it: {@code (word:1.3)} weighs 1.3, {@code (word)} 1.1, {@code [word]} 1
 * / 1.1; brackets nest, and their weights multiply. A backslash takes a bracket its meaning. A
 * bracket that is never closed reaches to the end; one that was never opened is a letter. The word
 * {@code BREAK} begins a new stretch (docs/prompts.md).
 *
 * @param stretches texts with their weights, in order; at least one stretch, none of them empty
 *     unless the prompt is
 */
public record WeightedPrompt(List<List<Text>> stretches) {
  private static final double STEP = 1.1;
  private static final Pattern BREAK = Pattern.compile("\\s*\\bBREAK\\b\\s*");
  private static final Pattern WEIGHT = Pattern.compile(":\\s*([+-]?[.\\d]+)\\s*\\)");
  private static final String BRACKETS = "()[]\\";

  /**
   * Some words.
   *
   * @param weight 1 as they are
   */
  public record Text(String words, double weight) {}

  /** A prompt in which brackets are letters like others. */
  public static WeightedPrompt plain(String prompt) {
    return new WeightedPrompt(List.of(List.of(new Text(prompt, 1))));
  }

  /** Reads brackets and BREAK. Every text is a prompt: there are no errors. */
  public static WeightedPrompt parse(String prompt) {
    return new Parser(prompt).parse();
  }

  private static final class Parser {
    private final String prompt;
    private final List<Text> texts = new ArrayList<>();
    private final Deque<Integer> round = new ArrayDeque<>();
    private final Deque<Integer> square = new ArrayDeque<>();
    private final StringBuilder words = new StringBuilder();

    Parser(String prompt) {
      this.prompt = prompt;
    }

    WeightedPrompt parse() {
      Matcher weight = WEIGHT.matcher(prompt);
      for (int i = 0; i < prompt.length(); i++) {
        char c = prompt.charAt(i);
        if (c == '\\') {
          // Alone it says nothing.
          if (i + 1 < prompt.length() && BRACKETS.indexOf(prompt.charAt(i + 1)) >= 0) {
            words.append(prompt.charAt(++i));
          }
        } else if (c == '(' || c == '[') {
          flush();
          (c == '(' ? round : square).push(texts.size());
        } else if (c == ')' && !round.isEmpty()) {
          close(round, STEP);
        } else if (c == ']' && !square.isEmpty()) {
          close(square, 1 / STEP);
        } else if (c == ':'
            && !round.isEmpty()
            && weight.region(i, prompt.length()).lookingAt()
            && isNumber(weight.group(1))) {
          close(round, Double.parseDouble(weight.group(1)));
          i = weight.end() - 1;
        } else {
          words.append(c);
        }
      }
      flush();
      round.forEach(from -> multiply(from, STEP));
      square.forEach(from -> multiply(from, 1 / STEP));
      return new WeightedPrompt(stretches());
    }

    private static boolean isNumber(String text) {
      return text.chars().filter(c -> c == '.').count() <= 1
          && text.chars().anyMatch(Character::isDigit);
    }

    private void close(Deque<Integer> opened, double weight) {
      flush();
      multiply(opened.pop(), weight);
    }

    private void multiply(int from, double weight) {
      texts
          .subList(from, texts.size())
          .replaceAll(text -> new Text(text.words, text.weight * weight));
    }

    private void flush() {
      if (!words.isEmpty()) {
        texts.add(new Text(words.toString(), 1));
        words.setLength(0);
      }
    }

    private List<List<Text>> stretches() {
      List<List<Text>> stretches = new ArrayList<>();
      List<Text> stretch = new ArrayList<>();
      for (Text text : texts) {
        String[] parts = BREAK.split(text.words, -1);
        for (int i = 0; i < parts.length; i++) {
          if (i > 0 && !stretch.isEmpty()) {
            stretches.add(List.copyOf(stretch));
            stretch.clear();
          }
          if (!parts[i].isBlank()) {
            stretch.add(new Text(parts[i], text.weight));
          }
        }
      }
      if (!stretch.isEmpty() || stretches.isEmpty()) {
        stretches.add(List.copyOf(stretch));
      }
      return List.copyOf(stretches);
    }
  }
}
