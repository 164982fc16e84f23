package io.zoetrope.bench;

import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.network.Work;
import io.zoetrope.network.dit.DitConfig;
import io.zoetrope.torch.Finite;
import io.zoetrope.torch.Precision;
import io.zoetrope.torch.Scopes;
import org.bytedeco.pytorch.Tensor;

/** What it costs to look at each step's end whether latents are finite numbers. */
final class FiniteCheck {
  private FiniteCheck() {}

  static Table run(double budget) {
    Table table =
        new Table(
            "finite",
            "A sampling step with a look at whether its latents are finite against one without",
            "size",
            "pairs",
            "median ratio",
            "95 % from",
            "to");
    DitConfig config = DitConfig.size("toybox");
    Work.Input in = new Work.Input(1, FrameLevels.FRAMES, 8, 8, 24);
    try (Networks networks = new Networks(config, Precision.F32)) {
      PairedRatio ratio =
          Scopes.value(() -> {
            Conditioning text = Networks.text(config, in);
            Tensor z = Networks.latents(config, in);
            Runnable step =
                FrameLevels.step(
                    "flow-euler",
                    FrameLevels.guided(networks, text),
                    text,
                    z,
                    FrameLevels.same(0.5),
                    FrameLevels.same(0.46));
            Runnable looked =
                () -> {
                  step.run();
                  Finite.require(z, "the latents");
                };
            double pair = Timing.once(looked) + Timing.once(step);
            return PairedRatio.of((int) Math.clamp(budget / pair, 21, 500), looked, step);
          });
      table.row("toybox", ratio.pairs(), ratio.median(), ratio.low(), ratio.high());
    }
    return table;
  }
}
