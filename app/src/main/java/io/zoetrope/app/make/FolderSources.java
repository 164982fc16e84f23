package io.zoetrope.app.make;

import io.zoetrope.app.cli.option.ModelFolders;
import io.zoetrope.app.cli.terminal.Session;
import io.zoetrope.pipeline.order.Sources;
import java.nio.file.Path;

/** Files of the working folder, and models where {@link ModelFolders} finds them. */
record FolderSources(Session session) implements Sources {
  @Override
  public Path model(String name) {
    return new ModelFolders(session).find(name);
  }

  @Override
  public Path file(String path) {
    return session.resolve(Path.of(path));
  }
}
