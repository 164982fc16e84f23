package io.zoetrope.network.unet;

import io.zoetrope.nn.Conv2d;
import io.zoetrope.nn.Init;
import io.zoetrope.nn.Parameters;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** What a control is shown, as features of the size of latents: convolutions with SiLU between. */
record HintEncoder(List<Conv2d> convolutions) {
  static HintEncoder of(ControlNetConfig.Hint hint, Parameters p, int width) {
    return switch (hint) {
      case ControlNetConfig.Hint.Latents latents ->
          new HintEncoder(List.of(Conv2d.of(p, latents.channels(), width, 3, 1, Init.ZEROS)));
      case ControlNetConfig.Hint.Pictures pictures -> {
        List<Conv2d> all = new ArrayList<>();
        List<Integer> widths = pictures.widths();
        all.add(
            Conv2d.of(
                p.at("conv_in"), pictures.channels(), widths.getFirst(), 3, 1, Init.fanIn(1)));
        for (int i = 0; i + 1 < widths.size(); i++) {
          int in = widths.get(i);
          int out = widths.get(i + 1);
          all.add(Conv2d.of(p.at("blocks").at(2 * i), in, in, 3, 1, Init.fanIn(1)));
          all.add(Conv2d.of(p.at("blocks").at(2 * i + 1), in, out, 3, 2, Init.fanIn(1)));
        }
        all.add(Conv2d.of(p.at("conv_out"), widths.getLast(), width, 3, 1, Init.ZEROS));
        yield new HintEncoder(all);
      }
    };
  }

  Tensor forward(Tensor x_MCHW) {
    Tensor h = convolutions.getFirst().forward(x_MCHW);
    for (Conv2d next : convolutions.subList(1, convolutions.size())) {
      h = next.forward(torch.silu(h));
    }
    return h;
  }
}
