package io.zoetrope.curation.near;

import static org.assertj.core.api.Assertions.assertThat;

import io.zoetrope.curation.toybox.ReelMaker;
import io.zoetrope.media.Frame;
import io.zoetrope.media.Resize;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class GroupsTest {
  private static final ReelMaker MAKER = new ReelMaker(5, 64, 64);

  private static ClipHash hash(long scene, boolean mirrored, int size, int first) {
    List<Frame> frames =
        MAKER.reel(List.of(scene), mirrored, new SplittableRandom(1)).video().frames();
    int[] at = ClipHash.places(28, 24);
    return ClipHash.of(
        java.util.Arrays.stream(at)
            .mapToObj(k -> Resize.stretch(64, 64, size, size).apply(frames.get(first + k)))
            .toList());
  }

  @Test
  void copiesMeetScaledMirroredAndAFrameLate() {
    TreeMap<String, ClipHash> hashes =
        new TreeMap<>(
            Map.of(
                "a", hash(1, false, 64, 0),
                "b", hash(1, false, 96, 0),
                "c", hash(1, true, 64, 0),
                "d", hash(1, false, 64, 1),
                "e", hash(2, false, 64, 0),
                "f", hash(3, true, 64, 0)));
    assertThat(Groups.of(hashes, Groups.ALIKE))
        .containsExactlyInAnyOrderEntriesOf(Map.of("a", "a", "b", "a", "c", "a", "d", "a"));
  }

  @Test
  void mirroringTwiceIsNothing() {
    ClipHash hash = hash(4, false, 64, 0);
    assertThat(hash.mirrored().mirrored().colours()).isEqualTo(hash.colours());
    assertThat(hash.mirrored().to(hash(4, true, 64, 0))).isLessThan(0.015);
    assertThat(ClipHash.parse(hash.text()).colours()).isEqualTo(hash.colours());
  }

  @Test
  void whatHangsTogetherIsOneGroupInAnyOrder() {
    Groups.Joined joined = new Groups.Joined();
    joined.join("d", "c");
    joined.join("a", "b");
    joined.join("c", "b");
    joined.join("x", "y");
    assertThat(joined.groups())
        .isEqualTo(Map.of("a", "a", "b", "a", "c", "a", "d", "a", "x", "x", "y", "x"));
  }
}
