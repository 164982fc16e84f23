package io.zoetrope.data;

import io.zoetrope.data.TarMembers.Member;
import io.zoetrope.media.MediaEndings;
import io.zoetrope.record.Json;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * What belongs together in a tar: members with the same name up to the first dot, wherever they
 * stand. A sample is a video or picture and its caption, in {@code .txt} or {@code .caption}, or in
 * {@code .json} below one of several keys; its other members are left alone.
 */
final class TarSamples {
  private static final List<String> TEXTS = List.of("txt", "caption", "text");
  private static final List<String> KEYS =
      List.of("caption", "text", "txt", "prompt", "description");
  private static final long MOST_TEXT = 1 << 20;

  private TarSamples() {}

  /** A clip in a tar. */
  record Sample(TarMembers tar, Member clip, String caption) {}

  /**
   * Those of a tar, in the order of their first members.
   *
   * @param problems told of what keeps the tar from being used
   */
  static List<Sample> of(TarMembers tar, Consumer<String> problems) {
    Map<String, Map<String, Member>> groups = new LinkedHashMap<>();
    for (Member member : tar.members()) {
      String base = member.name().substring(member.name().lastIndexOf('/') + 1);
      int dot = base.indexOf('.');
      if (dot < 1) {
        continue; // hidden, or of no kind
      }
      String key = member.name().substring(0, member.name().length() - base.length() + dot);
      String kind = base.substring(dot + 1).toLowerCase(Locale.ROOT);
      if (groups.computeIfAbsent(key, k -> new LinkedHashMap<>()).put(kind, member) != null) {
        problems.accept(where(tar, member.name()) + " is there twice");
      }
    }
    List<Sample> samples = new ArrayList<>();
    groups.forEach((key, kinds) -> sample(tar, key, kinds, problems).ifPresent(samples::add));
    return samples;
  }

  private static Optional<Sample> sample(
      TarMembers tar, String key, Map<String, Member> kinds, Consumer<String> problems) {
    List<Member> clips =
        kinds.values().stream().filter(m -> MediaEndings.isMedia(Path.of(last(m.name())))).toList();
    if (clips.isEmpty()) {
      return Optional.empty();
    }
    if (clips.size() > 1) {
      problems.accept(where(tar, key) + " has several videos or pictures");
      return Optional.empty();
    }
    Optional<String> caption = caption(tar, kinds, problems);
    if (caption.isEmpty()) {
      problems.accept(where(tar, key) + " has no caption, in .txt or .json");
    }
    return caption.map(text -> new Sample(tar, clips.getFirst(), text));
  }

  private static Optional<String> caption(
      TarMembers tar, Map<String, Member> kinds, Consumer<String> problems) {
    for (String kind : TEXTS) {
      Optional<String> text =
          Optional.ofNullable(kinds.get(kind))
              .flatMap(member -> text(tar, member, problems))
              .flatMap(TarSamples::oneLine);
      if (text.isPresent()) {
        return text;
      }
    }
    return Optional.ofNullable(kinds.get("json"))
        .flatMap(member ->
            text(tar, member, problems).flatMap(text -> told(tar, member, text, problems)));
  }

  private static Optional<String> told(
      TarMembers tar, Member member, String text, Consumer<String> problems) {
    try {
      JsonNode node = Json.MAPPER.readTree(text);
      return KEYS.stream()
          .map(node::path)
          .filter(JsonNode::isString)
          .flatMap(value -> oneLine(value.asString()).stream())
          .findFirst();
    } catch (JacksonException e) {
      problems.accept(where(tar, member.name()) + " is not JSON");
      return Optional.empty();
    }
  }

  private static Optional<String> text(TarMembers tar, Member member, Consumer<String> problems) {
    if (member.size() > MOST_TEXT) {
      problems.accept(where(tar, member.name()) + " is too long for a caption");
      return Optional.empty();
    }
    try {
      return Optional.of(
          StandardCharsets.UTF_8
              .newDecoder()
              .decode(ByteBuffer.wrap(tar.bytes(member)))
              .toString());
    } catch (CharacterCodingException e) {
      problems.accept(where(tar, member.name()) + " is not UTF-8 text");
      return Optional.empty();
    }
  }

  private static Optional<String> oneLine(String text) {
    String line = text.replace('\ufeff', ' ').strip().replaceAll("\\s+", " ");
    return Optional.of(Normalizer.normalize(line, Normalizer.Form.NFC))
        .filter(told -> !told.isEmpty());
  }

  private static String last(String name) {
    return TarMembers.shown(name.substring(name.lastIndexOf('/') + 1));
  }

  private static String where(TarMembers tar, String name) {
    return "'%s' of '%s'".formatted(TarMembers.shown(name), tar.tar().getFileName());
  }
}
