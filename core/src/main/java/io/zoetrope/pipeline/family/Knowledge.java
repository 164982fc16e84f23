package io.zoetrope.pipeline.family;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.zoetrope.checkpoint.JsonFiles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * What the {@code model_index.json} of a model says of what it can show ({@code "knows"}), for
 * those who ask it for something else.
 *
 * @param only all that it knows, in words that go on a sentence; may be empty
 * @param unlearnt what it reads and cannot show
 */
public record Knowledge(
    @JsonProperty("only") String only, @JsonProperty("unlearnt") List<Unlearnt> unlearnt) {
  /** That of a model which says nothing. */
  public static final Knowledge ANY = new Knowledge("", List.of());

  /**
   * Something that a model reads and cannot show.
   *
   * @param words that ask for it, in lower case
   * @param instead what comes of it, in a few words
   */
  public record Unlearnt(
      @JsonProperty("words") List<String> words, @JsonProperty("instead") String instead) {}

  /**
   * Reads it.
   *
   * @param model a model's folder or file
   * @return empty words where the model does not say
   */
  public static Knowledge of(Path model) {
    Path index = new ModelLayout(model).index();
    if (!Files.isRegularFile(index)) {
      return ANY;
    }
    return Optional.of(JsonFiles.read(index, JsonNode.class).path("knows"))
        .filter(JsonNode::isObject)
        .map(node ->
            new Knowledge(
                node.path("only").asString(""),
                node.path("unlearnt").valueStream().map(Knowledge::unlearnt).toList()))
        .orElse(ANY);
  }

  private static Unlearnt unlearnt(JsonNode node) {
    List<String> words = node.path("words").valueStream().map(w -> w.asString("")).toList();
    return new Unlearnt(words, node.path("instead").asString(""));
  }
}
