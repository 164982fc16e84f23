package io.zoetrope.spark.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zoetrope.error.UserError;
import io.zoetrope.spark.SparkSettings;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class RoomsTest {
  private static final long NEED = 3L << 30;
  private static final String OVERHEAD = "spark.executor.memoryOverhead";

  @Test
  void executorsGetRoomBesideTheHeap() {
    SparkSettings settings = Rooms.of(SparkSettings.of("yarn"), NEED, OptionalLong.of(1));
    assertThat(settings.conf()).containsEntry(OVERHEAD, "3072m");
  }

  @Test
  void settingsThatWouldBeKilledAreRefused() {
    SparkSettings tight = SparkSettings.of("yarn").with(OVERHEAD, "2g");
    assertThatThrownBy(() -> Rooms.of(tight, NEED, OptionalLong.empty()))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("3.2 GB")
        .hasMessageContaining("3072m");
    SparkSettings wide = SparkSettings.of("yarn").with(OVERHEAD, "4g");
    assertThat(Rooms.of(wide, NEED, OptionalLong.empty())).isEqualTo(wide);
  }

  @Test
  void aMachineThatIsTooSmallIsSeenBeforeAnythingIsRead() {
    SparkSettings two = SparkSettings.of("local-cluster[2,1,1024]");
    assertThatThrownBy(() -> Rooms.of(two, NEED, OptionalLong.of(5L << 30)))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("by 2 at once");
    assertThat(Rooms.of(two, NEED, OptionalLong.of(7L << 30))).isNotNull();
  }
}
