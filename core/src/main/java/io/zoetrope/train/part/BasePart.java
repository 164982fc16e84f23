package io.zoetrope.train.part;

import io.zoetrope.train.TrainedPart;
import java.nio.file.Path;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;

/** A part of a loaded model that learns. Closing it leaves the model as it was loaded. */
public interface BasePart extends TrainedPart, AutoCloseable {
  /**
   * Writes what it has learned, in one file that appears whole or not at all.
   *
   * @param values of its parameters, by their names
   * @param header what else is said about it in the file
   */
  void write(Path file, Map<String, Tensor> values, Map<String, String> header);

  @Override
  void close();
}
