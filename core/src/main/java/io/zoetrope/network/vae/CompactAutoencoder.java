package io.zoetrope.network.vae;

import static io.zoetrope.torch.Rearrange.rearrange;

import io.zoetrope.nn.Conv2d;
import io.zoetrope.nn.FrameConv;
import io.zoetrope.nn.GroupNorm;
import io.zoetrope.nn.Init;
import io.zoetrope.nn.Parameters;
import io.zoetrope.progress.Phase;
import io.zoetrope.progress.Progress;
import io.zoetrope.progress.Report;
import io.zoetrope.torch.FreeMemory;
import io.zoetrope.torch.Ops;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * A small convolutional KL autoencoder built for CPUs: pixels are folded into channels before the
 * first convolution, so that no layer but the last runs at full resolution. It does frame by frame,
 * or decodes a clip's frames together where its decoder has layers over time ({@link #overTime}).
 */
public final class CompactAutoencoder implements Autoencoder {
  private static final int GROUPS = 8;

  private static final Runnable NOTHING = () -> {};

  /** Channels of the full-resolution picture just before the last convolution. */
  private static final int FINE = 8;

  private final CompactConfig config;
  private final Encoder encoder;
  private final Decoder decoder;
  private final Tensor latentMean;
  private final Tensor latentStd;

  public CompactAutoencoder(CompactConfig config, Parameters p) {
    this(config, p, false);
  }

  private CompactAutoencoder(CompactConfig config, Parameters p, boolean overTime) {
    this.config = config;
    encoder = new Encoder(config, p.at("encoder"));
    decoder = new Decoder(config, p.at("decoder"), overTime);
    latentMean = p.plain("latent_mean", Init.ZEROS, config.latentChannels());
    latentStd = p.plain("latent_std", Init.ONES, config.latentChannels());
  }

  /**
   * One whose decoder has a {@link TimeResidual} behind each residual block, its weights in {@code
   * temp_resnets}, and a convolution over time at its end, {@code time_conv_out}. New ones do
   * nothing.
   */
  static CompactAutoencoder overTime(CompactConfig config, Parameters p) {
    return new CompactAutoencoder(config, p, true);
  }

  @Override
  public LatentGrid grid() {
    return config.grid();
  }

  @Override
  public Stretch stretch(long height, long width) {
    return decoder.overTime()
        ? ChunkRoom.of(FreeMemory.left())
            .stretch(0, CompactConfig.BYTES_PER_PIXEL * height * width, CompactTemporalConfig.LEAST)
        : Stretch.ofPictures(height, width);
  }

  /** Frames are encoded one by one. */
  @Override
  public Passage encoding(long height, long width) {
    return SeenAgain.encoding(this, Stretch.ofPictures(height, width));
  }

  public CompactConfig config() {
    return config;
  }

  /** Frames [N, 3, H, W] in [-1, 1] -> their posteriors. */
  public Posterior posterior(Tensor x_NCHW) {
    return posterior(x_NCHW, NOTHING);
  }

  private Posterior posterior(Tensor x_NCHW, Runnable between) {
    grid().requireWhole(x_NCHW.size(2), x_NCHW.size(3));
    return Posterior.of(encoder.forward(x_NCHW, between).to(ScalarType.Float), -20, 10);
  }

  /**
   * Raw latents [N, C, h, w] -> frames [N, 3, H, W], f32; all of one clip where the decoder has
   * layers over time.
   */
  public Tensor decodeRaw(Tensor z_NCHW) {
    return decoder.forward(z_NCHW, NOTHING).to(ScalarType.Float);
  }

  /** Sets the statistics that latents are normalised by. */
  public void setStatistics(Tensor mean_C, Tensor std_C) {
    Scopes.noGrad(() -> {
      latentMean.copy_(mean_C);
      return latentStd.copy_(std_C);
    });
  }

  @Override
  public Tensor encode(Tensor x_BCFHW) {
    return encode(x_BCFHW, NOTHING);
  }

  @Override
  public Tensor encode(Tensor x_BCFHW, Progress progress) {
    return told(Phase.ENCODE, x_BCFHW, progress, between -> encode(x_BCFHW, between));
  }

  private Tensor encode(Tensor x_BCFHW, Runnable between) {
    Tensors.requireVideo(x_BCFHW, 3);
    long frames = x_BCFHW.size(2);
    Tensor mean = posterior(rearrange(x_BCFHW, "b c f h w -> (b f) c h w"), between).mean();
    Tensor z = rearrange(mean, "(b f) c h w -> b c f h w", "f", frames);
    return z.sub(perChannel(latentMean)).div(perChannel(latentStd));
  }

  @Override
  public Tensor decode(Tensor z_BCFHW) {
    return decode(z_BCFHW, NOTHING);
  }

  @Override
  public Tensor decode(Tensor z_BCFHW, Progress progress) {
    return told(Phase.DECODE, z_BCFHW, progress, between -> decode(z_BCFHW, between));
  }

  /** Tells of all frames together, for they are done in a second or two; stops between blocks. */
  private static Tensor told(
      Phase phase, Tensor x_BCFHW, Progress progress, Function<Runnable, Tensor> body) {
    long frames = x_BCFHW.size(0) * x_BCFHW.size(2);
    Tensor made = body.apply(() -> progress.requireGoing(0, frames));
    progress.update(Report.of(phase, frames, frames));
    return made;
  }

  private Tensor decode(Tensor z_BCFHW, Runnable between) {
    Tensors.requireVideo(z_BCFHW, grid().channels());
    long frames = z_BCFHW.size(2);
    Tensor raw = z_BCFHW.mul(perChannel(latentStd)).add(perChannel(latentMean));
    if (decoder.overTime()) {
      List<Tensor> clips = new ArrayList<>();
      for (long b = 0; b < raw.size(0); b++) {
        Tensor z_FCHW = raw.select(0, b).transpose(0, 1);
        clips.add(decoder.forward(z_FCHW, between).to(ScalarType.Float).transpose(0, 1));
      }
      return Tensors.stack(clips, 0);
    }
    Tensor x =
        decoder.forward(rearrange(raw, "b c f h w -> (b f) c h w"), between).to(ScalarType.Float);
    return rearrange(x, "(b f) c h w -> b c f h w", "f", frames);
  }

  private static Tensor perChannel(Tensor c) {
    return c.reshape(1, c.size(0), 1, 1, 1);
  }

  private static List<ResidualBlock> blocks(Parameters p, int count, int width) {
    List<ResidualBlock> blocks = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      blocks.add(ResidualBlock.of(p.at(i), width));
    }
    return List.copyOf(blocks);
  }

  /** One resolution: residual blocks, then a change of size. */
  private record Level(List<ResidualBlock> blocks, List<Conv2d> resize) {}

  private static final class Encoder {
    private final int patch;
    private final Conv2d in;
    private final List<Level> levels = new ArrayList<>();
    private final GroupNorm norm;
    private final Conv2d out;

    Encoder(CompactConfig config, Parameters p) {
      patch = config.patch();
      List<Integer> widths = config.encoderWidths();
      in = Conv2d.of(p.at("conv_in"), 3L * patch * patch, widths.getFirst(), 3, 1, Init.fanIn(1));
      for (int i = 0; i < widths.size(); i++) {
        Parameters level = p.at("down_blocks").at(i);
        List<Conv2d> down =
            i + 1 == widths.size()
                ? List.of()
                : List.of(
                    Conv2d.of(
                        level.at("downsampler"),
                        widths.get(i),
                        widths.get(i + 1),
                        3,
                        2,
                        Init.fanIn(1)));
        levels.add(
            new Level(
                CompactAutoencoder.blocks(level.at("resnets"), config.blocks(), widths.get(i)),
                down));
      }
      norm = GroupNorm.of(p.at("conv_norm_out"), widths.getLast(), 8, 1e-6);
      out =
          Conv2d.of(
              p.at("conv_out"),
              widths.getLast(),
              2L * config.latentChannels(),
              3,
              1,
              Init.fanIn(1));
    }

    Tensor forward(Tensor x, Runnable between) {
      between.run();
      Tensor h = in.forward(torch.pixel_unshuffle(x, patch));
      for (Level level : levels) {
        for (ResidualBlock block : level.blocks) {
          between.run();
          h = block.forward(h);
        }
        for (Conv2d down : level.resize) {
          h = down.forward(h);
        }
      }
      return out.forward(torch.silu(norm.forward(h)));
    }
  }

  private static final class Decoder {
    private final int patch;
    private final Conv2d in;
    private final List<Level> levels = new ArrayList<>();

    /** Of each level one behind each block; none where the decoder does frame by frame. */
    private final List<List<TimeResidual>> times = new ArrayList<>();

    private final Optional<FrameConv> lastTime;
    private final GroupNorm norm;
    private final Conv2d unfold;
    private final Conv2d out;

    Decoder(CompactConfig config, Parameters p, boolean overTime) {
      patch = config.patch();
      List<Integer> widths = config.decoderWidths().reversed();
      in =
          Conv2d.of(
              p.at("conv_in"), config.latentChannels(), widths.getFirst(), 3, 1, Init.fanIn(1));
      for (int i = 0; i < widths.size(); i++) {
        Parameters level = p.at("up_blocks").at(i);
        List<Conv2d> up =
            i + 1 == widths.size()
                ? List.of()
                : List.of(
                    Conv2d.of(
                        level.at("upsampler"),
                        widths.get(i),
                        4L * widths.get(i + 1),
                        3,
                        1,
                        Init.fanIn(1)));
        levels.add(
            new Level(
                CompactAutoencoder.blocks(level.at("resnets"), config.blocks(), widths.get(i)),
                up));
        List<TimeResidual> behind = new ArrayList<>();
        for (int j = 0; overTime && j < config.blocks(); j++) {
          Parameters time = level.at("temp_resnets").at(j);
          behind.add(TimeResidual.of(time, time, widths.get(i), GROUPS));
        }
        times.add(behind);
      }
      norm = GroupNorm.of(p.at("conv_norm_out"), widths.getLast(), 8, 1e-6);
      unfold =
          Conv2d.of(
              p.at("conv_unfold"),
              widths.getLast(),
              (long) FINE * patch * patch,
              3,
              1,
              Init.fanIn(1));
      out = Conv2d.of(p.at("conv_out"), FINE, 3, 3, 1, Init.fanIn(1));
      lastTime =
          overTime
              ? Optional.of(FrameConv.of(p.at("time_conv_out"), 3, 3, 3, Init.DIRAC))
              : Optional.empty();
    }

    boolean overTime() {
      return lastTime.isPresent();
    }

    Tensor forward(Tensor z, Runnable between) {
      between.run();
      Tensor h = in.forward(z);
      for (int i = 0; i < levels.size(); i++) {
        Level level = levels.get(i);
        for (int j = 0; j < level.blocks.size(); j++) {
          between.run();
          h = level.blocks.get(j).forward(h);
          if (overTime()) {
            h = times.get(i).get(j).forward(Ops.channelsLast(h.to(ScalarType.Float))).contiguous();
          }
        }
        for (Conv2d up : level.resize) {
          between.run();
          h = torch.pixel_shuffle(up.forward(h), 2);
        }
      }
      between.run();
      Tensor fine = torch.pixel_shuffle(unfold.forward(torch.silu(norm.forward(h))), patch);
      between.run();
      Tensor x = out.forward(torch.silu(fine));
      return lastTime.map(time -> TimeResidual.overFrames(time, x)).orElse(x);
    }
  }
}
