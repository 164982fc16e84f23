package io.zoetrope.train.part;

import io.zoetrope.checkpoint.Component;
import io.zoetrope.checkpoint.Provenance;
import io.zoetrope.data.ClipDataset;
import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.media.FrameTensors;
import io.zoetrope.media.Video;
import io.zoetrope.network.VideoNetwork;
import io.zoetrope.network.unet.ControlNet;
import io.zoetrope.network.unet.ControlNetConfig;
import io.zoetrope.network.unet.ControlledUNet;
import io.zoetrope.network.unet.UNetConfig;
import io.zoetrope.nn.ParameterStore;
import io.zoetrope.pipeline.family.Role;
import io.zoetrope.pipeline.model.VideoModel;
import io.zoetrope.torch.AtomicFiles;
import io.zoetrope.torch.Ops;
import io.zoetrope.torch.RandomStreams;
import io.zoetrope.torch.Share;
import io.zoetrope.torch.Tensors;
import io.zoetrope.train.footage.ClipCut;
import io.zoetrope.train.footage.Showing;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * A ControlNet (Zhang et al., 2023): a copy of a U-Net's way down that is shown hints, joined to it
 * by convolutions of zeros, so that the network begins as it was.
 */
final class ControlPart extends NetworkPart {
  private final PartBlock.Control block;
  private final ControlNetConfig config;
  private final ControlNet network;
  private final long numbers;

  private ControlPart(
      PartBlock.Control block, ParameterStore store, ControlNetConfig config, ControlNet network) {
    super(block, store);
    this.block = block;
    this.config = config;
    this.network = network;
    this.numbers = store.count();
  }

  static ControlPart of(PartBlock.Control block, VideoModel base, RandomStreams random) {
    UNetConfig unet = ControlledUNet.of(base.network()).config();
    ControlNetConfig config = ControlNetConfig.beside(unet, block.widths());
    if (config.hint().factor() != base.grid().space()) {
      throw new UserError(
          Fault.MISMATCH,
          "%s widths halve a hint to 1/%s, and latents are 1/%s of the pixels"
              .formatted(block.widths().size(), config.hint().factor(), base.grid().space()),
          "all widths but the first halve it once");
    }
    ParameterStore own = base.weights(Role.DENOISER).orElseThrow();
    ParameterStore store = ParameterStore.forTraining(own.parameters(), random, own.precision());
    try {
      return new ControlPart(block, store, config, config.build(store.root()));
    } catch (RuntimeException e) {
      store.close();
      throw e;
    }
  }

  @Override
  public VideoNetwork beside(VideoNetwork bare) {
    return ControlledUNet.of(bare)
        .with(new ControlledUNet.Control(network, scale(), ControlNet.Strength.EVEN));
  }

  /** Hints are of the pixels of a clip, frame by frame. */
  @Override
  public Optional<Showing> showing(ClipDataset clips) {
    return Optional.of(
        new Showing() {
          @Override
          public Conditioning of(List<ClipCut> cuts, boolean nothing) {
            List<Tensor> each = cuts.stream().map(cut -> hint(clips, cut)).toList();
            return Conditioning.none().with(Conditioning.hint(0), Tensors.stack(each, 0));
          }

          @Override
          public Drawn draw(List<ClipCut> all, Share share, RandomStreams random) {
            List<ClipCut> cuts = share.of(all);
            return new Drawn(of(cuts, false), Collections.nCopies(cuts.size(), false));
          }
        });
  }

  /** [3, F, H, W], 0..1. */
  private Tensor hint(ClipDataset clips, ClipCut cut) {
    Tensor all_3FHW = Ops.mul(Ops.add(FrameTensors.toTensor(drawn(clips, cut.clip())), 1), 0.5);
    long[] frames = cut.frames().stream().mapToLong(i -> i).toArray();
    Tensor some = all_3FHW.index_select(1, Tensors.of(frames, frames.length));
    return block
        .annotator()
        .map(annotator -> annotator.hints(some.permute(1, 0, 2, 3)).permute(1, 0, 2, 3))
        .orElse(some)
        .to(ScalarType.Float);
  }

  private Video drawn(ClipDataset clips, long clip) {
    return block
        .truth()
        .map(what -> clips.truth(clip, what))
        .or(() -> block.folder().map(folder -> clips.beside(clip, folder)))
        .orElseGet(() -> clips.get(clip).video());
  }

  @Override
  public String line() {
    return "%s: a copy of the way down of %s numbers learns from '%s'; its joints are 0, so it begins"
            .formatted(name(), numbers, block.hint())
        + " as the base";
  }

  @Override
  public double rate() {
    return block.rate();
  }

  @Override
  public List<Path> files(Path folder) {
    return List.of(folder.resolve(block.name()));
  }

  @Override
  public void write(Path folder, Map<String, Tensor> values, Provenance origin) {
    Map<String, Tensor> learned = learned(values);
    AtomicFiles.folder(
        files(folder).getFirst(),
        place ->
            Component.diffusion(place)
                .write(
                    config.toDiffusers(),
                    learned,
                    ScalarType.Float,
                    header(origin.with("hint", block.hint()), "control")));
  }
}
