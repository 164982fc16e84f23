package io.zoetrope.train.method;

import static org.assertj.core.api.Assertions.assertThat;

import io.zoetrope.network.text.PromptTokenizer;
import io.zoetrope.network.text.TextConfig;
import io.zoetrope.network.text.TextTransformer;
import io.zoetrope.network.text.WordPrompts;
import io.zoetrope.nn.ParameterStore;
import io.zoetrope.train.TrainingListener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CaptionReadingTest {
  @TempDir Path folder;

  private List<String> warnings(String... captions) throws IOException {
    List<String> said = new ArrayList<>();
    Path file = folder.resolve("tokenizer.json");
    Files.writeString(file, PromptTokenizer.wordLevel(List.of("a", "red", "ball", "grün")));
    try (ParameterStore store = ParameterStore.blueprint();
        WordPrompts prompts =
            new WordPrompts(
                new TextTransformer(new TextConfig(7, 4, 16, 1, 2), store.root()),
                PromptTokenizer.load(file, 4))) {
      CaptionReading.warn(
          prompts,
          List.of(captions),
          new TrainingListener() {
            @Override
            public void warning(String line) {
              said.add(line);
            }
          });
    }
    return said;
  }

  @Test
  void nothingIsSaidOfWhatIsReadWhole() throws IOException {
    assertThat(warnings("a red ball", "a GRÜN ball", "a red ball")).isEmpty();
  }

  @Test
  void captionsThatAreCutAreCountedAndTheLongestIsShown() throws IOException {
    assertThat(warnings("a ball", "a red ball a red", "a red ball a red red ball"))
        .containsExactly(
            "2 of 3 captions are longer than what is read of them; of the longest,"
                + " 'a red ball a red red ball', this is not: 'a red red ball'");
  }

  @Test
  void wordsWithoutAMeaningAreCounted() throws IOException {
    assertThat(warnings("a blue ball", "a blue cube"))
        .containsExactly(
            "2 words of the captions are not in the vocabulary, and all alike to the model:"
                + " blue (2), cube (1)");
  }
}
