package io.zoetrope.train.run;

import io.zoetrope.checkpoint.Component;
import io.zoetrope.checkpoint.safetensors.Safetensors;
import io.zoetrope.checkpoint.safetensors.SafetensorsFile;
import io.zoetrope.data.ClipDataset;
import io.zoetrope.media.FrameTensors;
import io.zoetrope.network.vae.Autoencoder;
import io.zoetrope.network.vae.AutoencoderConfig;
import io.zoetrope.network.vae.CompactAutoencoder;
import io.zoetrope.network.vae.CompactConfig;
import io.zoetrope.network.vae.Pixels;
import io.zoetrope.nn.ParameterStore;
import io.zoetrope.torch.Fault;
import io.zoetrope.torch.Ops;
import io.zoetrope.torch.Precision;
import io.zoetrope.torch.RandomStreams;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import io.zoetrope.torch.UserError;
import io.zoetrope.train.RunFolder;
import io.zoetrope.train.Trainer;
import io.zoetrope.train.TrainingListener;
import io.zoetrope.train.objective.AutoencoderObjective;
import io.zoetrope.train.recipe.ObjectiveBlock;
import io.zoetrope.train.recipe.Recipe;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** Trains an autoencoder, then measures its latents so that they can be normalised. */
final class AutoencoderRun {
  /** Clips that latents are measured on. */
  private static final int MEASURED = 256;

  private AutoencoderRun() {}

  static TrainingRun.Outcome run(
      Recipe recipe,
      ObjectiveBlock.Autoencoder block,
      RunFolder folder,
      TrainingListener listener) {
    CompactConfig config = CompactConfig.size(block.network());
    ClipDataset data = TrainingRun.data(recipe.data());
    Weights init = block.init().map(path -> Weights.of(weightsOf(path))).orElseGet(Weights::none);
    ParameterStore store =
        ParameterStore.forTraining(
            init.tensors(), new RandomStreams(recipe.seed()).child("init"), precision(recipe));
    CompactAutoencoder autoencoder = new CompactAutoencoder(config, store.root());
    store.trainable(name -> !name.startsWith("latent_"));
    Trainer.Result result;
    Path product = folder.root().resolve("vae");
    try (init;
        store;
        AutoencoderObjective objective =
            new AutoencoderObjective(
                autoencoder,
                data,
                recipe.batch(),
                recipe.accumulate(),
                block.l1(),
                block.mse(),
                block.gradient(),
                block.kl());
        Trainer trainer = new Trainer(store.parameters(), objective, recipe.settings(), folder)) {
      result = trainer.run(listener);
      if (!result.cancelled()) {
        trainer
            .ema()
            .borrow(() -> {
              measure(autoencoder, data);
              Component.diffusion(product).write(config, store.parameters(), ScalarType.Float);
            });
      }
    }
    return new TrainingRun.Outcome(result, product);
  }

  /** A finished autoencoder, in f32, from a run folder or a model directory. */
  static Loaded load(Path path) {
    Component component = Component.diffusion(componentOf(path));
    if (component.className().equals(Pixels.KIND)) {
      return Loaded.pixels();
    }
    CompactConfig config = component.config(CompactConfig.class);
    SafetensorsFile file = Safetensors.open(component.weights());
    ParameterStore store = ParameterStore.forInference(file.tensors(), Precision.F32);
    CompactAutoencoder autoencoder = new CompactAutoencoder(config, store.root());
    store.requireComplete(component.weights().toString());
    return new Loaded(autoencoder, config, store, Optional.of(file));
  }

  /** An autoencoder and what must outlive it. */
  record Loaded(
      Autoencoder autoencoder,
      AutoencoderConfig config,
      ParameterStore store,
      Optional<SafetensorsFile> file)
      implements AutoCloseable {
    /** None: pixels are learned as they are. */
    static Loaded pixels() {
      return new Loaded(
          Pixels.INSTANCE, Pixels.INSTANCE, ParameterStore.blueprint(), Optional.empty());
    }

    @Override
    public void close() {
      store.close();
      file.ifPresent(SafetensorsFile::close);
    }
  }

  private static Path componentOf(Path path) {
    Path within = path.resolve("vae");
    Path folder = Files.isDirectory(within) ? within : path;
    if (!Files.isRegularFile(folder.resolve("config.json"))) {
      throw new UserError(
          Fault.NOT_FOUND,
          "no finished autoencoder in " + path,
          "train one first, or name a model directory");
    }
    return folder;
  }

  private static Path weightsOf(Path path) {
    return Component.diffusion(componentOf(path)).weights();
  }

  /** Runs in f32 unless bf16 is asked for: convolutions over few channels are faster so. */
  private static Precision precision(Recipe recipe) {
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
