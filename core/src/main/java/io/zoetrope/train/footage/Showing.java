package io.zoetrope.train.footage;

import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.torch.RandomStreams;
import io.zoetrope.torch.Share;
import java.util.List;

/**
 * What a network is shown beside noise and text while it learns from clips: pictures that they are
 * like, hints of what is in them.
 */
public interface Showing {
  /**
   * What is shown of some clips; a row each.
   *
   * @param nothing what guidance leads away from, in place of it
   */
  Conditioning of(List<ClipCut> cuts, boolean nothing);

  /**
   * What is shown in training.
   *
   * @param silent which of the clips lose their captions with it
   */
  record Drawn(Conditioning conditioning, List<Boolean> silent) {
    public Drawn {
      silent = List.copyOf(silent);
    }
  }

  /**
   * What is shown in training: by chance nothing of some clips, for guidance.
   *
   * @param all cuts of the batch, for which chance is drawn
   * @param share of them that is shown here; a row each
   */
  Drawn draw(List<ClipCut> all, Share share, RandomStreams random);
}
