package io.zoetrope.pipeline.family;

import io.zoetrope.network.ControlNetwork;
import io.zoetrope.network.VideoNetwork;
import io.zoetrope.network.unet.PictureAdapter;
import io.zoetrope.network.vae.LatentGrid;
import io.zoetrope.pipeline.schedule.Scheduling;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What a model consists of, before any weight is read. All that is told of a model by its files is
 * told here; nobody who has one needs to know of which family it is.
 *
 * @param kind as files and people name it
 * @param parts in the order in which they are loaded: one denoiser and at most one late one, one
 *     autoencoder, at most one text encoder and one reader of pictures with its adapter, any number
 *     of controls
 * @param joining how controls are put beside the denoiser
 * @param scheduling noise that it was trained with, and how it is walked down
 * @param defaults what is used where a request says nothing
 * @param grid how many latents its videos are
 * @param beside what its denoiser is shown beside the latents; empty for most
 * @param leftovers what lies in its files and is not used
 */
public record Blueprint(
    String kind,
    List<Part<?>> parts,
    Joining joining,
    Scheduling scheduling,
    ModelIndex.Defaults defaults,
    LatentGrid grid,
    Optional<Beside> beside,
    Set<Ability> abilities,
    Leftovers leftovers) {
  /** Puts controls beside a denoiser. */
  @FunctionalInterface
  public interface Joining {
    /** The way of models that take no controls, and so have none. */
    Joining NONE = (denoiser, controls, pictures) -> denoiser;

    /**
     * The denoiser under controls, which may be none.
     *
     * @param controls in the order of their parts
     * @param pictures how it is shown pictures
     */
    VideoNetwork under(
        VideoNetwork denoiser, List<ControlNetwork> controls, Optional<PictureAdapter> pictures);
  }

  /**
   * What is not used.
   *
   * @param components that make no difference to what is made
   * @param keys of weights that are of no part
   */
  public record Leftovers(List<String> components, List<String> keys) {
    public static final Leftovers NONE = new Leftovers(List.of(), List.of());

    public Leftovers {
      components = List.copyOf(components);
      keys = List.copyOf(keys);
    }
  }

  public Blueprint {
    parts = List.copyOf(parts);
    abilities = Set.copyOf(abilities);
    requireCount(parts, Role.DENOISER, 1, 1);
    requireCount(parts, Role.LATE, 0, 1);
    requireCount(parts, Role.AUTOENCODER, 1, 1);
    requireCount(parts, Role.TEXT, 0, 1);
    requireCount(parts, Role.PICTURES, 0, 1);
    requireCount(parts, Role.PICTURE_ADAPTER, 0, 1);
  }

  private static void requireCount(List<Part<?>> parts, Role<?> role, int least, int most) {
    long count = parts.stream().filter(part -> part.role() == role).count();
    if (count < least || count > most) {
      throw new IllegalArgumentException("a model with %s of %s".formatted(count, role));
    }
  }

  /** The same under another name, with another guidance where a request says nothing. */
  Blueprint guided(String name, double guidance) {
    return new Blueprint(
        name,
        parts,
        joining,
        scheduling,
        defaults.guided(guidance),
        grid,
        beside,
        abilities,
        leftovers);
  }

  /** The same with one more part. */
  Blueprint with(Part<?> part) {
    List<Part<?>> more = new ArrayList<>(parts);
    more.add(part);
    return new Blueprint(
        kind, more, joining, scheduling, defaults, grid, beside, abilities, leftovers);
  }

  /** The parts of a role, in order. */
  @SuppressWarnings("unchecked") // a part of a role is what the role says
  public <T> List<Part<T>> all(Role<T> role) {
    return parts.stream().filter(part -> part.role() == role).map(part -> (Part<T>) part).toList();
  }

  /** The first part of a role. */
  public <T> Optional<Part<T>> part(Role<T> role) {
    return all(role).stream().findFirst();
  }

  public Part<VideoNetwork> denoiser() {
    return part(Role.DENOISER).orElseThrow();
  }

  public boolean can(Ability ability) {
    return abilities.contains(ability);
  }
}
