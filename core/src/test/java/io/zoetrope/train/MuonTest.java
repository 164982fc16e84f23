package io.zoetrope.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.zoetrope.error.UserError;
import io.zoetrope.torch.Autograd;
import io.zoetrope.torch.Ops;
import io.zoetrope.torch.RandomStream;
import io.zoetrope.torch.RandomStreams;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;

class MuonTest {
  private static final Muon.Options OPTIONS =
      new Muon.Options(0.9, 5, new AdamW.Options(0.9, 0.99, 1e-8, 0.5));

  @Test
  void singularValuesBecomeAboutOneAndDirectionsStay() {
    for (int[] shape : new int[][] {{24, 24}, {16, 48}, {48, 16}}) {
      Scopes.run(() -> {
        Tensor g;
        try (RandomStream random = new RandomStreams(3).stream("g")) {
          g = random.normal(2, shape[0], shape[1]);
        }
        Tensor o = Muon.orthogonalize(g, 5);
        assertThat(Tensors.shape(o)).isEqualTo(Tensors.shape(g));
        boolean tall = shape[0] > shape[1];
        Tensor gram = torch.bmm(tall ? o.transpose(1, 2) : o, tall ? o : o.transpose(1, 2));
        int n = Math.min(shape[0], shape[1]);
        // The mean of the squared singular values.
        for (int i = 0; i < 2; i++) {
          assertThat(gram.select(0, i).trace().item_double() / n).isCloseTo(0.85, within(0.25));
        }
        // The nuclear norm is large only where the directions are those of g.
        assertThat(o.mul(g).sum().item_double())
            .isGreaterThan(0.6 * 2 * n * Math.sqrt(Math.max(shape[0], shape[1])) * 0.7);
      });
    }
  }

  @Test
  void matricesInBlocksTakeStepsOfOneSizeAndTheRestIsAdamW() {
    SequencedMap<String, Tensor> parameters = parameters();
    SequencedMap<String, Tensor> adams = parameters();
    try (Optimizer muon = OPTIONS.over(parameters);
        Optimizer adam = OPTIONS.rest().over(adams)) {
      for (SequencedMap<String, Tensor> each : List.of(parameters, adams)) {
        Scopes.run(() -> {
          Tensor loss = Tensors.zeros();
          for (Tensor p : each.values()) {
            loss = loss.add(Ops.mul(p.sin().sum(), 1000));
          }
          loss.backward();
        });
      }
      muon.step(0.1);
      adam.step(0.1);
      for (String name : List.of("embed.weight", "blocks.0.norm.bias")) {
        assertThat(values(parameters, name)).isEqualTo(values(adams, name));
      }
      Tensor kernel = TinyRun.get(parameters, "blocks.0.conv.weight");
      double before = 1 - 0.1 * 0.5;
      Scopes.run(() -> {
        double moved = Ops.add(kernel, -before).square().sum().sqrt().item_double();
        // All elements move alike: one singular value of about 1, times 0.2 sqrt(18) lr.
        assertThat(moved).isCloseTo(0.1 * 0.2 * Math.sqrt(18), within(0.03));
      });
      assertThat(muon.state().keySet())
          .contains("momentum.blocks.0.conv.weight", "adamw.exp_avg.embed.weight");
    }
  }

  @Test
  void aRestoredStateGoesOnToTheBit() {
    SequencedMap<String, Tensor> one = parameters();
    SequencedMap<String, Tensor> two = parameters();
    try (Optimizer first = OPTIONS.over(one);
        Optimizer second = OPTIONS.over(two)) {
      for (int i = 0; i < 3; i++) {
        if (i == 2) {
          second.restore("state", first.state());
          one.forEach((name, p) -> NamedTensors.copy(p, TinyRun.get(two, name)));
        }
        for (SequencedMap<String, Tensor> each : i == 2 ? List.of(one, two) : List.of(one)) {
          Scopes.run(() -> {
            Tensor loss = Tensors.zeros();
            for (Tensor p : each.values()) {
              Autograd.clear(p);
              loss = loss.add(p.cos().square().sum());
            }
            loss.backward();
          });
        }
        first.step(0.01);
        second.step(i == 2 ? 0.01 : 0);
      }
      one.keySet().forEach(name -> assertThat(values(one, name)).isEqualTo(values(two, name)));
      assertThatThrownBy(() -> first.restore("x.safetensors", Map.of()))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("x.safetensors");
    }
  }

  private static float[] values(SequencedMap<String, Tensor> parameters, String name) {
    return Tensors.toFloats(TinyRun.get(parameters, name).detach());
  }

  private static SequencedMap<String, Tensor> parameters() {
    SequencedMap<String, Tensor> parameters = new LinkedHashMap<>();
    parameters.put("embed.weight", Scopes.keep(Tensors.full(1, 4, 4)).set_requires_grad(true));
    parameters.put(
        "blocks.0.conv.weight", Scopes.keep(Tensors.full(1, 3, 2, 3, 3)).set_requires_grad(true));
    parameters.put("blocks.0.norm.bias", Scopes.keep(Tensors.full(1, 4)).set_requires_grad(true));
    return parameters;
  }
}
