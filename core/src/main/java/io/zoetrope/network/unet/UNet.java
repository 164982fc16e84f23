package io.zoetrope.network.unet;

import static io.zoetrope.torch.Rearrange.rearrange;

import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.network.VideoNetwork;
import io.zoetrope.nn.FrameConv;
import io.zoetrope.nn.GroupNorm;
import io.zoetrope.nn.Init;
import io.zoetrope.nn.Parameters;
import io.zoetrope.torch.Ops;
import io.zoetrope.torch.Segments;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * The U-Net of latent diffusion (Ho et al., "DDPM", 2020; Rombach et al., 2022), one frame like
 * another, and between its layers those that look across frames, as its {@link Inflation} says.
 * Every frame has its own noise level, which reaches it through the residual blocks.
 */
public final class UNet implements VideoNetwork {
  private final UNetConfig config;
  private final Encoder encoder;
  private final List<Stage> up = new ArrayList<>();
  private final GroupNorm norm;
  private final ImageConv out;

  public UNet(UNetConfig config, Parameters p) {
    this.config = config;
    encoder = new Encoder(config, p);
    List<Integer> widths = config.widths();
    Deque<Integer> kept = new ArrayDeque<>(encoder.widths());
    int width = widths.getLast();
    for (int i = 0; i < widths.size(); i++) {
      Parameters stage = p.at("up_blocks").at(i);
      int at = widths.size() - 1 - i;
      List<Layer> layers = new ArrayList<>();
      for (int j = 0; j <= config.blocks(); j++) {
        int wide = width + kept.removeLast();
        width = widths.get(at);
        TemporalBlock.Spot spot = new TemporalBlock.Spot(TemporalBlock.Way.UP, i, j);
        layers.add(Layer.of(config, spot, stage, wide, width, config.heads().get(at)));
      }
      Optional<ImageConv> resize =
          at == 0
              ? Optional.empty()
              : Optional.of(
                  ImageConv.of(
                      config.inflation(),
                      stage.at("upsamplers").at(0),
                      "conv",
                      width,
                      width,
                      1,
                      Init.fanIn(1)));
      Optional<FrameConv> time =
          resize.isPresent() && config.inflation().halving()
              ? Optional.of(
                  FrameConv.identity(
                      stage.at("upsamplers").at(0).at("time"), width, Encoder.HALVING))
              : Optional.empty();
      up.add(new Stage(layers, resize, time));
    }
    int first = widths.getFirst();
    norm =
        GroupNorm.of(p.at("conv_norm_out"), first, config.style().groups(), config.style().eps());
    out =
        ImageConv.of(config.inflation(), p, "conv_out", first, config.outChannels(), 1, Init.ZEROS);
  }

  @Override
  public UNetConfig config() {
    return config;
  }

  @Override
  public Tensor predict(Tensor z_BCFHW, Tensor t_BF, Conditioning conditioning, Segments segments) {
    return predict(z_BCFHW, t_BF, conditioning, List.of(), Optional.empty(), segments);
  }

  /**
   * As {@link #predict(Tensor, Tensor, Conditioning, Segments)}.
   *
   * @param residuals of {@link ControlNet}s, added to what is kept on the way down
   */
  public Tensor predict(
      Tensor z_BCFHW,
      Tensor t_BF,
      Conditioning conditioning,
      List<Residuals> residuals,
      Segments segments) {
    return predict(z_BCFHW, t_BF, conditioning, residuals, Optional.empty(), segments);
  }

  /**
   * As above.
   *
   * @param pictures that are seen beside the texts
   */
  Tensor predict(
      Tensor z_BCFHW,
      Tensor t_BF,
      Conditioning conditioning,
      List<Residuals> residuals,
      Optional<PictureAdapter.Seen> pictures,
      Segments segments) {
    long frames = z_BCFHW.size(2);
    Passes passes =
        encoder
            .passes(frames, t_BF, conditioning, pictures, segments)
            .showing(encoder.shown(z_BCFHW));
    Pass shared = passes.at(0);
    Tensor start = segments.enter(encoder.enter(z_BCFHW, shared));
    Encoder.Features features = encoder.forward(start, passes, segments);
    for (Residuals residual : residuals) {
      features = residual.addTo(features, segments);
    }
    Deque<Tensor> kept = new ArrayDeque<>(features.kept());
    Tensor x = features.bottom();
    for (int i = 0; i < up.size(); i++) {
      Stage stage = up.get(i);
      int resolution = up.size() - 1 - i;
      Pass own = passes.at(resolution);
      for (Layer layer : stage.layers()) {
        x = layer.run(segments, List.of(x, kept.removeLast()), own);
      }
      if (stage.resize().isPresent()) {
        ImageConv smooth = stage.resize().get();
        // As high and wide as what it joins next, whose size may have been odd.
        long height = kept.getLast().size(2);
        long breadth = kept.getLast().size(3);
        x =
            segments.run(
                at ->
                    smooth
                        .forward(Ops.nearest(at.getFirst(), height, breadth), own)
                        .to(ScalarType.Float),
                List.of(x));
        if (stage.time().isPresent()) {
          FrameConv time = stage.time().get();
          TimePooling halving = passes.halvings().get(resolution - 1);
          Pass finer = passes.at(resolution - 1);
          x = segments.run(at -> Passes.over(time, halving.up(at.getFirst()), finer), List.of(x));
        }
      }
    }
    Tensor normed = config.inflation().norms().apply(norm, x, shared);
    x = out.forward(torch.silu(normed), shared).to(ScalarType.Float);
    return rearrange(x, "(b f) c h w -> b c f h w", "f", frames);
  }
}
