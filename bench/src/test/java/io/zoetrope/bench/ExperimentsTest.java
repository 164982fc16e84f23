package io.zoetrope.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zoetrope.pipeline.Guide;
import io.zoetrope.pipeline.HeldByGuidance;
import java.util.List;
import org.junit.jupiter.api.Test;

class ExperimentsTest {
  private static final List<String> KNOWN = List.of("-n", "--weight", "--list");

  private static Arguments of(String... words) {
    return new Arguments(List.of(words), KNOWN);
  }

  @Test
  void optionsAreRead() {
    Arguments a = of("-n", "5", "--list", "a,b");
    assertThat(a.whole("-n", 1, 3)).isEqualTo(5);
    assertThat(a.number("--weight", 2.5)).isEqualTo(2.5);
    assertThat(a.list("--list", "c")).containsExactly("a", "b");
    assertThat(of().list("--list", "c")).containsExactly("c");
  }

  @Test
  void wrongOnesAreNamed() {
    assertThatThrownBy(() -> of("--other", "1")).hasMessageContaining("unknown option '--other'");
    assertThatThrownBy(() -> of("-n")).hasMessageContaining("-n needs a value");
    assertThatThrownBy(() -> of("-n", "0").whole("-n", 1, 3)).hasMessageContaining("not '0'");
    assertThatThrownBy(() -> of("-n", "x").whole("-n", 1, 3)).hasMessageContaining("not 'x'");
    assertThatThrownBy(() -> of("--weight", "-1").number("--weight", 1))
        .hasMessageContaining("not '-1'");
    assertThatThrownBy(() -> of().required("--list")).hasMessageContaining("give --list");
  }

  @Test
  void methodsHaveNames() {
    assertThat(VdmExtension.guide("held")).isSameAs(Guide.NONE);
    for (String method : List.of("replacement", "reconstruction-2", "matched-0.5")) {
      assertThat(VdmExtension.guide(method)).isInstanceOf(HeldByGuidance.class);
    }
    for (String method : List.of("", "other", "reconstruction", "reconstruction-x", "held-1")) {
      assertThatThrownBy(() -> VdmExtension.guide(method))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }
}
