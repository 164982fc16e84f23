package io.zoetrope.checkpoint.lora;

import io.zoetrope.checkpoint.safetensors.Safetensors;
import io.zoetrope.checkpoint.safetensors.SafetensorsFile;
import io.zoetrope.checkpoint.safetensors.SafetensorsHeader;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.nn.Lora;
import io.zoetrope.nn.LoraStack;
import io.zoetrope.torch.AtomicFiles;
import io.zoetrope.torch.Tensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.SequencedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;

/**
 * A LoRA on disk, in any of the dialects that {@link LoraKey} lists. Its tensors stay mapped; it
 * must stay open as long as a {@link LoraStack} uses them.
 */
public final class LoraFile implements AutoCloseable {
  /** One layer's tensors, as the file has them. */
  private record Layer(LoraKey key, Lora.Update update) {}

  /** What is added to a parameter of a layer. */
  private record Added(LoraKey key, Lora.Shift shift) {}

  private final Path path;
  private final SafetensorsFile file;
  private final List<Layer> layers = new ArrayList<>();
  private final List<Added> added = new ArrayList<>();
  private final List<String> strangers = new ArrayList<>();

  private LoraFile(Path path) {
    this.path = path;
    this.file = Safetensors.open(path);
    try {
      read();
    } catch (UserError e) {
      file.close();
      throw e.reason().startsWith(path.toString()) ? e : e.at(path);
    }
  }

  /**
   * Opens a LoRA: a safetensors file, or a folder with one in it.
   *
   * @throws UserError if it is damaged, of another kind of adapter, or no LoRA at all
   */
  public static LoraFile open(Path path) {
    return new LoraFile(Files.isDirectory(path) ? inside(path) : path);
  }

  private static Path inside(Path folder) {
    for (String usual : List.of(LoraScales.PEFT_WEIGHTS, "pytorch_lora_weights.safetensors")) {
      if (Files.isRegularFile(folder.resolve(usual))) {
        return folder.resolve(usual);
      }
    }
    try (Stream<Path> files = Files.list(folder)) {
      List<Path> found = files.filter(f -> f.toString().endsWith(".safetensors")).sorted().toList();
      if (found.size() == 1) {
        return found.getFirst();
      }
      throw new UserError(
          Fault.INVALID,
          "folder %s has %s safetensors files".formatted(folder, found.size()),
          found.isEmpty() ? "name the LoRA itself" : "name one, as " + some(found));
    } catch (IOException e) {
      throw AtomicFiles.cannot("look into", folder, e);
    }
  }

  private static String some(List<Path> files) {
    String first =
        files.stream()
            .limit(3)
            .map(file -> String.valueOf(file.getFileName()))
            .collect(Collectors.joining(", "));
    return files.size() > 3 ? first + ", ..." : first;
  }

  private void read() {
    record Parts(LoraKey key, Map<LoraKey.Role, String> names) {}
    SequencedMap<String, Parts> places = new LinkedHashMap<>();
    for (String name : file.entries().keySet()) {
      LoraKey.parse(name)
          .ifPresentOrElse(
              key -> {
                Parts parts =
                    places.computeIfAbsent(key.place(), p -> new Parts(key, new TreeMap<>()));
                String other = parts.names.put(key.role(), name);
                if (other != null) {
                  throw new UserError(
                      Fault.DAMAGED,
                      "'%s' and '%s' are the same tensor of a layer"
                          .formatted(
                              SafetensorsHeader.clean(other), SafetensorsHeader.clean(name)));
                }
              },
              () -> strangers.add(name));
    }
    LoraScales scales = LoraScales.of(path, file.metadata());
    places.values().forEach(parts -> put(parts.key, parts.names, scales));
    if (layers.isEmpty() && added.isEmpty()) {
      throw new UserError(
          Fault.DAMAGED,
          "it is no LoRA: none of its %s tensors is an update, first '%s'"
              .formatted(
                  strangers.size(),
                  strangers.isEmpty() ? "" : SafetensorsHeader.clean(strangers.getFirst())));
    }
  }

  private void put(LoraKey key, Map<LoraKey.Role, String> names, LoraScales scales) {
    boolean factors = names.containsKey(LoraKey.Role.DOWN) || names.containsKey(LoraKey.Role.UP);
    double scale = 1;
    if (factors || names.keySet().stream().noneMatch(LoraKey.Role::whole)) {
      Layer layer = layer(key, names, scales);
      layers.add(layer);
      scale = layer.update.scale();
    }
    double ofFactors = scale;
    names.forEach((role, name) -> {
      if (role.whole()) {
        double own = role == LoraKey.Role.UP_BIAS ? ofFactors : 1;
        added.add(
            new Added(
                new LoraKey(key.part(), key.layer(), role),
                new Lora.Shift(file.tensor(name), own)));
      }
    });
  }

  private Layer layer(LoraKey key, Map<LoraKey.Role, String> names, LoraScales scales) {
    String layer = SafetensorsHeader.clean(key.layer());
    String down = names.get(LoraKey.Role.DOWN);
    String up = names.get(LoraKey.Role.UP);
    if (down == null || up == null) {
      throw new UserError(
          Fault.DAMAGED,
          "layer '%s' has no %s: the file is not whole"
              .formatted(layer, down == null ? "down (A)" : "up (B)"));
    }
    try {
      Tensor a = file.tensor(down);
      Tensor b = file.tensor(up);
      double scale =
          a.dim() == 0 || a.size(0) == 0
              ? 0
              : scales.scale(key, a.size(0), alpha(names.get(LoraKey.Role.ALPHA)));
      return new Layer(key, new Lora.Update(a, b, scale));
    } catch (UserError e) {
      throw e.at("layer '%s'".formatted(layer));
    }
  }

  private OptionalDouble alpha(@org.jspecify.annotations.Nullable String name) {
    if (name == null) {
      return OptionalDouble.empty();
    }
    Tensor alpha = file.tensor(name);
    if (alpha.numel() != 1) {
      throw new UserError(Fault.DAMAGED, "its alpha has %s numbers".formatted(alpha.numel()));
    }
    return OptionalDouble.of(Tensors.toDoubles(alpha)[0]);
  }

  public Path path() {
    return path;
  }

  /** How many layers it updates, and parameters to which it adds something whole. */
  public int layers() {
    return layers.size() + added.size();
  }

  /**
   * Adds this LoRA to the networks of a model.
   *
   * @param scale 1 is as it was trained
   * @return what was used of it
   * @throws UserError if no layer of it is in any of the networks, or one does not fit; nothing has
   *     changed then
   */
  public LoraReport addTo(LoraTargets targets, String name, double scale) {
    Map<LoraStack, SequencedMap<String, Lora.Update>> found = new LinkedHashMap<>();
    Map<LoraStack, SequencedMap<String, Lora.Shift>> shifts = new LinkedHashMap<>();
    List<String> unmatched = new ArrayList<>();
    for (Layer layer : layers) {
      LoraTargets.Place place = targets.find(layer.key).orElse(null);
      if (place == null || otherChannels(layer.update, place)) {
        unmatched.add(layer.key.layer());
      } else if (found
              .computeIfAbsent(place.stack(), s -> new LinkedHashMap<>())
              .put(place.layer(), layer.update)
          != null) {
        throw new UserError(
            Fault.DAMAGED, "%s: two updates are of layer '%s'".formatted(path, place.layer()));
      }
    }
    for (Added one : added) {
      Optional<LoraTargets.Place> place = targets.find(one.key).filter(there -> fits(one, there));
      if (place.isEmpty()) {
        unmatched.add(one.key.layer());
        continue;
      }
      LoraStack stack = place.get().stack();
      String parameter = one.key.role().parameter(place.get().layer());
      shifts.computeIfAbsent(stack, s -> new LinkedHashMap<>()).put(parameter, one.shift);
      found.computeIfAbsent(stack, s -> new LinkedHashMap<>());
    }
    LoraReport report = new LoraReport(path, layers(), unmatched, strangers);
    report.requireSome();
    List<LoraStack> done = new ArrayList<>();
    try {
      found.forEach((stack, updates) -> {
        stack.put(
            name, new Lora(updates, shifts.getOrDefault(stack, new LinkedHashMap<>())), scale);
        done.add(stack);
      });
    } catch (UserError e) {
      done.forEach(stack -> stack.remove(name));
      throw e.at(path);
    }
    return report;
  }

  private static boolean otherChannels(Lora.Update update, LoraTargets.Place place) {
    Tensor held = place.stack().parameters().get(place.layer() + ".weight");
    return held != null
        && held.dim() > 4
        && update.down().dim() == held.dim()
        && update.down().size(1) != held.size(1);
  }

  /** Whether there is what it is added to; a first layer of other channels is none. */
  private static boolean fits(Added one, LoraTargets.Place place) {
    Tensor held = place.stack().parameters().get(one.key.role().parameter(place.layer()));
    Tensor delta = one.shift.delta();
    boolean otherChannels =
        held != null
            && held.dim() > 2
            && delta.dim() == held.dim()
            && delta.size(0) == held.size(0)
            && delta.size(1) != held.size(1);
    return held != null && !otherChannels;
  }

  @Override
  public void close() {
    file.close();
  }
}
