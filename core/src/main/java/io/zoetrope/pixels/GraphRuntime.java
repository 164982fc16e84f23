package io.zoetrope.pixels;

import io.zoetrope.error.Fault;
import io.zoetrope.error.Mend;
import io.zoetrope.error.UserError;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.ServiceLoader;

/**
 * Runs networks in files of ONNX. The library has none of its own: {@code zoetrope-onnx} brings
 * one, which is found where it is on the class path.
 */
public interface GraphRuntime {
  /** The ending of its files. */
  String ENDING = ".onnx";

  /**
   * Opens a file.
   *
   * @throws UserError if there is no network in it that can be run
   */
  TensorGraph open(Path file);

  /**
   * Requires that a file is there and may be one.
   *
   * @throws UserError if not
   */
  static void check(Path file) {
    if (!file.toString().toLowerCase(Locale.ROOT).endsWith(ENDING)) {
      throw new UserError(
          Fault.INVALID, "'%s' is no network of ONNX".formatted(file), "give a .onnx file");
    }
    if (!Files.isRegularFile(file)) {
      throw new UserError(Fault.NOT_FOUND, "there is no file '%s'".formatted(file));
    }
    found();
  }

  /**
   * The one that is there.
   *
   * @throws UserError if there is none
   */
  static GraphRuntime found() {
    return ServiceLoader.load(GraphRuntime.class)
        .findFirst()
        .orElseThrow(() ->
            new UserError(
                Fault.UNSUPPORTED,
                "networks of ONNX need a runtime, which is not here",
                Mend.NONE.and(Mend.Deed.ADD_ONNX)));
  }
}
