package io.zoetrope.jobs.queue;

import io.zoetrope.jobs.store.Database;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicInteger;

/** A PostgreSQL of its own, one for all tests of a run; each takes a new database. */
public final class Postgres {
  private static final AtomicInteger COUNT = new AtomicInteger();
  private static final EmbeddedPostgres SERVER = start();
  private static final String TEMPLATE = template();

  private Postgres() {}

  /** Of a database that has its tables and nothing in them. */
  public static String newDatabase() {
    String name = "jobs" + COUNT.incrementAndGet();
    create(name, TEMPLATE);
    return url(name);
  }

  private static String url(String name) {
    return "jdbc:postgresql://localhost:%s/%s?user=postgres".formatted(SERVER.getPort(), name);
  }

  private static String template() {
    create("jobs0", "template1");
    Database.open(url("jobs0")).close();
    return "jobs0";
  }

  private static void create(String name, String template) {
    try (Connection connection = SERVER.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement()) {
      boolean unused =
          statement.execute("create database %s template %s".formatted(name, template));
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private static EmbeddedPostgres start() {
    try {
      EmbeddedPostgres server = EmbeddedPostgres.start();
      Runtime.getRuntime()
          .addShutdownHook(
              new Thread(() -> {
                try {
                  server.close();
                } catch (IOException e) {
                  throw new IllegalStateException(e);
                }
              }));
      return server;
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
