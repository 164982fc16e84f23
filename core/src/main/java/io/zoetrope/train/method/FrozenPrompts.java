package io.zoetrope.train.method;

import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.network.text.PromptEncoder;
import io.zoetrope.torch.Scopes;
import java.util.List;
import java.util.Optional;

/** A text encoder of which nothing learns: it runs without gradients. It is borrowed. */
record FrozenPrompts(PromptEncoder encoder) implements PromptEncoder {
  @Override
  public int width() {
    return encoder.width();
  }

  @Override
  public List<Conditioning> conditions(List<List<String>> groups) {
    return Scopes.noGrad(() -> encoder.conditions(groups));
  }

  @Override
  public List<String> unknownWords(String prompt) {
    return encoder.unknownWords(prompt);
  }

  @Override
  public Optional<String> unread(String prompt) {
    return encoder.unread(prompt);
  }

  @Override
  public void close() {}
}
