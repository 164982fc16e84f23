package io.zoetrope.train.method;

import io.zoetrope.checkpoint.Component;
import io.zoetrope.data.ClipDataset;
import io.zoetrope.error.UserError;
import io.zoetrope.media.FrameTensors;
import io.zoetrope.network.vae.CompactAutoencoder;
import io.zoetrope.network.vae.CompactConfig;
import io.zoetrope.nn.ParameterStore;
import io.zoetrope.record.Default;
import io.zoetrope.record.Limits;
import io.zoetrope.torch.Ops;
import io.zoetrope.torch.Precision;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import io.zoetrope.train.latents.TrainedAutoencoder;
import io.zoetrope.train.objective.AutoencoderObjective;
import io.zoetrope.train.recipe.Recipe;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Trains the picture autoencoder, then measures its latents so that they can be normalised.
 *
 * @param network name of its size
 * @param init weights to start from; those of another shape begin anew
 * @param l1 weight of the mean absolute difference
 * @param mse weight of the mean squared difference
 * @param gradient weight of the mean absolute error of neighbouring pixels' differences: keeps
 *     edges sharp
 * @param kl weight of the divergence of the latents to a standard normal
 */
public record AutoencoderMethod(
    String network,
    Optional<Path> init,
    @Default("1.0") double l1,
    @Default("0.0") double mse,
    @Default("0.0") double gradient,
    @Default("1e-6") double kl)
    implements Method {
  /** Clips that latents are measured on. */
  private static final int MEASURED = 256;

  public AutoencoderMethod {
    Limits.USUAL.notNegative("l1", l1);
    Limits.USUAL.notNegative("mse", mse);
    Limits.USUAL.notNegative("gradient", gradient);
    Limits.USUAL.notNegative("kl", kl);
    if (l1 + mse == 0) {
      throw new UserError("l1 and mse are both 0: nothing would be learned");
    }
  }

  @Override
  public Prepared prepare(Setting setting) {
    Recipe<?> recipe = setting.recipe();
    CompactConfig config = CompactConfig.size(network);
    ClipDataset data = setting.data();
    StartingWeights start =
        init.map(path -> StartingWeights.of(TrainedAutoencoder.component(path).weights()))
            .orElseGet(StartingWeights::none);
    setting.own(start);
    ParameterStore store = setting.store(fitting(start, config, setting), precision(recipe));
    CompactAutoencoder autoencoder = new CompactAutoencoder(config, store.root());
    store.trainable(name -> !name.startsWith("latent_"));
    AutoencoderObjective objective =
        new AutoencoderObjective(
            autoencoder,
            data,
            recipe.batch(),
            recipe.accumulate(),
            setting.share(),
            l1,
            mse,
            gradient,
            kl);
    setting.own(objective::close);
    Path product = setting.folder().root().resolve("vae");
    return Prepared.of(
        setting,
        store.parameters(),
        objective,
        new Product(
            product,
            ema ->
                ema.borrow(() -> {
                  measure(autoencoder, data);
                  Component.diffusion(product).write(config, store.parameters(), ScalarType.Float);
                })));
  }

  /** Weights of another shape begin anew: of an autoencoder with other latents. */
  private static Map<String, Tensor> fitting(
      StartingWeights start, CompactConfig config, Setting setting) {
    ParameterStore shapes = ParameterStore.blueprint();
    CompactAutoencoder unused = config.build(shapes.root());
    Map<String, Tensor> fit = new LinkedHashMap<>(start.tensors());
    List<String> others = new ArrayList<>();
    shapes
        .parameters()
        .forEach((name, wanted) -> {
          Tensor given = fit.get(name);
          if (given != null && !Arrays.equals(Tensors.shape(given), Tensors.shape(wanted))) {
            fit.remove(name);
            others.add(name);
          }
        });
    if (!others.isEmpty()) {
      setting
          .listener()
          .note("of another shape in init, and begun anew: " + String.join(", ", others));
    }
    return fit;
  }

  /** Runs in f32 unless bf16 is asked for: convolutions over few channels are faster so. */
  private static Precision precision(Recipe<?> recipe) {
    return recipe.precision().equals("auto") ? Precision.F32 : Precision.of(recipe.precision());
  }

  private static void measure(CompactAutoencoder autoencoder, ClipDataset data) {
    Scopes.run(() -> {
      List<Tensor> means = new ArrayList<>();
      for (int i = 0; i < Math.min(MEASURED, data.size()); i++) {
        int clip = i;
        means.add(
            Scopes.tensor(() -> {
              Tensor x = FrameTensors.toTensor(data.get(clip).video()).transpose(0, 1);
              return autoencoder.posterior(x).mean();
            }));
      }
      Tensor all = Tensors.cat(means, 0).transpose(0, 1).flatten(1, -1);
      autoencoder.setStatistics(Ops.mean(all, 1), Ops.std(all, 1));
    });
  }
}
