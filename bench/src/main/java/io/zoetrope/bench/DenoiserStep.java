package io.zoetrope.bench;

import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.network.Work;
import io.zoetrope.network.dit.DitConfig;
import io.zoetrope.torch.Precision;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.bytedeco.pytorch.Tensor;

/** One forward pass of the denoiser: how much of the machine it uses, and in which format. */
final class DenoiserStep {
  private static final int WORDS = 24;

  private DenoiserStep() {}

  /** The named sizes on a clip of 16 frames of 128x128 pixels, prompt and negative prompt. */
  static Table sizes(double budget) {
    Table table =
        new Table(
            "step",
            "One denoiser pass, guided (2 clips of 16 frames, latents of 8x8; wide: 16x16)",
            "size",
            "format",
            "params M",
            "GFLOP",
            "attention",
            "runs",
            "median ms",
            "best ms",
            "GFLOP/s",
            "of GEMM");
    GemmRate.Roof roof = GemmRate.roof();
    for (String size : List.of("toybox", "small", "base", "toybox wide")) {
      DitConfig config = DitConfig.size(size.split(" ", -1)[0]);
      int side = size.endsWith("wide") ? 16 : 8;
      Work.Input in = new Work.Input(2, 16, side, side, WORDS);
      Work flops = config.work(in).orElseThrow();
      for (Precision precision : List.of(Precision.F32, Precision.BF16)) {
        try (Networks networks = new Networks(config, precision)) {
          Timing timing = time(networks, config, in, budget / 8);
          double rate = flops.total() / timing.best();
          table.row(
              size,
              precision.name().toLowerCase(Locale.ROOT),
              networks.parameters() / 1e6,
              flops.total() / 1e9,
              flops.attention() / flops.total(),
              timing.runs(),
              timing.median() * 1e3,
              timing.best() * 1e3,
              rate / 1e9,
              rate / roof.of(precision));
        }
      }
    }
    table.note(roof + " (best of 1024 and 2048). Rates are those of the best run.");
    return table;
  }

  /** From which width on bf16 is the faster format, at two numbers of tokens. */
  static Table widths(double budget) {
    Table table =
        new Table(
            "width",
            "bf16 against f32 by width (2 blocks, guided, 16 frames), medians of pairs in turn",
            "width",
            "8x8: f32 / bf16",
            "95 % from",
            "to",
            "16x16: f32 / bf16",
            "95 % from",
            "to");
    List<Integer> widths = List.of(128, 192, 256, 320, 384, 512, 640, 768, 1024);
    for (int width : widths) {
      List<Object> row = new ArrayList<>();
      row.add(width);
      for (int side : List.of(8, 16)) {
        DitConfig config = new DitConfig(8, 2, width, 2, width / 32, width, true, true);
        Work.Input in = new Work.Input(2, 16, side, side, WORDS);
        PairedRatio ratio = compare(config, in, budget / widths.size() / 2);
        row.addAll(List.of(ratio.median(), ratio.low(), ratio.high()));
      }
      table.row(row.toArray());
    }
    table.note("Above 1 bf16 is the faster one.");
    return table;
  }

  private static PairedRatio compare(DitConfig config, Work.Input in, double budget) {
    try (Networks f32 = new Networks(config, Precision.F32);
        Networks bf16 = new Networks(config, Precision.BF16)) {
      return Scopes.value(() -> {
        Runnable slow = pass(f32, config, in);
        Runnable fast = pass(bf16, config, in);
        double pair = Timing.once(slow) + Timing.once(fast);
        int pairs = (int) Math.clamp(budget / pair, 11, 200);
        return PairedRatio.of(pairs, slow, fast);
      });
    }
  }

  private static Timing time(Networks networks, DitConfig config, Work.Input in, double budget) {
    return Scopes.value(() -> Timing.of(5, budget, pass(networks, config, in)));
  }

  /** A forward pass over inputs that belong to the scope around. */
  private static Runnable pass(Networks networks, DitConfig config, Work.Input in) {
    Tensor z = Networks.latents(config, in);
    Tensor t_BF = Tensors.full(500, in.batch(), in.frames());
    Conditioning text = Networks.text(config, in);
    return () -> Scopes.noGrad(() -> networks.network().predict(z, t_BF, text));
  }
}
