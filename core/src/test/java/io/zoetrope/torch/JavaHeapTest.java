package io.zoetrope.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import org.junit.jupiter.api.Test;

class JavaHeapTest {
  @Test
  void whatDoesNotFitIsRefusedInALine() {
    long most = Runtime.getRuntime().maxMemory();
    assertThatThrownBy(() -> JavaHeap.require(most, "60 frames of 1024x1024"))
        .isInstanceOfSatisfying(
            UserError.class,
            e -> {
              assertThat(e.fault()).isEqualTo(Fault.TOO_LARGE);
              assertThat(e.getMessage())
                  .hasLineCount(1)
                  .startsWith("60 frames of 1024x1024 need ")
                  .contains(" MB are free: take fewer or smaller ones, or give Java more");
            });
    assertThatCode(() -> JavaHeap.require(1 << 20, "a frame")).doesNotThrowAnyException();
  }

  /** Rubbish is no reason to refuse. */
  @Test
  void rubbishDoesNotCount() {
    int most = (int) Math.min(Runtime.getRuntime().maxMemory() / 4, 1 << 30);
    for (int i = 0; i < 6; i++) {
      byte[] unused = new byte[most];
      assertThat(unused).hasSize(most);
    }
    assertThatCode(() -> JavaHeap.require(most, "frames")).doesNotThrowAnyException();
  }

  @Test
  void framesAreThreeBytesAPixel() {
    assertThat(JavaHeap.bytes(60, 1024, 512)).isEqualTo(60L * 1024 * 512 * 3);
  }
}
