package io.zoetrope.pipeline.model;

import io.zoetrope.media.CentreSquare;
import io.zoetrope.media.Frame;
import io.zoetrope.media.FrameTensors;
import io.zoetrope.media.Video;
import io.zoetrope.network.vision.PictureReader;
import io.zoetrope.network.vision.WholeSquare;
import io.zoetrope.torch.Ops;
import io.zoetrope.torch.Tensors;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/** Pictures as a model's reader of pictures sees them. */
final class PictureView {
  private PictureView() {}

  /** Squares [P, 3, side, side], values 0..1, of pictures of any size. */
  static Tensor of(List<Frame> pictures, PictureReader reader) {
    List<Tensor> squares =
        pictures.stream()
            .map(picture ->
                switch (reader.view()) {
                  case CENTRE -> picture(CentreSquare.of(picture, reader.side()));
                  case WHOLE -> WholeSquare.of(picture(picture), reader.side());
                })
            .toList();
    return Ops.mul(Ops.add(Tensors.cat(squares, 0), 1), 0.5);
  }

  /** [1, 3, H, W], values -1..1. */
  private static Tensor picture(Frame frame) {
    return FrameTensors.toTensor(new Video(List.of(frame), 1)).select(1, 0).unsqueeze(0);
  }
}
