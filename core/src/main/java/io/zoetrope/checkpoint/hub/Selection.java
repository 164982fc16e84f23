package io.zoetrope.checkpoint.hub;

import io.zoetrope.checkpoint.hub.PullPlan.LeftOut;
import io.zoetrope.error.Fault;
import io.zoetrope.error.Mend;
import io.zoetrope.error.UserError;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * Which files of a model to take. Repositories hold the same weights several times over, for other
 * frameworks and in other precisions: without patterns, only what zoetrope loads is taken, once.
 */
record Selection(List<HubFile> chosen, List<LeftOut> leftOut, List<String> remarks) {
  static final String PICKLE = "pickled weights";
  private static final String ELSEWHERE = "for other runtimes";
  private static final String UNUSED = "not used";
  private static final String SINGLE = "all in one file, beside the folders";
  private static final String EXCLUDED = "excluded";

  private static final Pattern PICKLES =
      Pattern.compile("(?i).*\\.(bin|ckpt|pt|pth|pkl|pickle)(\\.index(\\.\\w+)?\\.json)?");
  private static final Pattern OTHERS =
      Pattern.compile(
          "(?i).*\\.(msgpack|h5|onnx|onnx_data|pb|xml|ot|tflite|gguf|mlmodel|engine|npz)(\\.index\\.json)?|"
              + "(.*/)?(onnx|openvino|flax|coreml|tensorrt)/.*|(.*/)?(openvino|flax|onnx|tf)_[^/]*");
  private static final Pattern TAKEN = Pattern.compile("(?i).*\\.(safetensors|json|txt|model)");

  /** Nothing of a pipeline here looks at what it made. */
  private static final Pattern CHECKER = Pattern.compile("safety_checker/.*");

  /** Chooses. */
  static Selection of(List<HubFile> files, PullRequest request) {
    Globs exclude = Globs.of(request.exclude());
    List<HubFile> chosen = new ArrayList<>();
    List<LeftOut> leftOut = new ArrayList<>();
    Globs include = Globs.of(request.include());
    boolean diffusers = files.stream().anyMatch(f -> f.path().equals("model_index.json"));
    for (HubFile file : files) {
      Optional<String> why =
          exclude.match(file.path())
              ? Optional.of(EXCLUDED)
              : request.include().isEmpty()
                  ? objection(file, diffusers)
                  : include.match(file.path()) ? Optional.empty() : Optional.of("not included");
      if (why.isPresent()) {
        leftOut.add(new LeftOut(file.path(), file.size(), why.get()));
      } else {
        chosen.add(file);
      }
    }
    List<String> remarks = new ArrayList<>();
    if (request.include().isEmpty()) {
      chosen = oneVariant(chosen, request, leftOut, remarks);
    }
    check(chosen, leftOut, request);
    return new Selection(List.copyOf(chosen), List.copyOf(leftOut), List.copyOf(remarks));
  }

  private static Optional<String> objection(HubFile file, boolean diffusers) {
    String path = file.path();
    if (PICKLES.matcher(path).matches()) {
      return Optional.of(PICKLE);
    }
    if (OTHERS.matcher(path).matches()) {
      return Optional.of(ELSEWHERE);
    }
    if (!TAKEN.matcher(path).matches() || CHECKER.matcher(path).matches()) {
      return Optional.of(UNUSED);
    }
    return diffusers && !path.contains("/") && path.endsWith(".safetensors")
        ? Optional.of(SINGLE)
        : Optional.empty();
  }

  /** Of weights that differ in their variant only, keeps one. */
  private static List<HubFile> oneVariant(
      List<HubFile> files, PullRequest request, List<LeftOut> leftOut, List<String> remarks) {
    Map<String, TreeSet<String>> variants = new LinkedHashMap<>();
    for (HubFile file : files) {
      WeightName.of(file)
          .ifPresent(
              w -> variants.computeIfAbsent(w.base(), b -> new TreeSet<>()).add(w.variant()));
    }
    request
        .variant()
        .filter(v -> variants.values().stream().noneMatch(there -> there.contains(v)))
        .ifPresent(v -> {
          throw new UserError(
              Fault.NOT_FOUND,
              "%s has no variant '%s'".formatted(request.id(), v),
              "it has %s".formatted(names(variants.values())));
        });
    Map<String, String> keep = new LinkedHashMap<>();
    variants.forEach((base, there) -> {
      String kept =
          request.variant().filter(there::contains).orElseGet(() -> WeightName.preferred(there));
      keep.put(base, kept);
      if (!kept.equals(request.variant().orElse(""))) {
        remarks.add(
            "%s is there only as %s"
                .formatted(base.isEmpty() ? "the model" : base, names(List.of(there))));
      }
    });
    List<HubFile> kept = new ArrayList<>();
    for (HubFile file : files) {
      Optional<WeightName> weight = WeightName.of(file);
      if (weight.isEmpty() || weight.get().variant().equals(keep.get(weight.get().base()))) {
        kept.add(file);
      } else {
        leftOut.add(
            new LeftOut(
                file.path(), file.size(), "another variant (" + weight.get().shown() + ")"));
      }
    }
    return kept;
  }

  private static String names(Iterable<TreeSet<String>> variants) {
    TreeSet<String> all = new TreeSet<>();
    variants.forEach(all::addAll);
    return all.isEmpty()
        ? "no safetensors"
        : String.join(", ", all.stream().map(v -> v.isEmpty() ? "the plain one" : v).toList());
  }

  private static void check(List<HubFile> chosen, List<LeftOut> leftOut, PullRequest request) {
    boolean weights = chosen.stream().anyMatch(f -> f.path().endsWith(".safetensors"));
    boolean pickles = leftOut.stream().anyMatch(f -> f.why().equals(PICKLE));
    if (!weights && pickles && request.include().isEmpty()) {
      throw new UserError(
          Fault.UNSUPPORTED,
          "%s has no safetensors, only pickled weights, which zoetrope does not load"
              .formatted(request.id()),
          Mend.NONE.and(Mend.Knob.INCLUDED).and(" takes them nevertheless"));
    }
    if (chosen.isEmpty()) {
      throw new UserError(
          Fault.NOT_FOUND,
          "no file of %s is %s"
              .formatted(
                  request.id(),
                  request.include().isEmpty()
                      ? "one that zoetrope loads"
                      : "among those that are included and not excluded"),
          Mend.NONE.and(Mend.Knob.INCLUDED).and(" takes others"));
    }
  }
}
