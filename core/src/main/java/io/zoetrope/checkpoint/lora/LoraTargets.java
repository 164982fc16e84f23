package io.zoetrope.checkpoint.lora;

import io.zoetrope.checkpoint.keys.FirstCodeNames;
import io.zoetrope.checkpoint.keys.WanNames;
import io.zoetrope.nn.LoraStack;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * The networks of a model that LoRAs can update, with their layers by the names LoRAs give them.
 */
public final class LoraTargets {
  /** A layer of a network. */
  record Place(LoraStack stack, String layer) {}

  private final Map<LoraKey.Part, Map<String, Place>> networks = new LinkedHashMap<>();

  /** The same of all that own a parameter, layers that take no low-rank updates among them. */
  private final Map<LoraKey.Part, Map<String, Place>> owners = new LinkedHashMap<>();

  /** Adds the network that makes the pictures, or a part of it that has a store of its own. */
  public LoraTargets denoiser(LoraStack stack) {
    return with(LoraKey.Part.DENOISER, stack);
  }

  /** Adds the text encoder. */
  public LoraTargets textEncoder(LoraStack stack) {
    return with(LoraKey.Part.TEXT_ENCODER, stack);
  }

  private LoraTargets with(LoraKey.Part part, LoraStack stack) {
    Map<String, Place> places = networks.computeIfAbsent(part, p -> new LinkedHashMap<>());
    stack
        .layers()
        .forEach(layer -> {
          Place other = places.put(LoraKey.canonical(layer), new Place(stack, layer));
          if (other != null) {
            throw new IllegalStateException(
                "layers '%s' and '%s' have one name for LoRAs".formatted(other.layer, layer));
          }
        });
    Map<String, Place> all = owners.computeIfAbsent(part, p -> new LinkedHashMap<>());
    stack
        .parameters()
        .keySet()
        .forEach(name -> {
          String owner = name.contains(".") ? name.substring(0, name.lastIndexOf('.')) : "";
          all.putIfAbsent(LoraKey.canonical(owner), new Place(stack, owner));
          WanNames.original(owner)
              .ifPresent(
                  first -> all.putIfAbsent(LoraKey.canonical(first), new Place(stack, owner)));
        });
    all.putIfAbsent("head", new Place(stack, "")); // whose table Wan's own code calls it
    stack
        .layers()
        .forEach(layer ->
            WanNames.original(layer)
                .ifPresent(first ->
                    places.putIfAbsent(LoraKey.canonical(first), new Place(stack, layer))));
    FirstCodeNames.of(stack.layers())
        .forEach(
            (name, layer) -> places.putIfAbsent(LoraKey.canonical(name), new Place(stack, layer)));
    return this;
  }

  /** The layer that a key means. A key that names no network may mean any. */
  Optional<Place> find(LoraKey key) {
    Map<LoraKey.Part, Map<String, Place>> all = key.role().whole() ? owners : networks;
    String layer = LoraKey.canonical(key.layer());
    if (key.part().isPresent()) {
      return Optional.ofNullable(all.get(key.part().get())).map(places -> places.get(layer));
    }
    return all.values().stream()
        .map(places -> places.get(layer))
        .filter(Objects::nonNull)
        .findFirst();
  }
}
