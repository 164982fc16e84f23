package io.zoetrope.jobs.store;

import com.github.kagkarlsson.scheduler.jdbc.JdbcCustomization;
import com.github.kagkarlsson.scheduler.jdbc.PostgreSqlJdbcCustomization;
import com.github.kagkarlsson.scheduler.jdbc.SqliteJdbcCustomization;
import io.zoetrope.jobs.JobsException;
import io.zoetrope.jobs.JobsException.Kind;
import java.util.Optional;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteDataSource;

/** What databases do in ways of their own. */
public enum Dialect {
  /** One file, one host. One writer; readers beside it. */
  SQLITE {
    @Override
    DataSource source(String url) {
      SQLiteConfig config = new SQLiteConfig();
      config.setJournalMode(SQLiteConfig.JournalMode.WAL);
      config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
      config.setTransactionMode(SQLiteConfig.TransactionMode.IMMEDIATE);
      config.setBusyTimeout(30_000);
      config.enforceForeignKeys(true);
      SQLiteDataSource source = new SQLiteDataSource(config);
      source.setUrl(url);
      return source;
    }

    @Override
    public JdbcCustomization scheduling() {
      return new SqliteJdbcCustomization();
    }
  },
  /** A server, for any number of hosts. */
  POSTGRESQL {
    @Override
    DataSource source(String url) {
      PGSimpleDataSource source = new PGSimpleDataSource();
      source.setUrl(url);
      return source;
    }

    @Override
    public JdbcCustomization scheduling() {
      return new PostgreSqlJdbcCustomization(true, false);
    }
  };

  abstract DataSource source(String url);

  /** How the scheduler talks to it. */
  public abstract JdbcCustomization scheduling();

  static Dialect of(String url) {
    if (url.startsWith("jdbc:sqlite:")) {
      return SQLITE;
    }
    if (url.startsWith("jdbc:postgresql:")) {
      return POSTGRESQL;
    }
    throw new JobsException(
        Kind.INVALID,
        "the database must be jdbc:sqlite:FILE or jdbc:postgresql://HOST/NAME, not '%s'"
            .formatted(url.replaceAll("[?@/].*", "...")));
  }

  /** What every connection begins with: what is accepted is on disk before a call returns. */
  Optional<String> durable() {
    return this == SQLITE
        ? Optional.empty()
        : Optional.of(
            "select set_config('synchronous_commit', 'on', false)"
                + " where current_setting('synchronous_commit') in ('off', 'local')");
  }

  String folder() {
    return this == SQLITE ? "sqlite" : "postgresql";
  }

  int writers() {
    return this == SQLITE ? 1 : 8;
  }

  int readers() {
    return 4;
  }

  /** Its time in milliseconds, if it may be another host's. */
  Optional<String> clock() {
    return this == SQLITE
        ? Optional.empty()
        : Optional.of("select cast(extract(epoch from clock_timestamp()) * 1000 as bigint)");
  }
}
