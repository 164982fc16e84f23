package io.zoetrope.train.part;

import io.zoetrope.checkpoint.Provenance;
import io.zoetrope.train.TrainedPart;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;

/** A part of a loaded model that learns. Closing it leaves the model as it was loaded. */
public interface BasePart extends TrainedPart, AutoCloseable {
  /** What is said of it before it learns. */
  String line();

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
