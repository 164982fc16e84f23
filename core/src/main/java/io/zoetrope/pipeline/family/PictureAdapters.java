package io.zoetrope.pipeline.family;

import io.zoetrope.checkpoint.Component;
import io.zoetrope.checkpoint.WeightSet;
import io.zoetrope.checkpoint.WeightSource;
import io.zoetrope.error.Fault;
import io.zoetrope.error.Mend;
import io.zoetrope.error.UserError;
import io.zoetrope.network.NetworkConfig;
import io.zoetrope.network.unet.PictureAdapter;
import io.zoetrope.network.unet.UNetConfig;
import io.zoetrope.network.vision.ClipVisionConfig;
import io.zoetrope.network.vision.ClipVisionModel;
import io.zoetrope.network.vision.PictureProjection;
import io.zoetrope.network.vision.PictureReader;
import io.zoetrope.nn.Footprint;
import io.zoetrope.nn.Holding;
import io.zoetrope.torch.AtomicFiles;
import io.zoetrope.torch.Tensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;
import tools.jackson.databind.JsonNode;

/** IP-Adapters beside a U-Net: what reads pictures, and how its layers look at them. */
final class PictureAdapters {
  private static final String ENCODER = "image_encoder";
  private static final String PROJECTION = "image_proj.";
  private static final String LAYERS = "ip_adapter.";

  /** What programs that train put in front. */
  private static final Pattern NESTED =
      Pattern.compile("^(?:module\\.)?(?:(image_proj)(?:_model)?|(ip_adapter)|adapter_modules)\\.");

  /** Files that a folder may have several of: the one that is meant by the folder. */
  private static final List<String> USUAL =
      List.of("ip-adapter_sd15.safetensors", "models/ip-adapter_sd15.safetensors");

  private PictureAdapters() {}

  /**
   * The parts of a choice; none if it has no adapter.
   *
   * @param reading how the part that reads pictures is held
   * @throws UserError if a file is missing or damaged, or is for another network or encoder
   */
  static List<Part<?>> parts(
      ModelFiles files,
      ModelChoice choice,
      NetworkConfig network,
      Holding holding,
      Holding reading) {
    return choice
        .pictures()
        .map(pictures -> parts(files, pictures, network, holding, reading))
        .orElse(List.of());
  }

  private static List<Part<?>> parts(
      ModelFiles files,
      PictureChoice choice,
      NetworkConfig network,
      Holding holding,
      Holding reading) {
    if (!(network instanceof UNetConfig unet)) {
      throw new UserError(
          Fault.MISMATCH,
          "an IP-Adapter stands beside a U-Net of Stable Diffusion; this model has none");
    }
    Path file = file(choice.adapter());
    WeightSet opened = WeightSet.open(file);
    Map<String, Tensor> all = renamed(files.keep(opened, opened::close).tensors());
    Map<String, Tensor> layers = of(LAYERS, all);
    Component encoder = encoder(files, choice, file);
    PictureProjection projection;
    ClipVisionConfig config;
    try {
      projection = PictureProjection.of(shapes(of(PROJECTION, all)));
      requireFit(layers, unet);
      config = config(encoder);
      projection.requireReads(config);
    } catch (UserError e) {
      throw e.reason().startsWith(encoder.folder().toString()) ? e : e.at(file);
    }
    ClipVisionConfig seen = config;
    Part<PictureReader> reader =
        new Part<>(
            Role.PICTURES,
            ENCODER,
            List.of(
                files.place(ENCODER, encoder, Optional.empty(), ClipVisionModel::name),
                place(file, of(PROJECTION, all))),
            reading,
            clip -> new Footprint(1, 0),
            p -> PictureReader.projecting(seen, projection, p));
    Part<PictureAdapter> adapter =
        new Part<>(
            Role.PICTURE_ADAPTER,
            "ip_adapter",
            List.of(place(file, layers)),
            holding,
            clip -> new Footprint(1, 0),
            p -> new PictureAdapter(unet, p));
    return List.of(reader, adapter);
  }

  private static Place place(Path file, Map<String, Tensor> tensors) {
    return new Place(
        () -> WeightSource.of("ip_adapter", file.toString(), tensors), UnaryOperator.identity());
  }

  private static Map<String, Tensor> renamed(Map<String, Tensor> tensors) {
    Map<String, Tensor> named = new LinkedHashMap<>();
    tensors.forEach((name, tensor) ->
        named.put(
            NESTED
                .matcher(name)
                .replaceFirst(match -> match.group(1) != null ? PROJECTION : LAYERS),
            tensor));
    return named;
  }

  private static Map<String, Tensor> of(String prefix, Map<String, Tensor> all) {
    Map<String, Tensor> some = new LinkedHashMap<>(all);
    some.keySet().removeIf(name -> !name.startsWith(prefix));
    return some;
  }

  private static Map<String, long[]> shapes(Map<String, Tensor> projection) {
    Map<String, long[]> shapes = new LinkedHashMap<>();
    projection.forEach(
        (name, tensor) -> shapes.put(name.substring(PROJECTION.length()), Tensors.shape(tensor)));
    return shapes;
  }

  private static void requireFit(Map<String, Tensor> layers, UNetConfig unet) {
    Tensor first = layers.get(LAYERS + "1.to_k_ip.weight");
    if (first == null || first.dim() != 2) {
      throw new UserError(
          Fault.DAMAGED, "it holds no ip_adapter weights: it is no IP-Adapter, or not whole");
    }
    long count = layers.keySet().stream().filter(name -> name.endsWith(".to_k_ip.weight")).count();
    if (first.size(1) != unet.textWidth() || count != PictureAdapter.layers(unet)) {
      throw new UserError(
          Fault.MISMATCH,
          "it is for a network that reads text of %s features in %s layers%s; the model's reads %s in %s"
              .formatted(
                  first.size(1),
                  count,
                  first.size(1) == 2048 ? ", as Stable Diffusion XL" : "",
                  unet.textWidth(),
                  PictureAdapter.layers(unet)));
    }
  }

  private static Component encoder(ModelFiles files, PictureChoice choice, Path file) {
    List<Path> places =
        choice
            .encoder()
            .map(List::of)
            .orElseGet(() ->
                Stream.of(
                        file.toAbsolutePath().resolveSibling(ENCODER),
                        files.model().resolve(ENCODER))
                    .toList());
    return places.stream()
        .map(Component::encoder)
        .filter(Component::exists)
        .findFirst()
        .orElseThrow(() ->
            new UserError(
                Fault.NOT_FOUND,
                choice.encoder().isPresent()
                    ? "there is no config.json of an image encoder in %s"
                        .formatted(places.getFirst())
                    : "%s has no folder %s with the encoder of pictures beside it"
                        .formatted(file, ENCODER),
                Mend.of("name that of ViT-H/14 as ").and(Mend.Knob.IMAGE_ENCODER)));
  }

  private static ClipVisionConfig config(Component encoder) {
    String kind =
        encoder
            .config(JsonNode.class)
            .path("architectures")
            .path(0)
            .asString("no encoder of pictures");
    if (!kind.equals(ClipVisionConfig.KIND)) {
      throw new UserError(
          Fault.UNSUPPORTED,
          "%s: '%s' is no image encoder that is known; %s is"
              .formatted(encoder.folder(), kind, ClipVisionConfig.KIND));
    }
    return encoder.config(ClipVisionConfig.class);
  }

  /** The file of a choice, which may name its folder. */
  private static Path file(Path choice) {
    if (!Files.exists(choice)) {
      throw new UserError(Fault.NOT_FOUND, "there is no IP-Adapter %s".formatted(choice));
    }
    if (!Files.isDirectory(choice)) {
      return choice;
    }
    try (Stream<Path> list = Files.list(choice)) {
      List<Path> found = list.filter(f -> f.toString().endsWith(".safetensors")).sorted().toList();
      if (found.size() == 1) {
        return found.getFirst();
      }
      return USUAL.stream()
          .map(choice::resolve)
          .filter(Files::isRegularFile)
          .findFirst()
          .orElseThrow(() ->
              new UserError(
                  Fault.INVALID,
                  "folder %s has %s safetensors files".formatted(choice, found.size()),
                  "name the IP-Adapter's own"));
    } catch (IOException e) {
      throw AtomicFiles.cannot("look into", choice, e);
    }
  }
}
