package io.zoetrope.train.part;

import io.zoetrope.checkpoint.Provenance;
import io.zoetrope.checkpoint.safetensors.Safetensors;
import io.zoetrope.data.ClipDataset;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.network.VideoNetwork;
import io.zoetrope.network.unet.ControlledUNet;
import io.zoetrope.network.unet.PictureAdapter;
import io.zoetrope.network.unet.UNetConfig;
import io.zoetrope.network.vision.PictureProjection;
import io.zoetrope.nn.ParameterStore;
import io.zoetrope.pipeline.family.Role;
import io.zoetrope.pipeline.model.VideoModel;
import io.zoetrope.torch.RandomStreams;
import io.zoetrope.train.footage.Showing;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import org.bytedeco.pytorch.Tensor;

/**
 * Pictures beside the text (Ye et al., "IP-Adapter", 2023): what makes tokens of an encoded
 * picture, and keys and values of these in each layer that reads texts, which begin as copies of
 * the text's.
 */
final class TokensPart extends NetworkPart {
  /** Tokens of the plain kind, wherever it is read. */
  private static final int USUAL = 4;

  private final PartBlock.Tokens block;
  private final PictureSight sight;
  private final PictureAdapter adapter;
  private final Function<Tensor, Tensor> projection;
  private final long numbers;

  private TokensPart(
      PartBlock.Tokens block,
      ParameterStore store,
      PictureSight sight,
      PictureAdapter adapter,
      Function<Tensor, Tensor> projection) {
    super(block, store);
    this.block = block;
    this.sight = sight;
    this.adapter = adapter;
    this.projection = projection;
    this.numbers = store.count();
  }

  static TokensPart of(PartBlock.Tokens block, VideoModel base, RandomStreams random) {
    UNetConfig unet = ControlledUNet.of(base.network()).config();
    if (unet.textWidth() == 0) {
      throw new UserError(Fault.MISMATCH, "the base reads no text, beside which pictures stand");
    }
    ParameterStore own = base.weights(Role.DENOISER).orElseThrow();
    Map<String, Tensor> copies = new HashMap<>();
    PictureAdapter.origins(unet)
        .forEach((name, text) ->
            copies.put(name, Objects.requireNonNull(own.parameters().get(text), text)));
    PictureSight sight = PictureSight.open(block.encoder());
    ParameterStore store = ParameterStore.forTraining(copies, random, own.precision());
    try {
      Map<String, long[]> shapes = new HashMap<>();
      long width = unet.textWidth();
      shapes.put("norm.weight", new long[] {width});
      shapes.put("proj.weight", new long[] {block.tokens() * width, sight.features()});
      return new TokensPart(
          block,
          store,
          sight,
          new PictureAdapter(unet, store.root()),
          PictureProjection.of(shapes).build(store.root().at("image_proj")));
    } catch (RuntimeException e) {
      sight.close();
      store.close();
      throw e;
    }
  }

  @Override
  public VideoNetwork beside(VideoNetwork network) {
    return ControlledUNet.of(network).with(new ControlledUNet.Pictures(adapter, scale()));
  }

  @Override
  public Optional<Showing> showing(ClipDataset clips) {
    return Optional.of(
        sight.showing(
            clips,
            projection,
            new PictureSight.Odds(block.dropPicture(), block.dropText(), block.dropBoth())));
  }

  @Override
  public String line() {
    String others = block.tokens() == USUAL ? "" : "; other programs read those of 4 tokens alone";
    return "%s: %s numbers learn, by which pictures become %s tokens; keys and values begin as the"
            .formatted(name(), numbers, block.tokens())
        + " text's, so only at scale 0 is the start the base"
        + others;
  }

  @Override
  public double rate() {
    return block.rate();
  }

  @Override
  public List<Path> files(Path folder) {
    return List.of(folder.resolve(block.name() + ".safetensors"));
  }

  @Override
  public void write(Path folder, Map<String, Tensor> values, Provenance origin) {
    Safetensors.write(files(folder).getFirst(), learned(values), header(origin, "tokens"));
  }

  @Override
  public void close() {
    super.close();
    sight.close();
  }
}
