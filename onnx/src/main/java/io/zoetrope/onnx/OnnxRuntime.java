package io.zoetrope.onnx;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.pixels.GraphRuntime;
import io.zoetrope.pixels.TensorGraph;
import java.nio.file.Path;

/** ONNX Runtime, on the processor. */
public final class OnnxRuntime implements GraphRuntime {
  /** Loads the native code when it is first needed. */
  private static final class Loaded {
    private static final OrtEnvironment ENVIRONMENT = environment();

    private static OrtEnvironment environment() {
      Telemetry.off();
      OrtEnvironment made =
          OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR, "zoetrope");
      try {
        made.setTelemetry(false);
      } catch (OrtException e) {
        throw new IllegalStateException(e);
      }
      return made;
    }
  }

  @Override
  public TensorGraph open(Path file) {
    try {
      OrtEnvironment environment = Loaded.ENVIRONMENT;
      try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
        options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL);
        return OnnxGraph.of(file, environment, environment.createSession(file.toString(), options));
      }
    } catch (OrtException e) {
      throw new UserError(
          Fault.DAMAGED, "'%s' is no network of ONNX that can be run".formatted(file), e);
    }
  }
}
