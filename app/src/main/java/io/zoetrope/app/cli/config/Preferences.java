package io.zoetrope.app.cli.config;

import io.zoetrope.app.cli.terminal.Session;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.torch.TextFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/**
 * What a person likes, from a file of theirs: see docs/configuration.md.
 *
 * @param defaults option without its dashes -> value, for every command that has it
 * @param presets the same by the name of a preset
 * @param aliases short names of models
 */
public record Preferences(
    Map<String, String> defaults,
    Map<String, Map<String, String>> presets,
    Map<String, String> aliases) {
  /** Those of somebody without a file. */
  public static final Preferences NONE = new Preferences(Map.of(), Map.of(), Map.of());

  static final String VARIABLE = "ZOETROPE_CONFIG";

  private static final YAMLMapper YAML =
      YAMLMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  private static final List<String> SECTIONS = List.of("defaults", "presets", "aliases");

  public Preferences {
    defaults = Collections.unmodifiableMap(defaults);
    presets = Collections.unmodifiableMap(presets);
    aliases = Collections.unmodifiableMap(aliases);
  }

  /** Where the file is, or would be; empty if none is wanted, or nobody's home is known. */
  public static Optional<Path> place(Session session) {
    Optional<String> said = session.variable(VARIABLE);
    if (said.isPresent()) {
      return said.filter(word -> !word.equals("off")).map(word -> path(session, word));
    }
    return folder(session).map(folder -> folder.resolve("zoetrope").resolve("config.yaml"));
  }

  private static Optional<Path> folder(Session session) {
    Optional<Path> xdg = session.variable("XDG_CONFIG_HOME").map(Path::of);
    Optional<Path> windows = session.variable("APPDATA").map(Path::of);
    Optional<Path> home = session.variable("HOME").map(Path::of);
    Optional<Path> mac =
        home.map(path -> path.resolve("Library").resolve("Application Support"))
            .filter(path -> Files.isDirectory(path.resolve("zoetrope")));
    return xdg.or(() -> windows).or(() -> mac).or(() -> home.map(path -> path.resolve(".config")));
  }

  private static Path path(Session session, String typed) {
    try {
      return session.resolve(Path.of(typed));
    } catch (InvalidPathException e) {
      throw new UserError(
          Fault.INVALID, "%s '%s' is no file name: %s".formatted(VARIABLE, typed, e.getReason()));
    }
  }

  /**
   * Reads the file.
   *
   * @throws UserError in one line if it is not as it should be, or was named and is not there
   */
  public static Preferences of(Session session) {
    Optional<Path> place = place(session);
    if (place.isEmpty() || !Files.exists(place.get())) {
      if (place.isPresent() && session.variable(VARIABLE).isPresent()) {
        throw new UserError(
            Fault.NOT_FOUND,
            "%s: there is no file '%s'".formatted(VARIABLE, place.get()),
            "name one, or 'off'");
      }
      return NONE;
    }
    Path file = place.get();
    try {
      return parse(file, TextFiles.read(file));
    } catch (IOException e) {
      throw new UserError(
          Fault.NO_ACCESS, "cannot read '%s': %s".formatted(file, e.getMessage()), e);
    }
  }

  /** Of a text. */
  static Preferences parse(Path file, String text) {
    JsonNode root;
    try {
      root = YAML.readTree(text);
    } catch (JacksonException e) {
      String where = e.getLocation() == null ? "" : " line " + e.getLocation().getLineNr();
      throw new UserError(
          Fault.INVALID,
          "'%s'%s: %s"
              .formatted(
                  file,
                  where,
                  String.valueOf(e.getOriginalMessage()).lines().findFirst().orElse("")),
          e);
    }
    Reader reader = new Reader(file);
    if (root.isMissingNode() || root.isNull()) {
      return NONE;
    }
    reader.requireSections(root, SECTIONS);
    Map<String, Map<String, String>> presets = new LinkedHashMap<>();
    reader
        .object("presets", root.path("presets"))
        .properties()
        .forEach(entry -> {
          String name = "presets." + entry.getKey();
          presets.put(entry.getKey(), reader.values(name, entry.getValue()));
        });
    return new Preferences(
        reader.values("defaults", root.path("defaults")),
        presets,
        reader.values("aliases", root.path("aliases")));
  }

  /** The name that is meant by a name. */
  public String model(String name) {
    return aliases.getOrDefault(name, name);
  }

  /**
   * Values for the options of a command: those of the preset, if there is one, over the defaults.
   *
   * @param preset as somebody typed it
   * @throws UserError if there is no such preset
   */
  public Map<String, String> values(Optional<String> preset) {
    Map<String, String> values = new LinkedHashMap<>(defaults);
    preset.ifPresent(name -> values.putAll(preset(name)));
    return values;
  }

  /**
   * The values of a preset.
   *
   * @throws UserError if there is none of that name
   */
  public Map<String, String> preset(String name) {
    Map<String, String> found = presets.get(name);
    if (found == null) {
      throw new UserError(
          Fault.ORDER,
          "there is no preset '%s'".formatted(name),
          presets.isEmpty()
              ? "presets stand in the file that 'zoetrope doctor' names"
              : "use " + String.join(", ", presets.keySet()));
    }
    return found;
  }
}
