package io.zoetrope.jobs.store;

import io.zoetrope.jobs.JobId;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Statements with their arguments. Of an {@link Optional} that is empty becomes NULL; times are
 * milliseconds of the epoch, truths 0 or 1: the same in every database.
 */
final class Sql {
  private Sql() {}

  /** Reads a row. */
  @FunctionalInterface
  interface Row<T> {
    T read(ResultSet row) throws SQLException;
  }

  /** Changes rows, and says how many. */
  static int update(Connection to, String sql, Object... args) throws SQLException {
    try (PreparedStatement statement = prepare(to, sql, args)) {
      return statement.executeUpdate();
    }
  }

  /** All rows. */
  static <T> List<T> list(Connection from, String sql, Row<T> row, Object... args)
      throws SQLException {
    try (PreparedStatement statement = prepare(from, sql, args);
        ResultSet rows = statement.executeQuery()) {
      List<T> found = new ArrayList<>();
      while (rows.next()) {
        found.add(row.read(rows));
      }
      return found;
    }
  }

  /** The first row. */
  static <T> Optional<T> one(Connection from, String sql, Row<T> row, Object... args)
      throws SQLException {
    List<T> found = list(from, sql, row, args);
    return found.isEmpty() ? Optional.empty() : Optional.of(found.getFirst());
  }

  /** The one number that is asked for; 0 if it is NULL. */
  static long number(Connection from, String sql, Object... args) throws SQLException {
    return one(from, sql, row -> row.getLong(1), args).orElse(0L);
  }

  static Optional<String> text(ResultSet row, String column) throws SQLException {
    return Optional.ofNullable(row.getString(column));
  }

  static Optional<Instant> time(ResultSet row, String column) throws SQLException {
    long millis = row.getLong(column);
    return row.wasNull() ? Optional.empty() : Optional.of(Instant.ofEpochMilli(millis));
  }

  static Optional<Integer> whole(ResultSet row, String column) throws SQLException {
    int value = row.getInt(column);
    return row.wasNull() ? Optional.empty() : Optional.of(value);
  }

  static Optional<Double> real(ResultSet row, String column) throws SQLException {
    double value = row.getDouble(column);
    return row.wasNull() ? Optional.empty() : Optional.of(value);
  }

  private static PreparedStatement prepare(Connection on, String sql, Object... args)
      throws SQLException {
    PreparedStatement statement = on.prepareStatement(sql);
    try {
      for (int i = 0; i < args.length; i++) {
        set(statement, i + 1, args[i]);
      }
      return statement;
    } catch (SQLException e) {
      statement.close();
      throw e;
    }
  }

  private static void set(PreparedStatement statement, int at, @Nullable Object value)
      throws SQLException {
    switch (value) {
      case null -> statement.setNull(at, Types.NULL);
      case Optional<?> optional -> set(statement, at, optional.orElse(null));
      case Instant time -> statement.setLong(at, time.toEpochMilli());
      case Boolean truth -> statement.setInt(at, truth ? 1 : 0);
      case JobId id -> statement.setString(at, id.text());
      case String text -> statement.setString(at, text);
      case Integer number -> statement.setInt(at, number);
      case Long number -> statement.setLong(at, number);
      case Double number -> statement.setDouble(at, number);
      default -> throw new IllegalArgumentException("no value of a column: " + value);
    }
  }
}
