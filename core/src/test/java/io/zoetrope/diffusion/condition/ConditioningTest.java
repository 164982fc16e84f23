package io.zoetrope.diffusion.condition;

import static io.zoetrope.diffusion.condition.Conditioning.FRAME_TEXTS;
import static io.zoetrope.diffusion.condition.Conditioning.POOLED;
import static io.zoetrope.diffusion.condition.Conditioning.TEXT;
import static io.zoetrope.diffusion.condition.Conditioning.TEXT_MASK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zoetrope.error.UserError;
import io.zoetrope.torch.Tensors;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ConditioningTest {
  private static final Slot<String> WORD = Slot.setting("word", String.class);
  private static final Slot<Tensor> SPEED = Slot.tensor("speed", Along.CLIP, "B", Nothing.SAME);

  private final PointerScope scope = new PointerScope();

  @AfterEach
  void leave() {
    scope.close();
  }

  private static Conditioning prompt(double value, long batch) {
    return Conditioning.text(Tensors.full(value, batch, 5, 4), Tensors.full(value, batch, 5))
        .withPooled(Tensors.full(value, batch, 4));
  }

  @Test
  void branchesJoin() {
    Conditioning both = Conditioning.concat(List.of(prompt(1, 2), prompt(0, 1).expand(2)));
    assertThat(Tensors.shape(both.get(TEXT).orElseThrow())).containsExactly(4, 1, 5, 4);
    assertThat(Tensors.shape(both.get(TEXT_MASK).orElseThrow())).containsExactly(4, 1, 5);
    assertThat(Tensors.toFloats(both.get(POOLED).orElseThrow()))
        .containsExactly(1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0);
    assertThat(Conditioning.concat(List.of(Conditioning.none(), Conditioning.none())).slots())
        .isEmpty();
    Conditioning word = Conditioning.none().with(WORD, "slow");
    assertThat(Conditioning.concat(List.of(word, word)).get(WORD)).contains("slow");
  }

  @Test
  void whatDoesNotJoinIsRefused() {
    Conditioning one = prompt(1, 2);
    assertThatThrownBy(() -> Conditioning.concat(List.of(one, Conditioning.none())))
        .hasMessageContaining("different names")
        .hasMessageContaining("'pooled'");
    Conditioning five = Conditioning.text(Tensors.zeros(1, 5, 4));
    Conditioning six = Conditioning.text(Tensors.zeros(1, 6, 4));
    assertThatThrownBy(() -> Conditioning.concat(List.of(five, six)))
        .hasMessageContaining("[1, 1, 5, 4] and [1, 1, 6, 4]");
    assertThatThrownBy(() -> one.expand(3)).hasMessageContaining("2 clips, not 3");
    Conditioning slow = Conditioning.none().with(WORD, "slow");
    Conditioning fast = Conditioning.none().with(WORD, "fast");
    assertThatThrownBy(() -> Conditioning.concat(List.of(slow, fast)))
        .hasMessageContaining("'word' cannot be both slow and fast");
  }

  @Test
  void whatDoesNotFitItsSlotIsRefused() {
    assertThatThrownBy(() -> Conditioning.none().with(POOLED, Tensors.zeros(2, 4)))
        .hasMessageContaining("'pooled' is [B, G, D], not of shape [2, 4]");
    assertThatThrownBy(() -> Slot.tensor("wrong", Along.PLACE, "BFCHW", Nothing.SAME))
        .hasMessageContaining("do not begin with BCF");
    assertThatThrownBy(() -> Slot.setting("word", String.class).axis().zero(WORD, "slow"))
        .hasMessageContaining("cannot be nothing");
  }

  @Test
  void aVideoLongerThanWhatIsGivenIsOneClearLine() {
    Conditioning shown =
        Conditioning.none().with(Conditioning.hint(0), Tensors.zeros(1, 3, 4, 2, 2));
    assertThat(Tensors.shape(shown.frames(1, 3).get(Conditioning.hint(0)).orElseThrow()))
        .containsExactly(1, 3, 3, 2, 2);
    assertThatThrownBy(() -> shown.frames(2, 3))
        .isInstanceOf(UserError.class)
        .hasMessage("'hint.0' is given for 4 frames, the video has 5 or more");
  }

  @Test
  void theOtherBranchSaysWhatItMustAndHasTheRest() {
    Conditioning told = prompt(1, 2).with(SPEED, Tensors.full(3, 2)).with(WORD, "slow");
    Conditioning away = told.against(prompt(0, 1));
    assertThat(Tensors.toFloats(away.get(POOLED).orElseThrow())).containsOnly(0);
    assertThat(Tensors.toFloats(away.get(SPEED).orElseThrow())).containsExactly(3, 3);
    assertThat(away.get(WORD)).contains("slow");
    assertThatThrownBy(() -> told.against(Conditioning.none()))
        .hasMessageContaining("must say its own 'text'");
    assertThatThrownBy(() -> Conditioning.none().against(prompt(0, 1)))
        .hasMessageContaining("different names");
  }

  @Test
  void oneTextStandsForAsManyAsTheOtherBranchHas() {
    Conditioning three = prompt(1, 6).asTextsOf(2);
    assertThat(Tensors.shape(three.get(TEXT).orElseThrow())).containsExactly(2, 3, 5, 4);
    assertThat(Tensors.shape(three.get(TEXT_MASK).orElseThrow())).containsExactly(2, 3, 5);
    Conditioning told = three.with(FRAME_TEXTS, Tensors.of(new long[] {0, 1, 2, 2}, 1, 4));
    Conditioning away = told.against(prompt(0, 1)).expand(2);
    Conditioning both = Conditioning.concat(List.of(told.expand(2), away));
    assertThat(Tensors.shape(both.get(POOLED).orElseThrow())).containsExactly(4, 3, 4);
    assertThat(Tensors.toLongs(both.get(FRAME_TEXTS).orElseThrow()))
        .containsExactly(0, 1, 2, 2, 0, 1, 2, 2, 0, 1, 2, 2, 0, 1, 2, 2);
    assertThatThrownBy(() -> told.asTextsOf(1)).hasMessageContaining("'frame_texts' is no text");
  }
}
