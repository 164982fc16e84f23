package io.zoetrope.network.unet;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.diffusion.condition.Slot;
import io.zoetrope.network.FrameText;
import io.zoetrope.network.PictureSlots;
import io.zoetrope.network.TextSlots;
import java.util.Set;
import org.bytedeco.pytorch.Tensor;

/** At what a {@link UNet} looks by its cross-attention. */
public enum Looks {
  /** At the tokens of a text. */
  @JsonProperty("text")
  TEXT {
    @Override
    Set<Slot<?>> needs(int width) {
      return TextSlots.needs(width);
    }

    @Override
    Set<Slot<?>> reads(int width) {
      return TextSlots.reads(width);
    }

    @Override
    FrameText at(Conditioning conditioning, long batch, long frames) {
      return FrameText.of(conditioning, batch, frames);
    }

    @Override
    Tensor tokens_MND(Conditioning conditioning) {
      return FrameText.tokens_MND(conditioning);
    }
  },

  /** At those of pictures, in their place: Stable Video Diffusion has one for each. */
  @JsonProperty("pictures")
  PICTURES {
    @Override
    Set<Slot<?>> needs(int width) {
      return Set.of(PictureSlots.TOKENS);
    }

    @Override
    Set<Slot<?>> reads(int width) {
      return Set.of(PictureSlots.FRAMES, Conditioning.FRAME_GROUPS, Conditioning.FRAME_TIMES);
    }

    @Override
    FrameText at(Conditioning conditioning, long batch, long frames) {
      return FrameText.of(
          tokens(conditioning), conditioning.get(PictureSlots.FRAMES), batch, frames);
    }

    @Override
    Tensor tokens_MND(Conditioning conditioning) {
      return tokens(conditioning).flatten(0, 1);
    }

    private Tensor tokens(Conditioning conditioning) {
      return conditioning
          .get(PictureSlots.TOKENS)
          .orElseThrow(() -> new IllegalArgumentException("this network needs pictures"));
    }
  };

  /** Entries of a conditioning that are needed for tokens of a width, 0 for none. */
  abstract Set<Slot<?>> needs(int width);

  /** Entries that can be used besides. */
  abstract Set<Slot<?>> reads(int width);

  /** What each frame looks at. */
  abstract FrameText at(Conditioning conditioning, long batch, long frames);

  /** All tokens, [M, N, D]. */
  abstract Tensor tokens_MND(Conditioning conditioning);
}
