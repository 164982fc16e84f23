package io.zoetrope.torch;

import java.nio.file.Path;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** A file as a tensor of its bytes, paged in on demand. */
public final class MappedFile {
  private MappedFile() {}

  /**
   * Maps the first bytes of a file, uint8. The map lives as long as any tensor that views it;
   * writing to it changes memory only. The file must not be truncated meanwhile (replacing it by a
   * rename is harmless).
   *
   * @param bytes 1..size of the file
   */
  public static Tensor map(Path file, long bytes) {
    return torch.from_file(
        file.toString(),
        new BoolOptional(false),
        new LongOptional(bytes),
        new TensorOptions(ScalarType.Byte));
  }
}
