package io.zoetrope.checkpoint;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import io.zoetrope.torch.UserError;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;

/**
 * What the header of a safetensors file says, checked: the tensors cover the data exactly, without
 * a hole or an overlap, and each has as many bytes as its dtype and shape need.
 *
 * @param entries the tensors in the order of their data
 * @param metadata the {@code __metadata__} strings
 * @param dataStart where in the file the data begins
 */
record SafetensorsHeader(
    SequencedMap<String, SafetensorsFile.Entry> entries,
    Map<String, String> metadata,
    long dataStart) {
  static final String METADATA = "__metadata__";

  private static final JsonFactory JSON =
      JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  /**
   * @param what names the file in errors
   * @param json the header's text
   * @param dataStart where in the file the data begins
   * @param size of the file
   */
  static SafetensorsHeader parse(String what, String json, long dataStart, long size) {
    List<SafetensorsFile.Entry> entries = new ArrayList<>();
    Map<String, String> metadata = new LinkedHashMap<>();
    try (JsonParser p = JSON.createParser(json)) {
      expect(what, "the header", p.nextToken(), JsonToken.START_OBJECT);
      while (p.nextToken() == JsonToken.FIELD_NAME) {
        String name = p.currentName();
        if (name.equals(METADATA)) {
          metadata.putAll(metadata(what, p));
        } else {
          entries.add(entry(what, name, p));
        }
      }
      if (p.nextToken() != null) {
        throw bad(what, "text follows the header's JSON");
      }
    } catch (JsonParseException e) {
      throw bad(what, "the header is not JSON: " + clean(e.getOriginalMessage()));
    } catch (IOException e) {
      throw bad(what, "the header is not JSON: " + clean(String.valueOf(e.getMessage())));
    }
    entries.sort(
        Comparator.comparingLong(SafetensorsFile.Entry::begin)
            .thenComparingLong(SafetensorsFile.Entry::end));
    SequencedMap<String, SafetensorsFile.Entry> byName = new LinkedHashMap<>();
    long position = 0;
    for (SafetensorsFile.Entry entry : entries) {
      if (entry.begin() != position) {
        throw bad(
            what,
            "tensor '%s' begins at byte %d where %d was due (a hole or an overlap)"
                .formatted(clean(entry.name()), entry.begin(), position));
      }
      position = entry.end();
      byName.put(entry.name(), entry);
    }
    long dataBytes = size - dataStart;
    if (position != dataBytes) {
      throw bad(
          what,
          "its tensors need %d bytes of data, it has %d: it is truncated or damaged"
              .formatted(position, dataBytes));
    }
    return new SafetensorsHeader(
        Collections.unmodifiableSequencedMap(byName),
        Collections.unmodifiableMap(metadata),
        dataStart);
  }

  static UserError bad(String what, String cause) {
    return new UserError(what + " is not a good safetensors file: " + cause);
  }

  /** Text from a file, made fit for one line of a message. */
  static String clean(String text) {
    String line = text.replaceAll("\\p{C}", "?");
    return line.length() <= 120 ? line : line.substring(0, 117) + "...";
  }

  private static Map<String, String> metadata(String what, JsonParser p) throws IOException {
    Map<String, String> metadata = new LinkedHashMap<>();
    expect(what, METADATA, p.nextToken(), JsonToken.START_OBJECT);
    while (p.nextToken() == JsonToken.FIELD_NAME) {
      String key = p.currentName();
      expect(what, METADATA + "." + key, p.nextToken(), JsonToken.VALUE_STRING);
      metadata.put(key, p.getText());
    }
    return metadata;
  }

  private static SafetensorsFile.Entry entry(String what, String name, JsonParser p)
      throws IOException {
    String tensor = "tensor '" + clean(name) + "'";
    Optional<Dtype> dtype = Optional.empty();
    Optional<List<Long>> shape = Optional.empty();
    Optional<List<Long>> offsets = Optional.empty();
    expect(what, tensor, p.nextToken(), JsonToken.START_OBJECT);
    while (p.nextToken() == JsonToken.FIELD_NAME) {
      String key = p.currentName();
      switch (key) {
        case "dtype" -> {
          expect(what, tensor + " dtype", p.nextToken(), JsonToken.VALUE_STRING);
          String text = p.getText();
          dtype = Dtype.named(text);
          if (dtype.isEmpty()) {
            throw bad(what, tensor + " has dtype '" + clean(text) + "', which is not supported");
          }
        }
        case "shape" -> shape = Optional.of(longs(what, tensor + " shape", p));
        case "data_offsets" -> offsets = Optional.of(longs(what, tensor + " data_offsets", p));
        default -> throw bad(what, tensor + " has an unknown key '" + clean(key) + "'");
      }
    }
    if (dtype.isEmpty() || shape.isEmpty() || offsets.isEmpty()) {
      throw bad(what, tensor + " lacks its dtype, shape or data_offsets");
    }
    if (offsets.get().size() != 2 || offsets.get().get(0) > offsets.get().get(1)) {
      throw bad(what, tensor + " has data_offsets " + clean(offsets.get().toString()));
    }
    long begin = offsets.get().get(0);
    long end = offsets.get().get(1);
    long bytes = dtype.get().bytes();
    try {
      for (long size : shape.get()) {
        bytes = Math.multiplyExact(bytes, size);
      }
    } catch (ArithmeticException e) {
      throw bad(what, tensor + " has the impossible shape " + clean(shape.get().toString()));
    }
    if (shape.get().size() > 64) {
      throw bad(what, tensor + " has " + shape.get().size() + " axes");
    }
    if (bytes != end - begin) {
      throw bad(
          what,
          "%s is %s %s, %d bytes, but its data_offsets span %d"
              .formatted(tensor, dtype.get(), clean(shape.get().toString()), bytes, end - begin));
    }
    return new SafetensorsFile.Entry(name, dtype.get(), shape.get(), begin, end);
  }

  private static List<Long> longs(String what, String where, JsonParser p) throws IOException {
    expect(what, where, p.nextToken(), JsonToken.START_ARRAY);
    List<Long> values = new ArrayList<>();
    while (p.nextToken() != JsonToken.END_ARRAY) {
      expect(what, where, p.currentToken(), JsonToken.VALUE_NUMBER_INT);
      if (p.getNumberType() == JsonParser.NumberType.BIG_INTEGER || p.getLongValue() < 0) {
        throw bad(what, where + " has the number " + clean(p.getText()));
      }
      values.add(p.getLongValue());
    }
    return List.copyOf(values);
  }

  private static void expect(
      String what,
      String where,
      @org.jspecify.annotations.Nullable JsonToken token,
      JsonToken wanted) {
    if (token != wanted) {
      throw bad(what, clean(where) + " is not a " + noun(wanted));
    }
  }

  private static String noun(JsonToken token) {
    return switch (token) {
      case START_OBJECT -> "JSON object";
      case START_ARRAY -> "list";
      case VALUE_STRING -> "string";
      default -> "whole number";
    };
  }
}
