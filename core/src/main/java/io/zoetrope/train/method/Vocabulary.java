package io.zoetrope.train.method;

import io.zoetrope.data.toybox.ToyboxWords;
import io.zoetrope.network.text.PromptTokenizer;
import io.zoetrope.torch.AtomicFiles;
import io.zoetrope.torch.TextFiles;
import io.zoetrope.train.RunFolder;
import io.zoetrope.train.recipe.DataBlock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The words that a run's model knows, kept in the run folder: those of the run that it starts from,
 * else those of the toy world or of the captions of its clips.
 *
 * @param json the text of its tokenizer.json
 */
record Vocabulary(PromptTokenizer tokenizer, String json) implements Setting.Resource {
  /** Tokens of a prompt. */
  static final int PROMPT_LENGTH = 24;

  private static final String FILE = "tokenizer.json";

  static Vocabulary open(
      DataBlock data, Optional<Path> init, List<String> captions, RunFolder folder) {
    Path file = folder.root().resolve(FILE);
    Optional<Path> inherited =
        folder.newestCheckpoint().isPresent() && Files.isRegularFile(file)
            // Its weights know these words, whatever captions say by now.
            ? Optional.of(file)
            : init.flatMap(from ->
                Stream.of(from.resolve(FILE), from.resolve("tokenizer").resolve(FILE))
                    .filter(Files::isRegularFile)
                    .findFirst());
    try {
      String json;
      if (inherited.isPresent()) {
        json = TextFiles.read(inherited.get());
      } else {
        json = PromptTokenizer.wordLevel(words(data, captions));
      }
      if (folder.writes()) {
        AtomicFiles.text(file, json);
      }
      return new Vocabulary(PromptTokenizer.load(file, PROMPT_LENGTH), json);
    } catch (IOException e) {
      throw AtomicFiles.cannot("read", inherited.orElse(file), e);
    }
  }

  private static List<String> words(DataBlock data, List<String> captions) {
    return switch (data) {
      // What shows less than all of the plain world leaves room for what is learned later.
      case DataBlock.Toybox t ->
          List.copyOf(t.view().plain() ? ToyboxWords.vocabulary() : ToyboxWords.wideVocabulary());
      case DataBlock.Folder _, DataBlock.Video _, DataBlock.Tar _, DataBlock.Latents _ ->
          captions.stream()
              .flatMap(caption -> PromptTokenizer.words(caption).stream())
              .distinct()
              .sorted()
              .toList();
    };
  }

  int size() {
    return PromptTokenizer.size(json);
  }

  @Override
  public void close() {
    tokenizer.close();
  }
}
