package io.zoetrope.checkpoint.safetensors;

import io.zoetrope.error.UserError;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/**
 * The JSON of a safetensors header, read strictly from its bytes (RFC 8259). Only what a header may
 * hold is known: objects, strings, lists and whole numbers of 0 or more. There is no recursion, and
 * nothing is allocated but the strings asked for.
 */
final class HeaderText {
  private final String file;
  private final byte[] text;
  private int at;

  /**
   * @param file named in errors
   */
  HeaderText(String file, byte[] text) {
    this.file = file;
    this.text = text;
  }

  /** Takes a character, behind white space. */
  void expect(char wanted, String where) {
    if (!take(wanted)) {
      throw bad("%s is damaged at byte %s: no '%s'".formatted(where, 8 + at, wanted));
    }
  }

  /** Takes a character, behind white space, if it comes next. */
  boolean take(char wanted) {
    skipSpace();
    if (at < text.length && text[at] == wanted) {
      at++;
      return true;
    }
    return false;
  }

  /** Whether a value that begins with a character comes next. */
  boolean next(char begin) {
    skipSpace();
    return at < text.length && text[at] == begin;
  }

  /** Requires that nothing but white space is left. */
  void end() {
    skipSpace();
    if (at < text.length) {
      throw bad("text follows the JSON of its header at byte " + (8 + at));
    }
  }

  /** A string. */
  String string(String where) {
    if (!take('"')) {
      throw bad(where + " is not a string");
    }
    int from = at;
    int odd = 0;
    while (at < text.length && text[at] != '"') {
      byte b = text[at++];
      if (b == '\\') {
        odd = 1;
        at++; // also an escaped quote
      } else if (b < 0) {
        odd = 1;
      } else if (b < ' ') {
        throw bad(where + " is not JSON: a control character in a string");
      }
    }
    if (at >= text.length) {
      throw bad(where + " is not JSON: a string without an end");
    }
    int length = at++ - from;
    return odd == 0
        ? new String(text, from, length, StandardCharsets.ISO_8859_1)
        : decode(from, length, where);
  }

  /** A whole number from 0 to 2^63 - 1. */
  long number(String where) {
    skipSpace();
    int from = at;
    long value = 0;
    boolean fits = true;
    while (at < text.length && text[at] >= '0' && text[at] <= '9') {
      int digit = text[at++] - '0';
      fits &= value <= (Long.MAX_VALUE - digit) / 10;
      value = value * 10 + digit;
    }
    boolean more = at < text.length && "+-.eE".indexOf(text[at]) >= 0;
    if (at == from || more) {
      throw bad(
          "%s has '%s' where a whole number of 0 or more is due".formatted(where, word(from)));
    }
    if (text[from] == '0' && at > from + 1) {
      throw bad("%s has the number %s, which is not JSON".formatted(where, word(from)));
    }
    if (!fits) {
      throw bad("%s has the number %s, which is too large".formatted(where, word(from)));
    }
    return value;
  }

  /** What stands at a place, to be shown. */
  private String word(int from) {
    int to = from;
    while (to < text.length && to - from < 40 && ",]}: \"".indexOf(text[to]) < 0) {
      to++;
    }
    return SafetensorsHeader.clean(new String(text, from, to - from, StandardCharsets.ISO_8859_1));
  }

  private void skipSpace() {
    while (at < text.length
        && (text[at] == ' ' || text[at] == '\n' || text[at] == '\t' || text[at] == '\r')) {
      at++;
    }
  }

  private String decode(int from, int length, String where) {
    String raw;
    try {
      raw =
          StandardCharsets.UTF_8
              .newDecoder()
              .onMalformedInput(CodingErrorAction.REPORT)
              .onUnmappableCharacter(CodingErrorAction.REPORT)
              .decode(ByteBuffer.wrap(text, from, length))
              .toString();
    } catch (CharacterCodingException e) {
      throw bad(where + " is not UTF-8");
    }
    return raw.indexOf('\\') < 0 ? raw : unescape(raw, where);
  }

  private String unescape(String raw, String where) {
    StringBuilder out = new StringBuilder(raw.length());
    for (int i = 0; i < raw.length(); i++) {
      char c = raw.charAt(i);
      if (c != '\\') {
        out.append(c);
        continue;
      }
      char kind = raw.charAt(++i); // a string never ends in a lone backslash: it escapes the quote
      int plain = "\"\\/bfnrt".indexOf(kind);
      if (plain >= 0) {
        out.append("\"\\/\b\f\n\r\t".charAt(plain));
      } else if (kind == 'u') {
        out.append(hex(raw, i + 1, where));
        i += 4;
      } else {
        throw bad(where + " is not JSON: an unknown escape");
      }
    }
    for (int i = 0; i < out.length(); i++) {
      if (Character.isSurrogate(out.charAt(i))) {
        if (!Character.isSurrogatePair(
            out.charAt(i), i + 1 < out.length() ? out.charAt(i + 1) : 0)) {
          throw bad(where + " is not JSON: half a surrogate pair");
        }
        i++;
      }
    }
    return out.toString();
  }

  private char hex(String raw, int from, String where) {
    int value = 0;
    for (int i = from; i < from + 4; i++) {
      int digit = i < raw.length() && raw.charAt(i) < 128 ? Character.digit(raw.charAt(i), 16) : -1;
      if (digit < 0) {
        throw bad(where + " is not JSON: an unknown escape");
      }
      value = value * 16 + digit;
    }
    return (char) value;
  }

  private UserError bad(String cause) {
    return SafetensorsHeader.bad(file, cause);
  }
}
