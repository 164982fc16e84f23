package io.zoetrope.network.vae;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Names that weights of {@link AutoencoderKL} had in older files. */
public final class KlNames {
  private static final Pattern ATTENTION =
      Pattern.compile("(.*mid_block\\.attentions\\.0\\.)(query|key|value|proj_attn)(\\..*)");
  private static final Map<String, String> NEW =
      Map.of("query", "to_q", "key", "to_k", "value", "to_v", "proj_attn", "to_out.0");

  private KlNames() {}

  /** Today's name; itself if it is one. */
  public static String modern(String name) {
    Matcher m = ATTENTION.matcher(name);
    return m.matches() ? m.group(1) + NEW.get(m.group(2)) + m.group(3) : name;
  }
}
