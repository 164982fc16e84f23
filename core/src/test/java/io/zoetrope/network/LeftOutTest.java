package io.zoetrope.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zoetrope.Parity;
import io.zoetrope.checkpoint.Component;
import io.zoetrope.checkpoint.WeightSet;
import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.network.dit.DitConfig;
import io.zoetrope.network.wan.WanConfig;
import io.zoetrope.nn.ParameterStore;
import io.zoetrope.torch.Ops;
import io.zoetrope.torch.Precision;
import io.zoetrope.torch.RandomStream;
import io.zoetrope.torch.RandomStreams;
import io.zoetrope.torch.Recompute;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Segments;
import io.zoetrope.torch.Tensors;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LeftOutTest {
  private static final int FRAMES = 3;

  private static Tensor normal(String name, long... shape) {
    try (RandomStream stream = new RandomStreams(5).stream(name)) {
      return stream.normal(shape);
    }
  }

  /**
   * A network of any family, and what it is shown: two clips whose frames have their own levels.
   */
  private record Shown(NetworkConfig config, Map<String, Tensor> weights, Conditioning told) {
    VideoNetwork network() {
      return config.build(ParameterStore.forInference(weights, Precision.F32).root());
    }

    Tensor z() {
      return normal("z", 2, config.takes(), FRAMES, 4, 4);
    }

    Tensor predict(Conditioning more, Segments segments) {
      Tensor t_BF = Tensors.of(new float[] {0, 400, 900, 700, 300, 20}, 2, FRAMES);
      return network().predict(z(), t_BF, told.and(more), segments);
    }

    Tensor predict(Conditioning more) {
      return predict(more, Segments.PLAIN);
    }

    /** The weights without a block of a row: those behind it move up. */
    Shown without(NetworkConfig shorter, String row, int block) {
      Map<String, Tensor> fewer = new LinkedHashMap<>();
      weights.forEach((name, w) -> {
        if (!name.startsWith(row + ".")) {
          fewer.put(name, w);
          return;
        }
        String[] words = name.split("\\.", 3);
        int at = Integer.parseInt(words[1]);
        if (at != block) {
          fewer.put("%s.%s.%s".formatted(row, at > block ? at - 1 : at, words[2]), w);
        }
      });
      return new Shown(shorter, fewer, told);
    }
  }

  private static Shown own(int depth) {
    DitConfig config = new DitConfig(4, 2, 32, depth, 2, 32, true, true);
    ParameterStore store =
        ParameterStore.forTraining(Map.of(), new RandomStreams(1), Precision.F32);
    config.build(store.root());
    Map<String, Tensor> weights = new LinkedHashMap<>();
    store
        .parameters()
        .forEach(
            (name, p) -> weights.put(name, p.add(Ops.mul(normal(name, Tensors.shape(p)), 0.1))));
    Conditioning told =
        Conditioning.text(normal("text", 2, 5, 32), Tensors.full(1, 2, 5).to(ScalarType.Bool))
            .withPooled(normal("pooled", 2, 32));
    return new Shown(config, weights, told);
  }

  private static Shown wan(WeightSet weights, WanConfig config) {
    Map<String, Tensor> all = new LinkedHashMap<>(weights.tensors());
    Conditioning told = Conditioning.text(normal("text", 2, 7, config.textWidth()));
    return new Shown(config, all, told);
  }

  private static WanConfig shorter(WanConfig c, int block) {
    return new WanConfig(
        c.kind(),
        c.heads(),
        c.headWidth(),
        c.channels(),
        c.gives(),
        c.textWidth(),
        c.frequencies(),
        c.hidden(),
        c.depth() - 1,
        c.textNorm(),
        c.pictures(),
        c.rate(),
        c.block(),
        c.vace()
            .map(v ->
                new WanConfig.Vace(
                    v.layers().stream().map(at -> at >= block ? at - 1 : at).toList(),
                    v.channels())));
  }

  private static Conditioning leaving(float... flags_BFN) {
    int width = flags_BFN.length / (2 * FRAMES);
    return Conditioning.none().with(Conditioning.LEFT_OUT, Tensors.of(flags_BFN, 2, FRAMES, width));
  }

  /** One block, left out by frames. */
  private static Conditioning leaving(int block, boolean... frames) {
    float[] flags = new float[frames.length * (block + 1)];
    for (int i = 0; i < frames.length; i++) {
      flags[i * (block + 1) + block] = frames[i] ? 1 : 0;
    }
    return leaving(flags);
  }

  private static Conditioning all(int block) {
    return leaving(block, true, true, true, true, true, true);
  }

  @Test
  void ourOwnWithoutABlockIsTheNetworkThatHasItNot() {
    Scopes.run(() -> {
      Shown shown = own(3);
      for (int block = 0; block < 3; block++) {
        Shown fewer =
            shown.without(
                new DitConfig(4, 2, 32, 2, 2, 32, true, true), "transformer_blocks", block);
        assertThat(Tensors.toBytes(shown.predict(all(block))))
            .as("block %s", block)
            .isEqualTo(Tensors.toBytes(fewer.predict(Conditioning.none())))
            .isNotEqualTo(Tensors.toBytes(shown.predict(Conditioning.none())));
      }
    });
  }

  @ParameterizedTest
  @ValueSource(strings = {"t2v", "vace", "skyreels", "skyreels_14b"})
  void wanWithoutABlockIsTheNetworkThatHasItNot(String name) {
    Scopes.run(() -> {
      try (Parity fixture = Parity.of("wan/" + name);
          WeightSet weights = Component.diffusion(fixture.folder()).open(Optional.empty())) {
        WanConfig config = Component.diffusion(fixture.folder()).config(WanConfig.class);
        Shown shown = wan(weights, config);
        // VACE speaks first after block 0.
        for (int block = config.vace().isPresent() ? 1 : 0; block < config.depth(); block++) {
          Shown fewer = shown.without(shorter(config, block), "blocks", block);
          assertThat(Tensors.toBytes(shown.predict(all(block))))
              .as("%s without block %s", name, block)
              .isEqualTo(Tensors.toBytes(fewer.predict(Conditioning.none())))
              .isNotEqualTo(Tensors.toBytes(shown.predict(Conditioning.none())));
        }
      }
    });
  }

  @Test
  void noneLeftOutIsToTheBitAsWithout() {
    Scopes.run(() -> {
      Shown shown = own(2);
      byte[] plain = Tensors.toBytes(shown.predict(Conditioning.none()));
      assertThat(Tensors.toBytes(shown.predict(leaving(new float[12])))).isEqualTo(plain);
      // Of blocks that there are not, too.
      assertThat(Tensors.toBytes(shown.predict(leaving(new float[60])))).isEqualTo(plain);
      assertThatThrownBy(() -> shown.predict(all(7)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("a network of 2 blocks cannot leave out block 7");
    });
  }

  @Test
  void eachClipLeavesOutItsOwn() {
    Scopes.run(() -> {
      Shown shown = own(2);
      Tensor mixed = shown.predict(leaving(1, true, true, true, false, false, false));
      Tensor plain = shown.predict(Conditioning.none());
      Tensor out = shown.predict(all(1));
      assertThat(apart(mixed.select(0, 0), out.select(0, 0))).isLessThan(1e-6);
      assertThat(Tensors.toBytes(mixed.select(0, 1)))
          .isEqualTo(Tensors.toBytes(plain.select(0, 1)));
    });
  }

  /** In the last block no other frame's tokens are changed by what one frame leaves out. */
  @Test
  void eachFrameLeavesOutItsOwn() {
    Scopes.run(() -> {
      Shown shown = own(2);
      Tensor one = shown.predict(leaving(1, false, true, false, false, false, false));
      Tensor plain = shown.predict(Conditioning.none());
      Tensor out = shown.predict(all(1));
      for (int frame = 0; frame < FRAMES; frame++) {
        Tensor like = frame == 1 ? out : plain;
        assertThat(apart(one.select(0, 0).select(1, frame), like.select(0, 0).select(1, frame)))
            .as("frame %s", frame)
            .isLessThan(1e-6);
      }
      assertThat(apart(out.select(0, 0).select(1, 1), plain.select(0, 0).select(1, 1)))
          .isGreaterThan(1e-3);
      Tensor again =
          shown.predict(leaving(1, false, true, false, false, false, false), new Recompute());
      assertThat(Tensors.toBytes(again)).isEqualTo(Tensors.toBytes(one));
    });
  }

  private static double apart(Tensor a, Tensor b) {
    return a.sub(b).abs().max().item_double();
  }
}
