package io.zoetrope.server;

import io.zoetrope.jobs.Jobs;
import io.zoetrope.jobs.QueueState;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Jobs of which a server needs little, or which are in trouble. */
public final class TestJobs {
  private TestJobs() {}

  /** There are none, only shelves. */
  public static Jobs none() {
    return none(List.of());
  }

  /** There are none, only shelves. What ails them may be changed. */
  public static Jobs none(List<String> ailments) {
    Map<Object, Jobs.Shelf> shelves = new ConcurrentHashMap<>();
    return proxy((method, args) ->
        switch (method) {
          case "shelf" -> shelves.computeIfAbsent(args[0], kind -> new MemoryShelf());
          case "ailments" -> List.copyOf(ailments);
          case "newestEvent" -> 0L;
          case "queue" -> new QueueState(false, List.of(), List.of(), List.of());
          case "list" -> List.of();
          case "listen" -> (Runnable) () -> {};
          default -> throw new UnsupportedOperationException(method);
        });
  }

  /** Others that take nothing while there is some trouble. */
  public static Jobs troubled(Jobs jobs, List<? extends RuntimeException> trouble) {
    return (Jobs)
        Proxy.newProxyInstance(
            Jobs.class.getClassLoader(),
            new Class<?>[] {Jobs.class},
            (proxy, method, args) -> {
              if (method.getName().equals("submit") && !trouble.isEmpty()) {
                throw trouble.getFirst();
              }
              try {
                return method.invoke(jobs, args);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  private interface Answer {
    Object to(String method, Object[] args);
  }

  private static Jobs proxy(Answer answer) {
    return (Jobs)
        Proxy.newProxyInstance(
            Jobs.class.getClassLoader(),
            new Class<?>[] {Jobs.class},
            (proxy, method, args) -> answer.to(method.getName(), args));
  }

  private static final class MemoryShelf implements Jobs.Shelf {
    private final Map<String, String> values = new LinkedHashMap<>();

    @Override
    public synchronized List<String> names() {
      return List.copyOf(values.keySet());
    }

    @Override
    public synchronized Optional<String> get(String name) {
      return Optional.ofNullable(values.get(name));
    }

    @Override
    public synchronized void put(String name, String json) {
      values.put(name, json);
    }

    @Override
    public synchronized boolean remove(String name) {
      return values.remove(name) != null;
    }
  }
}
