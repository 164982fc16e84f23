package io.zoetrope.jobs.store;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/** Values by kind and name, as presets are. */
public final class ShelfTable {
  private ShelfTable() {}

  public static List<String> names(Connection from, String kind) throws SQLException {
    return Sql.list(
        from, "select name from shelf where kind = ? order by name", row -> row.getString(1), kind);
  }

  public static Optional<String> get(Connection from, String kind, String name)
      throws SQLException {
    return Sql.one(
        from,
        "select value from shelf where kind = ? and name = ?",
        row -> row.getString(1),
        kind,
        name);
  }

  public static void put(Connection to, String kind, String name, String value)
      throws SQLException {
    int unused =
        Sql.update(
            to,
            """
            insert into shelf (kind, name, value) values (?, ?, ?)
            on conflict (kind, name) do update set value = excluded.value
            """,
            kind,
            name,
            value);
  }

  /** Whether it was there. */
  public static boolean remove(Connection to, String kind, String name) throws SQLException {
    return Sql.update(to, "delete from shelf where kind = ? and name = ?", kind, name) > 0;
  }
}
