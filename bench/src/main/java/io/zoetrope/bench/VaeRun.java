package io.zoetrope.bench;

import io.zoetrope.checkpoint.safetensors.Safetensors;
import io.zoetrope.checkpoint.safetensors.SafetensorsFile;
import io.zoetrope.network.vae.Autoencoder;
import io.zoetrope.network.vae.Stretches;
import io.zoetrope.pipeline.family.Autoencoders;
import io.zoetrope.progress.Progress;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * A video autoencoder decodes latents: seconds and the most memory. {@code
 * reference/compare_wan_vae.py} holds these, and the frames, against the reference's.
 */
final class VaeRun {
  static final List<String> OPTIONS =
      List.of("--model", "--latents", "--threads", "--clock", "--json");

  private VaeRun() {}

  /**
   * @param arguments {@code --model}: folder of the autoencoder, or a file of TAEHV; {@code
   *     --latents}: a file with normalised {@code latents} [1, C, L, h, w], and {@code decoded} by
   *     the reference
   */
  static Table run(Arguments arguments) {
    int threads = arguments.whole("--threads", 0, 0);
    if (threads > 0) {
      torch.set_num_threads(threads);
    }
    if (arguments.word("--clock").equals(Optional.of("cpu"))) {
      Clock.useProcessorTime();
    }
    Path folder = arguments.required("--model");
    Table table = new Table("vae", "%s, %s".formatted(folder, Clock.describe()), "part", "value");
    try (Autoencoders.Opened opened = Autoencoders.open(folder);
        SafetensorsFile given = Safetensors.open(arguments.required("--latents"))) {
      Autoencoder vae = opened.autoencoder();
      Scopes.run(() -> {
        Tensor z = given.tensor("latents");
        List<Tensor> frames = new ArrayList<>();
        double begin = Clock.seconds();
        new Stretches(vae).decode(z, x -> frames.add(Scopes.keep(x.clone())), Progress.NONE);
        table.row("decode_s", Clock.seconds() - begin);
        table.row("peak_rss_mb", Machine.peakMegabytes());
        Tensor expected = given.tensor("decoded");
        Tensor made = Tensors.cat(frames, 2);
        double error =
            made.sub(expected).abs().max().item_double() / expected.abs().max().item_double();
        table.row("largest_difference", error);
      });
    }
    return table;
  }
}
