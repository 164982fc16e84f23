package io.zoetrope.jobs.store;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.zoetrope.jobs.JobsException;
import io.zoetrope.jobs.JobsException.Kind;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Set;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The database, with its tables as they are to be. All that changes something goes through {@link
 * #write}: on SQLite by one connection, one after the other.
 */
public final class Database implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Database.class);
  private static final int TRIES = 6;

  /** What databases say of transactions that are worth another try: serialization, deadlock. */
  private static final Set<String> AGAIN = Set.of("40001", "40P01");

  private final Dialect dialect;
  private final HikariDataSource writing;
  private final HikariDataSource reading;
  private final InstantSource host;
  private volatile long clockOffset;

  private Database(
      Dialect dialect, HikariDataSource writing, HikariDataSource reading, InstantSource host) {
    this.dialect = dialect;
    this.writing = writing;
    this.reading = reading;
    this.host = host;
  }

  /** What is done with a connection. */
  @FunctionalInterface
  public interface Work<T> {
    T with(Connection connection) throws SQLException;
  }

  /** What is done with a connection, and gives nothing. */
  @FunctionalInterface
  public interface Deed {
    void with(Connection connection) throws SQLException;
  }

  /**
   * Opens it, and makes or mends its tables.
   *
   * @param url as {@code jdbc:sqlite:FILE} or {@code jdbc:postgresql://HOST/NAME?user=...}
   * @throws JobsException DATABASE, if it cannot be reached
   */
  public static Database open(String url) {
    return open(url, InstantSource.system());
  }

  /**
   * As {@link #open(String)}.
   *
   * @param host the clock of this host
   */
  static Database open(String url, InstantSource host) {
    Dialect dialect = Dialect.of(url);
    try {
      HikariDataSource writing = pool("write", dialect.writers(), url);
      HikariDataSource reading = pool("read", dialect.readers(), url);
      Flyway.configure(Database.class.getClassLoader())
          .dataSource(writing)
          .locations("classpath:io/zoetrope/jobs/store/" + dialect.folder())
          .loggers("slf4j")
          .load()
          .migrate();
      Database database = new Database(dialect, writing, reading, host);
      database.setClock();
      return database;
    } catch (RuntimeException e) {
      throw new JobsException(
          Kind.DATABASE, "the database cannot be opened: %s".formatted(cause(e)), e);
    }
  }

  /** In one transaction: all of it or nothing. Must not be called within another. */
  public <T> T write(Work<T> work) {
    for (int attempt = 1; ; attempt++) {
      try (Connection connection = writing.getConnection()) {
        connection.setAutoCommit(false);
        try {
          T result = work.with(connection);
          connection.commit();
          return result;
        } catch (SQLException | RuntimeException | Error e) {
          rollBack(connection);
          throw e;
        }
      } catch (SQLException e) {
        if (attempt == TRIES || !AGAIN.contains(String.valueOf(e.getSQLState()))) {
          throw failed(e);
        }
        LOG.debug("once more, after {}", e.getMessage());
      }
    }
  }

  /** As {@link #write}, of what gives nothing. */
  public void change(Deed deed) {
    boolean unused =
        write(connection -> {
          deed.with(connection);
          return true;
        });
  }

  /** Looks something up, by connections apart from those that write. */
  public <T> T read(Work<T> work) {
    try (Connection connection = reading.getConnection()) {
      return work.with(connection);
    } catch (SQLException e) {
      throw failed(e);
    }
  }

  /**
   * The time, as the database has it: the same for all hosts, whose clocks may differ. Between
   * looks at that clock it goes on by this host's.
   */
  public Instant now() {
    return host.instant().truncatedTo(ChronoUnit.MILLIS).plusMillis(clockOffset);
  }

  /** Looks at the database's clock. */
  public void setClock() {
    dialect.clock().ifPresent(this::readClock);
  }

  /** Where others, as the scheduler, take connections for their own transactions. */
  public DataSource connections() {
    return writing;
  }

  public Dialect dialect() {
    return dialect;
  }

  @Override
  public void close() {
    reading.close();
    writing.close();
  }

  private void readClock(String sql) {
    try {
      long before = host.millis();
      long there = read(connection -> Sql.number(connection, sql));
      long offset = there - (before + host.millis()) / 2;
      if (Math.abs(offset) > 2000) {
        LOG.warn("this host's clock and the database's differ by {} ms; the latter counts", offset);
      }
      clockOffset = offset;
    } catch (JobsException e) {
      LOG.warn("the database's clock cannot be read: {}", e.getMessage());
    }
  }

  private static HikariDataSource pool(String name, int size, String url) {
    Dialect dialect = Dialect.of(url);
    HikariConfig config = new HikariConfig();
    config.setPoolName("jobs-" + name);
    config.setDataSource(dialect.source(url));
    dialect.durable().ifPresent(config::setConnectionInitSql);
    config.setMaximumPoolSize(size);
    config.setMinimumIdle(1);
    config.setConnectionTimeout(5_000);
    return new HikariDataSource(config);
  }

  private static void rollBack(Connection connection) {
    try {
      connection.rollback();
    } catch (SQLException e) {
      LOG.warn("a transaction could not be rolled back: {}", e.getMessage());
    }
  }

  private static JobsException failed(SQLException e) {
    return new JobsException(
        Kind.DATABASE, "the database does not answer: %s".formatted(cause(e)), e);
  }

  private static String cause(Throwable e) {
    Throwable last = e;
    for (Throwable cause = e.getCause(); cause != null; cause = cause.getCause()) {
      last = cause;
    }
    String message = last.getMessage();
    return message == null
        ? last.getClass().getSimpleName()
        : message.lines().findFirst().orElse("");
  }
}
