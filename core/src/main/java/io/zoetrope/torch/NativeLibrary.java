package io.zoetrope.torch;

import io.zoetrope.error.Fault;
import io.zoetrope.error.Mend;
import io.zoetrope.error.NativeErrors;
import io.zoetrope.error.UserError;
import java.util.List;
import java.util.Optional;
import org.bytedeco.javacpp.Loader;

/**
 * A native library of which Java code is there, and whether it can be used: the libraries of a
 * platform come in jars of their own.
 */
public final class NativeLibrary {
  private static final String ARTEFACT = "io.zoetrope:zoetrope-natives-";
  private static final List<String> PLATFORMS =
      List.of("linux-x86_64", "macosx-arm64", "macosx-x86_64", "windows-x86_64");

  private NativeLibrary() {}

  /**
   * Loads it.
   *
   * @param name for people
   * @param library the class of JavaCPP that stands for it
   * @return why it cannot be used, with the dependency that brings it; empty if it can
   */
  public static Optional<UserError> fault(String name, Class<?> library) {
    try {
      Loader.load(library);
      return Optional.empty();
    } catch (LinkageError e) {
      return Optional.of(why(name, Loader.getPlatform(), e));
    }
  }

  static UserError why(String name, String platform, LinkageError e) {
    String said = NativeErrors.firstLine(e);
    boolean missing =
        said.contains("java.library.path") || said.contains("Could not initialize class");
    return new UserError(
        missing ? Fault.NOT_FOUND : Fault.UNSUPPORTED,
        missing
            ? "the native libraries of %s for %s are not on the class path"
                .formatted(name, platform)
            : "the native libraries of %s for %s do not load: %s".formatted(name, platform, said),
        mend(platform),
        e);
  }

  /** With a CUDA build the platform has a word more, which the artefact has too. */
  private static Mend mend(String platform) {
    return PLATFORMS.stream()
        .filter(platform::startsWith)
        .findFirst()
        .map(known -> Mend.of("add the dependency " + ARTEFACT + known))
        .orElseGet(
            () -> Mend.of("there are some for %s only".formatted(String.join(", ", PLATFORMS))));
  }
}
