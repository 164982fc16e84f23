package io.zoetrope.train.latents;

import io.zoetrope.data.ClipShape;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.network.vae.Autoencoder;
import io.zoetrope.nn.ParameterStore;
import io.zoetrope.pipeline.family.ModelChoice;
import io.zoetrope.pipeline.family.Role;
import io.zoetrope.pipeline.model.VideoModel;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What turns clips into latents: the autoencoder of a model, or one that a run has made. Close it.
 */
public final class LatentEncoder implements AutoCloseable {
  private static final ClipShape USUAL = new ClipShape(128, 128, 16);
  private static final double USUAL_RATE = 8;

  private final Autoencoder autoencoder;
  private final String print;
  private final ClipShape shape;
  private final double rate;
  private final Runnable release;

  private LatentEncoder(
      Autoencoder autoencoder, String print, ClipShape shape, double rate, Runnable release) {
    this.autoencoder = autoencoder;
    this.print = print;
    this.shape = shape;
    this.rate = rate;
    this.release = release;
  }

  /**
   * Loads one.
   *
   * @param choice of a model, or of the folder of a finished autoencoder, which computes in f32
   * @throws UserError if there is none, or it makes no latents
   */
  public static LatentEncoder load(ModelChoice choice) {
    Path path = choice.model();
    boolean model =
        Files.isRegularFile(path) || Files.isRegularFile(path.resolve("model_index.json"));
    LatentEncoder encoder = model ? ofModel(choice) : ofRun(path);
    if (!encoder.autoencoder.encodes()) {
      encoder.close();
      throw new UserError(Fault.MISMATCH, "'%s' learns pixels: it has no latents".formatted(path));
    }
    return encoder;
  }

  private static LatentEncoder ofModel(ModelChoice choice) {
    VideoModel model = VideoModel.load(choice);
    ParameterStore weights = model.weights(Role.AUTOENCODER).orElseGet(ParameterStore::blueprint);
    return new LatentEncoder(
        model.autoencoder(),
        AutoencoderPrint.of(model.autoencoder(), weights.parameters()),
        new ClipShape(
            model.defaults().width(), model.defaults().height(), model.defaults().frames()),
        model.defaults().fps(),
        model::close);
  }

  private static LatentEncoder ofRun(Path path) {
    TrainedAutoencoder trained = TrainedAutoencoder.load(path);
    return new LatentEncoder(
        trained.autoencoder(),
        AutoencoderPrint.of(trained.autoencoder(), trained.store().parameters()),
        USUAL,
        USUAL_RATE,
        trained::close);
  }

  public Autoencoder autoencoder() {
    return autoencoder;
  }

  /** By what its latents are known again, {@link AutoencoderPrint}. */
  public String print() {
    return print;
  }

  /** Clips that its model makes. */
  public ClipShape shape() {
    return shape;
  }

  /** Frames per second that its model makes. */
  public double rate() {
    return rate;
  }

  /**
   * That it takes clips of a shape.
   *
   * @throws UserError if it does not
   */
  public void requireTakes(ClipShape clips) {
    int space = autoencoder.grid().space();
    if (clips.width() % space != 0 || clips.height() % space != 0) {
      throw new UserError(
          Fault.INVALID,
          "width and height must be multiples of %s for this model, not %sx%s"
              .formatted(space, clips.width(), clips.height()));
    }
  }

  @Override
  public void close() {
    release.run();
  }
}
