package io.zoetrope.network.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class WeightedPromptTest {
  /** Texts as {@code words*weight}, stretches parted by {@code |}. */
  private static String read(String prompt) {
    return WeightedPrompt.parse(prompt).stretches().stream()
        .map(stretch ->
            stretch.stream()
                .map(text -> text.words() + "*" + Math.round(text.weight() * 1000) / 1000.0)
                .collect(Collectors.joining(";")))
        .collect(Collectors.joining("|"));
  }

  @Test
  void plainTextWeighsOne() {
    assertThat(read("a red cat, 8k")).isEqualTo("a red cat, 8k*1.0");
    assertThat(read("")).isEmpty();
    assertThat(read(" a ")).isEqualTo(" a *1.0");
  }

  @Test
  void bracketsWeigh() {
    assertThat(read("a (cat) b")).isEqualTo("a *1.0;cat*1.1; b*1.0");
    assertThat(read("a [cat] b")).isEqualTo("a *1.0;cat*0.909; b*1.0");
    assertThat(read("(cat:1.3)")).isEqualTo("cat*1.3");
    assertThat(read("(cat: 0.5 )")).isEqualTo("cat*0.5");
    assertThat(read("(cat:-0.5)(dog:+2)(cow:.5)")).isEqualTo("cat*-0.5;dog*2.0;cow*0.5");
    assertThat(read("(a b, c:1.2), d")).isEqualTo("a b, c*1.2;, d*1.0");
  }

  @Test
  void weightsOfNestedBracketsMultiply() {
    assertThat(read("((cat))")).isEqualTo("cat*1.21");
    assertThat(read("[[cat]]")).isEqualTo("cat*0.826");
    assertThat(read("(a [b] c:1.5)")).isEqualTo("a *1.5;b*1.364; c*1.5");
    assertThat(read("(a (b:2) c)")).isEqualTo("a *1.1;b*2.2; c*1.1");
    List<WeightedPrompt.Text> undone = WeightedPrompt.parse("[(cat)]").stretches().getFirst();
    assertThat(undone.getFirst().weight()).isEqualTo(1, within(1e-12));
  }

  @Test
  void aBackslashTakesABracketItsMeaning() {
    assertThat(read("\\(cat\\)")).isEqualTo("(cat)*1.0");
    assertThat(read("(a \\(b\\):1.2)")).isEqualTo("a (b)*1.2");
    assertThat(read("\\[x\\] \\\\ y")).isEqualTo("[x] \\ y*1.0");
    assertThat(read("a\\b c\\")).isEqualTo("ab c*1.0");
  }

  @Test
  void whatDoesNotCloseReachesToTheEnd() {
    assertThat(read("a (b")).isEqualTo("a *1.0;b*1.1");
    assertThat(read("a [b (c")).isEqualTo("a *1.0;b *0.909;c*1.0");
    assertThat(read("a) b]")).isEqualTo("a) b]*1.0");
    assertThat(read("()")).isEmpty();
    assertThat(read("a :) b")).isEqualTo("a :) b*1.0");
  }

  @Test
  void onlyANumberBeforeTheBracketIsAWeight() {
    assertThat(read("(a:b)")).isEqualTo("a:b*1.1");
    assertThat(read("(a:1.2.3)")).isEqualTo("a:1.2.3*1.1");
    assertThat(read("(a:.)")).isEqualTo("a:.*1.1");
    assertThat(read("(16:9 picture)")).isEqualTo("16:9 picture*1.1");
    assertThat(read("at 16:9")).isEqualTo("at 16:9*1.0");
    assertThat(read("[a:1.2]")).isEqualTo("a:1.2*0.909");
  }

  @Test
  void breakBeginsAStretch() {
    assertThat(read("a BREAK b")).isEqualTo("a*1.0|b*1.0");
    assertThat(read("(a BREAK b:1.2)")).isEqualTo("a*1.2|b*1.2");
    assertThat(read("BREAK a BREAK BREAK")).isEqualTo("a*1.0");
    assertThat(read("(a) BREAK (b), c")).isEqualTo("a*1.1|b*1.1;, c*1.0");
    assertThat(read("BREAKFAST break")).isEqualTo("BREAKFAST break*1.0");
    assertThat(read("BREAK")).isEmpty();
  }

  @Test
  void everyTextIsAPrompt() {
    SplittableRandom random = new SplittableRandom(9);
    for (int i = 0; i < 3000; i++) {
      StringBuilder prompt = new StringBuilder();
      for (int n = random.nextInt(20); n > 0; n--) {
        prompt.append("()[]\\:1.5 ab\n".charAt(random.nextInt(13)));
      }
      WeightedPrompt read = WeightedPrompt.parse(prompt.toString());
      assertThat(read.stretches()).as("seed 9, prompt %s: %s", i, prompt).isNotEmpty();
      read.stretches()
          .forEach(stretch -> stretch.forEach(text -> assertThat(text.weight()).isFinite()));
    }
  }

  @Test
  void plainKeepsBrackets() {
    assertThat(WeightedPrompt.plain("(a:1.2) BREAK b").stretches())
        .containsExactly(List.of(new WeightedPrompt.Text("(a:1.2) BREAK b", 1)));
  }
}
