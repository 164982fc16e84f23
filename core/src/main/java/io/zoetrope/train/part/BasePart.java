package io.zoetrope.train.part;

import io.zoetrope.checkpoint.Provenance;
import io.zoetrope.data.ClipDataset;
import io.zoetrope.network.VideoNetwork;
import io.zoetrope.network.text.PromptEncoder;
import io.zoetrope.train.TrainedPart;
import io.zoetrope.train.footage.Showing;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;

/** A part of a loaded model that learns. Closing it leaves the model as it was loaded. */
public interface BasePart extends TrainedPart, AutoCloseable {
  /** What is said of it before it learns. */
  String line();

  /**
   * The model's network, with what this part puts beside it as strongly as it now acts; asked for
   * at each use.
   */
  default VideoNetwork beside(VideoNetwork network) {
    return network;
  }

  /**
   * The model's encoder of prompts with what this part adds to it.
   *
   * @param text with what parts before have added
   */
  default PromptEncoder reading(PromptEncoder text) {
    return text;
  }

  /**
   * What the network is to be shown of clips for this part.
   *
   * @param clips of which the latents are learned from, by the same numbers
   */
  default Optional<Showing> showing(ClipDataset clips) {
    return Optional.empty();
  }

  /**
   * Requires that what it is told in training is of use to it.
   *
   * @param captions all of them
   * @throws io.zoetrope.error.UserError if it would learn nothing
   */
  default void requireTold(List<String> captions) {}

  /** The files and folders that it writes, in a folder. */
  List<Path> files(Path folder);

  /**
   * Writes what it has learned, each file whole or not at all.
   *
   * @param values of its parameters, by their names
   * @param origin what else is said about it in the files
   */
  void write(Path folder, Map<String, Tensor> values, Provenance origin);

  @Override
  void close();
}
