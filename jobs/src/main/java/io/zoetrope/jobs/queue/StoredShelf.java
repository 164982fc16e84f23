package io.zoetrope.jobs.queue;

import io.zoetrope.jobs.Jobs;
import io.zoetrope.jobs.store.Database;
import io.zoetrope.jobs.store.ShelfTable;
import java.util.List;
import java.util.Optional;

/** Values of one kind. */
record StoredShelf(Database database, String kind) implements Jobs.Shelf {
  @Override
  public List<String> names() {
    return database.read(c -> ShelfTable.names(c, kind));
  }

  @Override
  public Optional<String> get(String name) {
    return database.read(c -> ShelfTable.get(c, kind, name));
  }

  @Override
  public void put(String name, String json) {
    database.change(c -> ShelfTable.put(c, kind, name, json));
  }

  @Override
  public boolean remove(String name) {
    return database.write(c -> ShelfTable.remove(c, kind, name));
  }
}
