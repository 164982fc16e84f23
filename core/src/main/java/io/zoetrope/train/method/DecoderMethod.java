package io.zoetrope.train.method;

import io.zoetrope.checkpoint.Component;
import io.zoetrope.checkpoint.WeightSet;
import io.zoetrope.data.ClipDataset;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.eval.features.ClassifierFeatures;
import io.zoetrope.media.Frame;
import io.zoetrope.media.Video;
import io.zoetrope.network.classifier.VideoClassifier;
import io.zoetrope.network.critic.PatchCritic;
import io.zoetrope.network.vae.Autoencoder;
import io.zoetrope.network.vae.AutoencoderConfig;
import io.zoetrope.network.vae.OverTime;
import io.zoetrope.nn.ParameterStore;
import io.zoetrope.pipeline.family.Autoencoders;
import io.zoetrope.record.Default;
import io.zoetrope.record.Limits;
import io.zoetrope.torch.Precision;
import io.zoetrope.train.Learning;
import io.zoetrope.train.Pass;
import io.zoetrope.train.Player;
import io.zoetrope.train.TrainedPart;
import io.zoetrope.train.latents.TrainedAutoencoder;
import io.zoetrope.train.objective.DecoderObjective;
import io.zoetrope.train.recipe.Recipe;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SequencedMap;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Gives the decoder of a picture's autoencoder layers over time and trains these alone, on clips,
 * so that it takes out what trembles from frame to frame. Latents stay what they are: the result
 * goes behind every model that has been trained on them (docs/methods/decoder-finetune.md).
 *
 * @param autoencoder a run's folder, or a model's directory; one that has been trained so already
 *     is trained on
 * @param l1 weight of the mean absolute error
 * @param gradient weight of the same of neighbouring pixels' differences
 * @param motion weight of the same of neighbouring frames' differences
 * @param features weight of what a classifier sees of the error
 * @param classifier which
 * @param noise deviation of noise on latents, as samplers leave it; latents have about unit
 *     variance
 * @param adversary who tells what was made; empty for nobody
 */
record DecoderMethod(
    Path autoencoder,
    @Default("1.0") double l1,
    @Default("0.5") double gradient,
    @Default("0.0") double motion,
    @Default("0.0") double features,
    Optional<Path> classifier,
    @Default("0.0") double noise,
    Optional<Adversary> adversary)
    implements Method {
  private static final String CRITIC = "critic";

  /**
   * A discriminator of patches of video.
   *
   * @param factor its share beside the reconstruction, where both pull at the last layer alike
   * @param from the first step in which it counts and learns
   * @param width channels of its first layer
   * @param rate factor of the recipe's learning rate
   */
  record Adversary(
      @Default("0.1") double factor,
      @Default("300") int from,
      @Default("32") int width,
      @Default("1.0") double rate) {
    Adversary {
      Limits.USUAL.real("factor", 1e-6, 100, factor);
      Limits.USUAL.whole("from", 0, Integer.MAX_VALUE, from);
      Limits.USUAL.whole("width", 4, 1024, width);
      Limits.USUAL.real("rate", 1e-6, 1000, rate);
      if (width % 4 != 0) {
        throw new UserError(Fault.INVALID, "width must be a multiple of 4, is " + width);
      }
    }
  }

  DecoderMethod {
    Limits.USUAL.notNegative("l1", l1);
    Limits.USUAL.notNegative("gradient", gradient);
    Limits.USUAL.notNegative("motion", motion);
    Limits.USUAL.notNegative("features", features);
    Limits.USUAL.real("noise", 0, 10, noise);
    if (l1 == 0) {
      throw new UserError(Fault.INVALID, "l1 must be above 0: nothing else holds colours");
    }
    if (features > 0 != classifier.isPresent()) {
      throw new UserError(
          Fault.INVALID,
          features > 0
              ? "features need a classifier: name the folder of one"
              : "a classifier is for features, whose weight is 0");
    }
  }

  @Override
  public Prepared prepare(Setting setting) {
    Recipe<?> recipe = setting.recipe();
    ClipDataset data = setting.data();
    Component folder = TrainedAutoencoder.component(autoencoder);
    AutoencoderConfig base = Autoencoders.read(folder);
    OverTime over =
        base.overTime()
            .orElseThrow(() ->
                new UserError(
                    Fault.UNSUPPORTED,
                    "the autoencoder of %s is given no layers over time: it has them, or decodes nothing"
                        .formatted(autoencoder)));
    requireClips(data, over.config());
    ParameterStore store = store(setting, folder, over);
    Autoencoder made = over.config().build(store.root());
    store.trainable(over.isNew());
    Optional<Critic> critic = adversary.map(block -> Critic.of(setting, block));
    Optional<DecoderObjective.Adversary> against =
        adversary.map(
            a -> new DecoderObjective.Adversary(critic.orElseThrow().network, a.factor, a.from));
    DecoderObjective objective =
        new DecoderObjective(
            made,
            Objects.requireNonNull(store.parameters().get(OverTime.LAST)),
            data,
            recipe.batch(),
            recipe.accumulate(),
            setting.share(),
            new DecoderObjective.Weights(l1, gradient, motion, features, noise),
            classifier.map(path -> eye(setting, path)),
            against);
    setting.own(objective::close);
    Path product = setting.folder().root().resolve("vae");
    return new Prepared(
        players(setting, store, objective, critic),
        new Product(
            product,
            ema ->
                ema.borrow(() ->
                    Component.diffusion(product)
                        .write(over.config(), store.parameters(), ScalarType.Float))));
  }

  /** The game of two, or the decoder alone. */
  private List<Player> players(
      Setting setting, ParameterStore store, DecoderObjective objective, Optional<Critic> critic) {
    Learning learning = setting.recipe().settings().learning();
    List<Player> players = new ArrayList<>();
    players.add(Player.only(store.parameters(), objective, learning));
    critic.ifPresent(c ->
        players.add(
            new Player(
                CRITIC,
                List.of(c),
                List.of(Pass.of(objective.critics())),
                new Learning(learning.optimizer(), learning.rate(), learning.clip(), 0),
                Player.Turns.EACH)));
    return players;
  }

  /** The critic and what of it learns. */
  private record Critic(PatchCritic network, SequencedMap<String, Tensor> parameters, double rate)
      implements TrainedPart {
    static Critic of(Setting setting, Adversary block) {
      ParameterStore store = setting.store(Map.of(), Precision.F32);
      PatchCritic network = new PatchCritic(store.root().at(CRITIC), block.width);
      store.trainable(parameter -> true);
      return new Critic(network, store.parameters(), block.rate);
    }

    @Override
    public String name() {
      return "";
    }
  }

  /** The weights of the picture's autoencoder, and new ones beside them. */
  private static ParameterStore store(Setting setting, Component folder, OverTime over) {
    WeightSet file = folder.open(Optional.empty());
    setting.own(file::close);
    Map<String, Tensor> weights = new LinkedHashMap<>();
    file.tensors().forEach((key, tensor) -> weights.put(over.names().apply(key), tensor));
    return setting.store(weights, Precision.F32);
  }

  private static VideoClassifier eye(Setting setting, Path folder) {
    ClassifierFeatures loaded = ClassifierFeatures.load(folder);
    setting.own(loaded::close);
    return loaded.classifier();
  }

  private static void requireClips(ClipDataset data, AutoencoderConfig config) {
    Video first = data.get(0).video();
    if (first.frames().size() < 2) {
      throw new UserError(
          Fault.MISMATCH,
          "layers over time learn nothing from single frames",
          "let data.frames be 2 or more");
    }
    int space = config.grid().space();
    Frame frame = first.frames().getFirst();
    if (frame.width() % space != 0 || frame.height() % space != 0) {
      throw new UserError(
          Fault.MISMATCH,
          "clips of %sx%s are no multiples of the %s pixels of a latent"
              .formatted(frame.width(), frame.height(), space));
    }
  }
}
