package io.zoetrope.network.text;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.network.Work;

/**
 * Shape of a {@link TextTransformer}.
 *
 * @param vocabulary how many tokens there are
 * @param length tokens of a prompt; shorter ones are padded, longer ones cut
 * @param width features of a token
 * @param depth blocks
 * @param heads of attention
 */
public record TextConfig(
    @JsonProperty("vocabulary") int vocabulary,
    @JsonProperty("length") int length,
    @JsonProperty("width") int width,
    @JsonProperty("depth") int depth,
    @JsonProperty("heads") int heads) {
  public TextConfig {
    if (vocabulary < 1 || length < 1 || width < 1 || depth < 0 || heads < 1 || width % heads != 0) {
      throw new UserError(
          Fault.INVALID,
          "a text transformer needs vocabulary, length, width and heads of at least 1, and a width that splits into its heads");
    }
  }

  /** Operations of encoding so many texts. */
  public Work work(long batch) {
    double tokens = (double) batch * length;
    double block =
        4 * Work.product(tokens, width, width) + 2 * Work.product(tokens, width, 4 * width);
    return new Work(depth * block, 0, depth * Work.looking(tokens, length, width));
  }
}
