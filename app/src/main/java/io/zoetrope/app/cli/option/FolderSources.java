package io.zoetrope.app.cli.option;

import io.zoetrope.app.cli.config.Preferences;
import io.zoetrope.app.cli.terminal.Session;
import io.zoetrope.pipeline.order.Sources;
import java.nio.file.Path;
import java.util.Optional;

/** Files of the working folder, and models where {@link ModelFolders} finds them. */
public record FolderSources(Session session) implements Sources {
  @Override
  public Path model(String name) {
    return new ModelFolders(session).find(name);
  }

  @Override
  public Optional<String> remark(String name) {
    return new ModelFolders(session).remark(name);
  }

  /** An alias means something here and now: what it stands for lasts. */
  @Override
  public String lasting(String name) {
    return Sources.super.lasting(Preferences.of(session).model(name));
  }

  @Override
  public Path file(String path) {
    return session.resolve(Path.of(path));
  }
}
