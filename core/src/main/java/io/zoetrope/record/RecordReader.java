package io.zoetrope.record;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Fills records from YAML by the names of their components. A component may be a number, boolean,
 * string, path, enum (in lower case), record, sealed interface of records (told apart by the key
 * {@code kind}, see {@link #kind}), or an Optional or List of these, or a Map to them. A sealed
 * interface may also be given by one word, if it has a method {@code of(String)}. A component whose
 * type is a variable is one of the kinds of a table. Unknown keys are errors; what is left out has
 * the value that {@link Default} says, or that the record's constructor without arguments gives it.
 */
public final class RecordReader {
  static final String KIND = "kind";

  private final String what;
  private final String settings;
  private final SequencedMap<String, ? extends Class<?>> kinds;

  private RecordReader(
      String what, String settings, SequencedMap<String, ? extends Class<?>> kinds) {
    this.what = what;
    this.settings = settings;
    this.kinds = kinds;
  }

  /** Reads a record from a text, as {@link #read(String, String, List, String, Class)}. */
  public static <T extends Record> T read(String what, String text, Class<T> type) {
    return read(what, text, List.of(), "setting", type);
  }

  /**
   * Reads a record.
   *
   * @param what names the text's origin in errors
   * @param text YAML or JSON
   * @param settings put over the text, as in {@code objective.perFrame=0.5}
   * @param named what errors call a setting
   * @throws UserError in one line that names the origin, the line, the key and the mend
   */
  public static <T extends Record> T read(
      String what, String text, List<String> settings, String named, Class<T> type) {
    return read(what, text, settings, named, type, new LinkedHashMap<>());
  }

  /**
   * As above.
   *
   * @param kinds records that a component may be whose type is a variable, by their names
   */
  public static <T extends Record> T read(
      String what,
      String text,
      List<String> settings,
      String named,
      Class<T> type,
      SequencedMap<String, ? extends Class<?>> kinds) {
    RecordReader reader = new RecordReader(what, named, kinds);
    Node root = Overrides.apply(Node.parse(what, text), named, settings);
    return type.cast(reader.record(type, root, "", Set.of()));
  }

  private Object value(Type type, Node node, String path) {
    if (type instanceof ParameterizedType p) {
      Type argument = p.getActualTypeArguments()[0];
      if (p.getRawType() == Optional.class) {
        return node instanceof Node.Scalar s && s.isNull()
            ? Optional.empty()
            : Optional.of(value(argument, node, path));
      }
      if (p.getRawType() == Map.class) {
        if (!(node instanceof Node.Mapping mapping)) {
          throw error(node, path, "must be a block of keys and values");
        }
        Map<Object, Object> values = new LinkedHashMap<>();
        Type of = p.getActualTypeArguments()[1];
        mapping
            .fields()
            .forEach((key, item) -> values.put(key, value(of, item, prefix(path) + key)));
        return Collections.unmodifiableMap(values);
      }
      if (p.getRawType() == List.class) {
        if (!(node instanceof Node.Sequence sequence)) {
          throw error(node, path, "must be a list, as in [a, b]");
        }
        List<Object> items = new ArrayList<>();
        for (Node item : sequence.items()) {
          items.add(value(argument, item, path + "[" + items.size() + "]"));
        }
        return List.copyOf(items);
      }
    }
    if (type instanceof TypeVariable<?>) {
      return variant(kinds, node, path);
    }
    if (!(type instanceof Class<?> c)) {
      throw new IllegalStateException("no reader for " + type);
    }
    // An enum whose constants have bodies is sealed as well.
    if (c.isSealed() && !c.isEnum()) {
      Optional<Method> named = named(c);
      return named.isPresent() && node instanceof Node.Scalar word && !word.isNull()
          ? named(named.get(), word, path)
          : variant(variants(c), node, path);
    }
    if (c.isRecord()) {
      return record(c, node, path, Set.of());
    }
    if (!(node instanceof Node.Scalar scalar) || scalar.isNull()) {
      throw error(node, path, node instanceof Node.Scalar ? "has no value" : "must be one value");
    }
    return scalar(c, scalar, path);
  }

  private Object scalar(Class<?> c, Node.Scalar node, String path) {
    String text = node.text();
    if (c == String.class) {
      return text;
    }
    if (c == Path.class) {
      return Path.of(text);
    }
    if (c == boolean.class || c == Boolean.class) {
      return switch (text.toLowerCase(Locale.ROOT)) {
        case "true", "yes", "on" -> true;
        case "false", "no", "off" -> false;
        default -> throw error(node, path, "must be true or false, is '" + text + "'");
      };
    }
    if (c.isEnum()) {
      List<String> names =
          Arrays.stream(c.getEnumConstants()).map(e -> kebab(((Enum<?>) e).name())).toList();
      int index = names.indexOf(text);
      if (index < 0) {
        throw error(
            node, path, "must be one of %s, is '%s'".formatted(String.join(", ", names), text));
      }
      return c.getEnumConstants()[index];
    }
    BigDecimal number;
    try {
      number = new BigDecimal(text.replace("_", ""));
    } catch (NumberFormatException e) {
      throw error(node, path, "must be a number, is '" + text + "'");
    }
    if (c == double.class || c == Double.class) {
      double d = number.doubleValue();
      if (Double.isInfinite(d)) {
        throw error(node, path, "is too large: " + text);
      }
      return d;
    }
    try {
      if (c == long.class || c == Long.class) {
        return number.longValueExact();
      }
      if (c == int.class || c == Integer.class) {
        return number.intValueExact();
      }
    } catch (ArithmeticException e) {
      throw error(node, path, "must be a whole number in range, is " + text);
    }
    throw new IllegalStateException("no reader for " + c);
  }

  /** What makes a value of one word. */
  private static Optional<Method> named(Class<?> c) {
    return Arrays.stream(c.getDeclaredMethods())
        .filter(m -> m.getName().equals("of") && Modifier.isStatic(m.getModifiers()))
        .filter(m -> m.getReturnType() == c)
        .filter(m -> Arrays.equals(m.getParameterTypes(), new Class<?>[] {String.class}))
        .findFirst();
  }

  private Object named(Method of, Node.Scalar node, String path) {
    try {
      return of.invoke(null, node.text());
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof UserError u) {
        throw u.at(at(node) + ": " + path);
      }
      throw new IllegalStateException(e.getCause());
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Map<String, Class<?>> variants(Class<?> c) {
    Map<String, Class<?>> kinds = new LinkedHashMap<>();
    for (Class<?> variant : c.getPermittedSubclasses()) {
      if (variant.isRecord()) {
        kinds.put(kind(c, variant), variant);
      }
    }
    return kinds;
  }

  /** One of several records, chosen by its {@code kind}. */
  private Object variant(Map<String, ? extends Class<?>> kinds, Node node, String path) {
    if (!(node instanceof Node.Mapping mapping)) {
      throw error(node, path, "must be a block with a kind: " + String.join(", ", kinds.keySet()));
    }
    Node kind = mapping.fields().get(KIND);
    String name = kind instanceof Node.Scalar s ? s.text() : "";
    Class<?> variant = kinds.get(name);
    if (variant == null) {
      throw error(
          kind == null ? node : kind,
          path.isEmpty() ? KIND : path + "." + KIND,
          "must be one of %s, is '%s'".formatted(String.join(", ", kinds.keySet()), name));
    }
    return record(variant, node, path, Set.of(KIND));
  }

  /**
   * @param others keys that may stand among the record's own
   */
  private Object record(Class<?> c, Node node, String path, Set<String> others) {
    if (!(node instanceof Node.Mapping mapping)) {
      throw error(node, path.isEmpty() ? whole(c) : path, "must be a block of keys and values");
    }
    SequencedMap<String, Node> fields = mapping.fields();
    RecordComponent[] components = c.getRecordComponents();
    List<String> keys = keys(c);
    fields.forEach((key, value) -> {
      if (!keys.contains(key) && !others.contains(key)) {
        throw error(value, prefix(path) + key, "is not a key here: " + nearest(key, keys));
      }
    });
    Map<String, Object> example = example(c);
    Object[] values = new Object[components.length];
    for (int i = 0; i < components.length; i++) {
      String name = components[i].getName();
      Type type = components[i].getGenericType();
      Node field = fields.get(name);
      Default otherwise = components[i].getAnnotation(Default.class);
      if (components[i].isAnnotationPresent(Inline.class)) {
        Node.Mapping whole = otherwise == null ? mapping : over(otherwise, mapping);
        values[i] = record(components[i].getType(), whole, path, whole.fields().sequencedKeySet());
      } else if (field != null) {
        values[i] = value(type, field, prefix(path) + name);
      } else if (otherwise != null) {
        values[i] = value(type, Node.parse("default", otherwise.value()), prefix(path) + name);
      } else if (components[i].getType() == Optional.class) {
        values[i] = Optional.empty();
      } else if (example.containsKey(name)) {
        values[i] = example.get(name);
      } else {
        throw error(node, prefix(path) + name, "is missing");
      }
    }
    return construct(c, components, values, mapping, path);
  }

  /** A block over what it has if nothing is said. */
  private static Node.Mapping over(Default otherwise, Node.Mapping given) {
    SequencedMap<String, Node> fields = new LinkedHashMap<>();
    if (Node.parse("default", otherwise.value()) instanceof Node.Mapping defaults) {
      fields.putAll(defaults.fields());
    }
    fields.putAll(given.fields());
    return new Node.Mapping(fields, given.line());
  }

  /** The keys of a record's block: its own, and those of the records that lie inline. */
  private static List<String> keys(Class<?> c) {
    return Arrays.stream(c.getRecordComponents())
        .flatMap(x ->
            x.isAnnotationPresent(Inline.class)
                ? keys(x.getType()).stream()
                : Stream.of(x.getName()))
        .toList();
  }

  /** The values that a record has if nothing is said; empty if it cannot be made so. */
  private static Map<String, Object> example(Class<?> c) {
    Map<String, Object> values = new LinkedHashMap<>();
    try {
      for (Constructor<?> constructor : c.getDeclaredConstructors()) {
        if (constructor.getParameterCount() == 0) {
          constructor.setAccessible(true);
          Object example = constructor.newInstance();
          for (RecordComponent component : c.getRecordComponents()) {
            component.getAccessor().setAccessible(true);
            values.put(component.getName(), component.getAccessor().invoke(example));
          }
        }
      }
      return values;
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  private Object construct(
      Class<?> c, RecordComponent[] components, Object[] values, Node.Mapping node, String path) {
    try {
      return Records.construct(c, values);
    } catch (UserError e) {
      throw new UserError(e.fault(), said(components, node, path, e.reason()), e.mend(), e);
    } catch (IllegalArgumentException e) {
      throw new UserError(
          Fault.INVALID, said(components, node, path, String.valueOf(e.getMessage())), e);
    }
  }

  /** "lr must be ..." is about the key lr, and that key has a line of its own. */
  private String said(
      RecordComponent[] components, Node.Mapping node, String path, String message) {
    String first = message.split("[ .\\[]", 2)[0];
    Node culprit = node.fields().getOrDefault(first, node);
    boolean named = Arrays.stream(components).anyMatch(x -> x.getName().equals(first));
    String where = path.isEmpty() ? "" : named ? path + "." : path + ": ";
    return "%s: %s%s".formatted(at(culprit), where, message);
  }

  private UserError error(Node node, String path, String message) {
    return new UserError(Fault.INVALID, "%s: %s %s".formatted(at(node), path, message));
  }

  private String at(Node node) {
    return node.line() == Overrides.LINE ? settings : "%s line %s".formatted(what, node.line());
  }

  private static String prefix(String path) {
    return path.isEmpty() ? "" : path + ".";
  }

  private static String whole(Class<?> c) {
    return "the " + kebab(c.getSimpleName()).replace('-', ' ');
  }

  /**
   * What {@code kind} says of a record of a sealed interface: its name, without the word with which
   * the interface's ends too. {@code LogitNormal} of {@code Levels} is {@code logit-normal}, {@code
   * LoopSpec} of {@code TaskSpec} is {@code loop}.
   */
  public static String kind(Class<?> sealed, Class<?> variant) {
    String whole = kebab(sealed.getSimpleName());
    String word = whole.substring(whole.lastIndexOf('-') + 1);
    String name = kebab(variant.getSimpleName());
    return name.endsWith("-" + word) ? name.substring(0, name.length() - word.length() - 1) : name;
  }

  /** {@code LogitNormal} and {@code LOGIT_NORMAL} as {@code logit-normal}. */
  static String kebab(String name) {
    return name.replaceAll("([a-z0-9])([A-Z])", "$1-$2").replace('_', '-').toLowerCase(Locale.ROOT);
  }

  private static String nearest(String key, List<String> names) {
    return names.stream()
        .filter(name -> distance(key, name) <= Math.max(2, name.length() / 3))
        .min((a, b) -> Integer.compare(distance(key, a), distance(key, b)))
        .map(name -> "did you mean '" + name + "'?")
        .orElse("there are " + String.join(", ", names));
  }

  /** Levenshtein's, ignoring case. */
  private static int distance(String a, String b) {
    String x = a.toLowerCase(Locale.ROOT);
    String y = b.toLowerCase(Locale.ROOT);
    int[] row = new int[y.length() + 1];
    for (int j = 0; j <= y.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= x.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= y.length(); j++) {
        int substitute = diagonal + (x.charAt(i - 1) == y.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(substitute, Math.min(row[j], row[j - 1]) + 1);
      }
    }
    return row[y.length()];
  }
}
