package io.zoetrope.train.footage;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zoetrope.data.Clip;
import io.zoetrope.data.toybox.Split;
import io.zoetrope.data.toybox.ToyboxDataset;
import io.zoetrope.error.UserError;
import io.zoetrope.network.vae.Autoencoder;
import io.zoetrope.network.vae.LatentGrid;
import io.zoetrope.torch.Ops;
import io.zoetrope.torch.Scopes;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;

class LatentClipsTest {
  /** An autoencoder of which nothing comes that is a number. */
  private static final Autoencoder SPOILT =
      new Autoencoder() {
        @Override
        public LatentGrid grid() {
          return LatentGrid.ofPictures(3, 1);
        }

        @Override
        public Tensor encode(Tensor x_BCFHW) {
          return Ops.mul(x_BCFHW, Double.NaN);
        }

        @Override
        public Tensor decode(Tensor z_BCLHW) {
          return z_BCLHW;
        }
      };

  @Test
  void latentsThatAreNoNumbersNameTheirClip() {
    Clip clip = new ToyboxDataset(1, Split.TRAIN, 16, 16, 2, 8).get(7);
    assertThatThrownBy(() ->
            Scopes.run(() -> {
              Tensor unused = LatentClips.encoded(SPOILT, clip, 7, ScalarType.Float);
            }))
        .isInstanceOf(UserError.class)
        .hasMessage(
            "the latents of clip 7 ('%s') are not finite numbers".formatted(clip.caption()));
  }
}
