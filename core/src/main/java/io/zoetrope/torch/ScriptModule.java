package io.zoetrope.torch;

import io.zoetrope.error.Fault;
import io.zoetrope.error.Mend;
import io.zoetrope.error.UserError;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.IValueVector;
import org.bytedeco.pytorch.JitModule;
import org.bytedeco.pytorch.StringIValueMap;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * A network in a TorchScript file, which {@code torch.jit.save} of Python wrote. Runs on the CPU as
 * it is; it can compute whatever it likes, so load files of people you trust only.
 */
public final class ScriptModule implements AutoCloseable {
  private final JitModule module;
  private final Path path;

  private ScriptModule(JitModule module, Path path) {
    this.module = module;
    this.path = path;
  }

  /**
   * Loads a file.
   *
   * @throws UserError if it is missing or no TorchScript
   */
  public static ScriptModule load(Path path) {
    if (!Files.isRegularFile(path)) {
      throw new UserError(Fault.NOT_FOUND, "there is no TorchScript file '" + path + "'");
    }
    try {
      JitModule module = torch.load(path.toString());
      module.retainReference();
      PointerScope scope = PointerScope.getInnerScope();
      if (scope != null) {
        scope.detach(module);
      }
      module.eval();
      return new ScriptModule(module, path);
    } catch (RuntimeException e) {
      throw new UserError(
          Fault.DAMAGED,
          "'%s' is no TorchScript file".formatted(path),
          Mend.of("save one with torch.jit.save"),
          e);
    }
  }

  /** How many arguments its {@code forward} takes. */
  public int inputs() {
    return Scopes.value(() -> (int) module.get_method("forward").num_inputs() - 1);
  }

  /**
   * Runs {@code forward} on a tensor and switches, by name.
   *
   * @throws UserError with the first line of what the network complains about
   */
  public Tensor forward(Tensor x, Map<String, Boolean> switches) {
    try {
      return Scopes.tensor(() -> {
        IValueVector arguments = new IValueVector(new IValue(x));
        StringIValueMap named = new StringIValueMap();
        switches.forEach((name, on) ->
            named.put(new org.bytedeco.javacpp.BytePointer(name), new IValue((boolean) on)));
        return new Tensor(module.forward(arguments, named).toTensor());
      });
    } catch (RuntimeException e) {
      String line =
          String.valueOf(e.getMessage()).strip().lines().reduce("", (a, b) -> b.isBlank() ? a : b);
      throw new UserError(Fault.MISMATCH, "'%s' cannot take this: %s".formatted(path, line), e);
    }
  }

  @Override
  public void close() {
    module.releaseReference();
  }
}
