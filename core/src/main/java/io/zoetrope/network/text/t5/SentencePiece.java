package io.zoetrope.network.text.t5;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.record.Json;
import io.zoetrope.torch.AtomicFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.function.BiConsumer;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A SentencePiece model of the unigram kind (Kudo, "Subword Regularization", 2018), as {@code
 * spiece.model} holds it: a protocol buffer, of which pieces, scores, kinds and the rules for
 * letters are read ({@code sentencepiece_model.proto}).
 *
 * @param pieces in the order of their ids
 * @param rules for letters, compiled; empty for none
 */
record SentencePiece(List<Piece> pieces, byte[] rules) {
  /** Kinds of pieces. */
  private static final int UNKNOWN = 2;

  private static final int CONTROL = 3;
  private static final int OF_THE_USER = 4;
  private static final int UNUSED = 5;

  /** Of {@code TrainerSpec.model_type}. */
  private static final int UNIGRAM = 1;

  record Piece(String text, float score, int kind) {}

  /** A field of a message: its number, and the part of the file that it is. */
  private record Field(int number, ByteBuffer value) {}

  /**
   * Reads a model.
   *
   * @throws UserError if it is damaged, or of another kind
   */
  static SentencePiece read(Path file) {
    byte[] bytes;
    try {
      bytes = Files.readAllBytes(file);
    } catch (IOException e) {
      throw AtomicFiles.cannot("read", file, e);
    }
    return read(file.toString(), bytes);
  }

  /**
   * Reads a model.
   *
   * @param what names it in errors
   * @param bytes as {@code spiece.model} has them
   */
  static SentencePiece read(String what, byte[] bytes) {
    try {
      return parse(ByteBuffer.wrap(bytes));
    } catch (UserError e) {
      throw e.at(what);
    } catch (RuntimeException e) {
      throw new UserError(Fault.DAMAGED, what + " is damaged: it is no SentencePiece model", e);
    }
  }

  /**
   * A model of which another file has the parts.
   *
   * @param what names it in errors
   * @param kinds of the pieces, as {@code sentencepiece_model.proto} numbers them
   * @param rules for letters, compiled; empty for none
   * @throws UserError if they do not fit together
   */
  static SentencePiece of(
      String what, List<String> texts, double[] scores, double[] kinds, byte[] rules) {
    if (texts.isEmpty() || scores.length != texts.size() || kinds.length != texts.size()) {
      throw new UserError(
          Fault.DAMAGED,
          "%s: its tokenizer has %s pieces, %s scores and %s kinds"
              .formatted(what, texts.size(), scores.length, kinds.length));
    }
    int count = texts.size();
    while (count > 0 && kinds[count - 1] == UNUSED) {
      count--; // rows that fill the table up
    }
    List<Piece> pieces = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      pieces.add(new Piece(texts.get(i), (float) scores[i], (int) kinds[i]));
    }
    try {
      return whole(new SentencePiece(pieces, rules));
    } catch (UserError e) {
      throw e.at(what);
    }
  }

  /** Whether pieces of an encoder-decoder's training are among its own. */
  boolean hasExtra() {
    return pieces.stream().anyMatch(piece -> piece.text.equals("<extra_id_0>"));
  }

  private static SentencePiece parse(ByteBuffer model) {
    List<Piece> pieces = new ArrayList<>();
    List<byte[]> rules = new ArrayList<>();
    int[] kind = {UNIGRAM};
    fields(
        model,
        (number, value) -> {
          switch (number) {
            case 1 -> pieces.add(piece(value));
            case 2 ->
                fields(
                    value,
                    (inner, said) -> kind[0] = inner == 3 ? said.get(said.position()) : kind[0]);
            case 3 ->
                fields(
                    value,
                    (inner, said) -> {
                      if (inner == 2) {
                        rules.add(bytes(said));
                      }
                    });
            default -> {} // self tests, the way back to text
          }
        });
    if (kind[0] != UNIGRAM) {
      throw new UserError(
          Fault.UNSUPPORTED,
          "the SentencePiece model is not of the unigram kind, which alone is read");
    }
    return whole(new SentencePiece(pieces, rules.isEmpty() ? new byte[0] : rules.getLast()));
  }

  private static SentencePiece whole(SentencePiece model) {
    if (model.pieces.stream().noneMatch(piece -> piece.kind == UNKNOWN)) {
      throw new UserError(
          Fault.DAMAGED, "the SentencePiece model has no piece for what is unknown");
    }
    return model;
  }

  private static Piece piece(ByteBuffer message) {
    String[] text = {""};
    float[] score = {0};
    int[] kind = {1};
    fields(
        message,
        (number, value) -> {
          switch (number) {
            case 1 -> text[0] = new String(bytes(value), StandardCharsets.UTF_8);
            case 2 -> score[0] = value.order(ByteOrder.LITTLE_ENDIAN).getFloat(value.position());
            case 3 -> kind[0] = value.get(value.position());
            default -> {}
          }
        });
    return new Piece(text[0], score[0], kind[0]);
  }

  private static byte[] bytes(ByteBuffer value) {
    byte[] bytes = new byte[value.remaining()];
    value.duplicate().get(bytes);
    return bytes;
  }

  /** The fields of a message, in order. */
  private static void fields(ByteBuffer message, BiConsumer<Integer, ByteBuffer> each) {
    while (message.hasRemaining()) {
      Field field = next(message);
      each.accept(field.number, field.value);
    }
  }

  private static Field next(ByteBuffer message) {
    long tag = varint(message);
    int length =
        switch ((int) (tag & 7)) {
          case 0 -> {
            int from = message.position();
            long unused = varint(message);
            int bytes = message.position() - from;
            message.position(from);
            yield bytes;
          }
          case 1 -> 8;
          case 2 -> Math.toIntExact(varint(message));
          case 5 -> 4;
          default -> throw new IllegalArgumentException("no field of a message");
        };
    ByteBuffer value = message.slice(message.position(), length);
    message.position(message.position() + length);
    return new Field(Math.toIntExact(tag >>> 3), value);
  }

  private static long varint(ByteBuffer message) {
    long value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      byte b = message.get();
      value |= (long) (b & 0x7f) << shift;
      if (b >= 0) {
        return value;
      }
    }
    throw new IllegalArgumentException("a number without end");
  }

  /**
   * The same as a tokenizer.json, as transformers make it for T5.
   *
   * @param extra pieces put behind, {@code <extra_id_N>}, the highest first
   */
  ObjectNode json(int extra) {
    ObjectNode root = Json.MAPPER.createObjectNode();
    root.put("version", "1.0");
    ArrayNode added = root.putArray("added_tokens");
    ObjectNode model = root.putObject("model").put("type", "Unigram").put("byte_fallback", false);
    ArrayNode vocab = model.putArray("vocab");
    for (Piece piece : pieces) {
      if (piece.kind == UNKNOWN) {
        model.put("unk_id", vocab.size());
      }
      if (piece.kind >= UNKNOWN && piece.kind <= OF_THE_USER) {
        added.add(token(vocab.size(), piece.text, piece.kind != OF_THE_USER));
      }
      vocab.addArray().add(piece.text).add(piece.score);
    }
    for (int i = extra - 1; i >= 0; i--) {
      String text = "<extra_id_" + i + ">";
      added.add(token(vocab.size(), text, true));
      vocab.addArray().add(text).add(0f);
    }
    if (rules.length > 0) {
      root.putObject("normalizer")
          .put("type", "Precompiled")
          .put("precompiled_charsmap", Base64.getEncoder().encodeToString(rules));
    }
    ArrayNode splits =
        root.putObject("pre_tokenizer").put("type", "Sequence").putArray("pretokenizers");
    splits.addObject().put("type", "WhitespaceSplit");
    splits
        .addObject()
        .put("type", "Metaspace")
        .put("replacement", "\u2581")
        .put("prepend_scheme", "always")
        .put("split", true);
    return root;
  }

  private static ObjectNode token(int id, String content, boolean special) {
    return Json.MAPPER
        .createObjectNode()
        .put("id", id)
        .put("content", content)
        .put("single_word", false)
        .put("lstrip", false)
        .put("rstrip", false)
        .put("normalized", false)
        .put("special", special);
  }
}
