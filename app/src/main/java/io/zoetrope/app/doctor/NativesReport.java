package io.zoetrope.app.doctor;

import io.zoetrope.torch.FormatChoice;
import io.zoetrope.torch.Natives;
import io.zoetrope.torch.Precision;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.pytorch.global.torch;

/** libtorch: which natives are there, which one runs, and what it was built with. */
final class NativesReport {
  private static final Pattern BLAS = Pattern.compile("BLAS_INFO=(\\w+)");
  private static final Pattern VERSION = Pattern.compile("TORCH_VERSION=([\\w.]+)");

  private NativesReport() {}

  static List<Finding> examine() {
    List<Finding> findings = new ArrayList<>();
    String platform = Loader.getPlatform();
    boolean cpu = onClassPath(platform);
    boolean cuda = onClassPath(platform + "-gpu");
    findings.add(classPath(platform, cpu, cuda));
    if (cpu == cuda) {
      return findings;
    }
    // Everything below loads libtorch.
    Natives.prepare();
    String config = text(torch.show_config());
    findings.add(Finding.of("natives", "libtorch", find(VERSION, config)));
    findings.add(Finding.of("natives", "blas", find(BLAS, config)));
    blasKernels().ifPresent(findings::add);
    findings.add(Finding.of("natives", "onednn", torch.hasMKLDNN()));
    findings.add(Finding.of("natives", "vectors", text(torch.get_cpu_capability())));
    findings.add(Finding.of("natives", "threads", torch.get_num_threads()));
    boolean bf16 = Precision.hasNativeBf16();
    findings.add(
        Finding.of(
            "natives",
            "bf16",
            bf16,
            bf16 ? "multiplied by the processor" : "emulated, slow: f32 will be used"));
    FormatChoice choice = FormatChoice.here();
    findings.add(
        Finding.of(
            "natives",
            "bf16_gain",
            choice.gain(),
            choice.gain() == 0
                ? "none"
                : String.format(
                    Locale.ROOT,
                    "%.2f times the speed of f32 in wide networks (%s)",
                    choice.gain(),
                    choice
                        .file()
                        .map(file -> "measured once, in " + file)
                        .orElse("measured now; it could not be remembered"))));
    boolean usable = cuda && torch.cuda_is_available();
    findings.add(
        cuda && !usable
            ? Finding.note(
                "natives",
                "cuda",
                false,
                "CUDA natives without a usable GPU: check the driver (nvidia-smi), or build with"
                    + " ZOETROPE_NATIVES=cpu")
            : Finding.of(
                "natives",
                "cuda",
                usable,
                usable ? torch.cuda_device_count() + " device(s)" : "not in this build"));
    findings.add(
        Finding.of(
            "natives",
            "will_use",
            (usable ? "cuda" : "cpu")
                + " "
                + Precision.of("auto").name().toLowerCase(Locale.ROOT)));
    return findings;
  }

  private static Finding classPath(String platform, boolean cpu, boolean cuda) {
    if (cpu && cuda) {
      return Finding.broken(
          "natives",
          "class_path",
          List.of("cpu", "cuda"),
          "CPU and CUDA natives are both on the class path, and libtorch dies at that: build again"
              + " with 'mvn clean package', see docs/natives.md");
    }
    if (!cpu && !cuda) {
      return Finding.broken(
          "natives",
          "class_path",
          List.of(),
          "no libtorch for %s on the class path: build on this machine, see docs/natives.md"
              .formatted(platform));
    }
    String kind = cpu ? "cpu" : "cuda";
    return Finding.of("natives", "class_path", List.of(kind), kind + ", " + platform);
  }

  /** Kernels of OpenBLAS that were chosen by hand, most often for an older processor. */
  private static Optional<Finding> blasKernels() {
    return Optional.ofNullable(System.getenv("OPENBLAS_CORETYPE"))
        .map(chosen ->
            Finding.note(
                "natives",
                "blas_kernels",
                chosen,
                chosen
                    + ", for OPENBLAS_CORETYPE says so: unset, OpenBLAS takes those of this"
                    + " processor, which may be twice as fast in f32"));
  }

  private static boolean onClassPath(String platform) {
    String folder = "org/bytedeco/pytorch/" + platform + "/";
    ClassLoader loader = NativesReport.class.getClassLoader();
    return loader.getResource(folder) != null
        || loader.getResource(folder + System.mapLibraryName("jnitorch")) != null;
  }

  private static String find(Pattern pattern, String in) {
    Matcher matcher = pattern.matcher(in);
    return matcher.find() ? matcher.group(1) : "unknown";
  }

  private static String text(BytePointer pointer) {
    try (pointer) {
      return pointer.getString();
    }
  }
}
