package io.zoetrope.elsewhere;

import io.zoetrope.checkpoint.JsonFiles;
import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.diffusion.condition.Slot;
import io.zoetrope.network.NetworkConfig;
import io.zoetrope.network.TestNetworks;
import io.zoetrope.network.VideoNetwork;
import io.zoetrope.network.dit.DitConfig;
import io.zoetrope.network.unet.ControlNet;
import io.zoetrope.network.unet.ControlNetConfig;
import io.zoetrope.network.unet.ControlledUNet;
import io.zoetrope.network.unet.DiffusersConfig;
import io.zoetrope.network.unet.Inflation;
import io.zoetrope.network.unet.UNet;
import io.zoetrope.network.unet.UNetConfig;
import io.zoetrope.network.wan.WanConfig;
import io.zoetrope.nn.Holding;
import io.zoetrope.nn.ParameterStore;
import io.zoetrope.nn.Parameters;
import io.zoetrope.pipeline.schedule.DiffusersScheduler;
import io.zoetrope.pipeline.schedule.SchedulerConfig;
import io.zoetrope.pipeline.schedule.Scheduling;
import io.zoetrope.torch.ComputeDevice;
import io.zoetrope.torch.Ops;
import io.zoetrope.torch.Precision;
import io.zoetrope.torch.RandomStreams;
import io.zoetrope.torch.Tensors;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.Tensor;
import tools.jackson.databind.JsonNode;

/**
 * A network of random weights, how it is sampled, and what it is told.
 *
 * @param make the network, its weights where a function puts them
 * @param scheduling how it is sampled
 * @param channels of its videos
 * @param conditioning beside text: hints
 */
public record Family(
    Function<UnaryOperator<Tensor>, VideoNetwork> make,
    Scheduling scheduling,
    int channels,
    int textWidth,
    Conditioning conditioning) {
  /** All families, and every way to inflate a U-Net. */
  public static final SequencedMap<String, Family> ALL = all();

  public static Family of(String name) {
    return Objects.requireNonNull(ALL.get(name), name);
  }

  private static SequencedMap<String, Family> all() {
    SequencedMap<String, Family> all = new LinkedHashMap<>();
    all.put("transformer", of(DitConfig.size("tiny"), new SchedulerConfig("flow", 2, "flow")));
    for (String recipe : Inflation.RECIPES.keySet().stream().sorted().toList()) {
      all.put(
          "unet " + recipe,
          of(
              UNetConfig.size("tiny").inflated(Inflation.of(recipe)),
              new SchedulerConfig("cosine", 1, "v")));
    }
    Scheduling flow = new SchedulerConfig("flow", 2, "flow");
    all.put("wan", of(wan("t2v"), flow));
    all.put("skyreels", of(wan("skyreels"), flow));
    Scheduling trained =
        new DiffusersScheduler(json("animatediff/model/scheduler/scheduler_config.json"));
    UNetConfig image = DiffusersConfig.unet(json("animatediff/model/unet/config.json"));
    all.put("stable-diffusion", of(image, trained));
    all.put(
        "animatediff",
        of(
            image.inflated(
                Inflation.motion(
                    DiffusersConfig.adapter(
                        json("animatediff/model/motion_adapter/config.json"), image))),
            trained));
    all.put("modelscope", of(DiffusersConfig.unet(json("unet3d/mixed/config.json")), trained));
    for (String name : List.of("canny", "sparse", "latent")) {
      all.put(
          "control " + name,
          controlled(
              DiffusersConfig.unet(json("control/canny/image/config.json")),
              DiffusersConfig.control(json("control/" + name + "/config.json")),
              trained));
    }
    return all;
  }

  private static WanConfig wan(String name) {
    return JsonFiles.read(resource("wan/" + name).resolve("config.json"), WanConfig.class);
  }

  private static Family of(NetworkConfig config, Scheduling scheduling) {
    Map<String, Tensor> weights = TestNetworks.weights(config);
    return new Family(
        place -> config.build(store(weights, place)),
        scheduling,
        config.gives(),
        config.textWidth(),
        Conditioning.none());
  }

  private static Family controlled(
      UNetConfig image, ControlNetConfig control, Scheduling scheduling) {
    Map<String, Tensor> weights = TestNetworks.weights(image);
    Map<String, Tensor> own = weights(control::build);
    long channels = control.hint() instanceof ControlNetConfig.Hint.Pictures ? 3 : image.takes();
    return new Family(
        place ->
            new ControlledUNet(
                (UNet) image.build(store(weights, place)),
                List.of(
                    new ControlledUNet.Control(
                        control.build(store(own, place)), 0.7, ControlNet.Strength.EVEN))),
        scheduling,
        image.takes(),
        image.textWidth(),
        hints(control, channels, 8L * control.hint().factor()));
  }

  private static Conditioning hints(ControlNetConfig control, long channels, long side) {
    Tensor shown = TestNetworks.normal("hint", 1, channels, Scene.FRAMES, side, side);
    Conditioning all = Conditioning.none().with(Conditioning.hint(0), shown);
    return control.masked()
        ? all.with(Conditioning.hintMask(0), Tensors.full(1, 1, 1, Scene.FRAMES, side, side))
        : all;
  }

  /** This family's part of what is said, where a function puts it. */
  public Conditioning shown(UnaryOperator<Tensor> place) {
    Conditioning placed = conditioning;
    for (Slot<Tensor> slot : List.of(Conditioning.hint(0), Conditioning.hintMask(0))) {
      Optional<Tensor> value = conditioning.get(slot);
      if (value.isPresent()) {
        placed = placed.with(slot, place.apply(value.get()));
      }
    }
    return placed;
  }

  /** Random weights of something built on parameters. */
  static Map<String, Tensor> weights(Function<Parameters, ?> build) {
    ParameterStore store =
        ParameterStore.forTraining(Map.of(), new RandomStreams(1), Precision.F32);
    Object unused = build.apply(store.root());
    Map<String, Tensor> weights = new LinkedHashMap<>();
    store
        .parameters()
        .forEach((name, p) ->
            weights.put(name, p.add(Ops.mul(TestNetworks.normal(name, Tensors.shape(p)), 0.1))));
    return weights;
  }

  /** Weights where a function puts tensors. */
  static Parameters store(Map<String, Tensor> weights, UnaryOperator<Tensor> place) {
    return ParameterStore.of(weights, Holding.mapped(Precision.F32).on(device(place))).root();
  }

  /** The device to which a function takes tensors. */
  @SuppressWarnings("ReferenceEquality") // on the CPU they stay what they are
  static ComputeDevice device(UnaryOperator<Tensor> place) {
    Tensor probe = Tensors.zeros(1);
    return place.apply(probe) == probe ? ComputeDevice.CPU : ComputeDevice.META;
  }

  static Path resource(String name) {
    try {
      return Path.of(
          Objects.requireNonNull(Family.class.getResource("/reference/" + name), name).toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  static JsonNode json(String name) {
    return JsonFiles.read(resource(name), JsonNode.class);
  }
}
