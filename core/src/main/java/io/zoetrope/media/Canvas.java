package io.zoetrope.media;

import java.awt.Color;
import java.awt.Font;
import java.awt.FontMetrics;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.awt.image.DataBufferInt;

/**
 * A picture to draw on with AWT, without a display. Where Java finds no fonts (a bare container),
 * text is left out rather than failing.
 */
final class Canvas implements AutoCloseable {
  private static final boolean FONTS = probeFonts();

  /** Okabe and Ito's colours, told apart by every kind of eye. */
  private static final int[] COLOURS = {
    0x0072b2, 0xd55e00, 0x009e73, 0xcc79a7, 0xe69f00, 0x56b4e9, 0x5b5b5b, 0xb8a800
  };

  private final BufferedImage image;
  private final Graphics2D graphics;

  Canvas(int width, int height, Color background) {
    image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    graphics = image.createGraphics();
    graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
    graphics.setRenderingHint(
        RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
    graphics.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
    graphics.setColor(background);
    graphics.fillRect(0, 0, width, height);
  }

  private static boolean probeFonts() {
    // Must be set before AWT starts; harmless if it already has.
    if (System.getProperty("java.awt.headless") == null) {
      System.setProperty("java.awt.headless", "true");
    }
    try {
      Graphics2D g = new BufferedImage(8, 8, BufferedImage.TYPE_INT_RGB).createGraphics();
      try {
        g.setFont(font(12, false));
        g.drawString("a", 0, 8);
        return g.getFontMetrics().stringWidth("a") > 0;
      } finally {
        g.dispose();
      }
    } catch (RuntimeException | LinkageError | InternalError e) {
      return false;
    }
  }

  /** One of a few colours that every kind of eye tells apart. */
  static Color colour(int i) {
    return new Color(COLOURS[i % COLOURS.length]);
  }

  static boolean hasFonts() {
    return FONTS;
  }

  private static Font font(int size, boolean bold) {
    return new Font(Font.SANS_SERIF, bold ? Font.BOLD : Font.PLAIN, size);
  }

  Graphics2D graphics() {
    return graphics;
  }

  void font(int size, boolean bold, Color colour) {
    graphics.setColor(colour);
    if (FONTS) {
      graphics.setFont(font(size, bold));
    }
  }

  /** Width of a text in the current font; 0 without fonts. */
  int width(String text) {
    return FONTS ? graphics.getFontMetrics().stringWidth(text) : 0;
  }

  /** Draws a text with its vertical middle at {@code y}. */
  void text(String text, int x, int y) {
    if (FONTS) {
      FontMetrics m = graphics.getFontMetrics();
      graphics.drawString(text, x, y + (m.getAscent() - m.getDescent()) / 2);
    }
  }

  /** The text, cut with an ellipsis to fit. */
  String fit(String text, int pixels) {
    if (width(text) <= pixels) {
      return text;
    }
    int keep = text.length();
    while (keep > 0 && width(text.substring(0, keep).stripTrailing() + "…") > pixels) {
      keep = text.offsetByCodePoints(keep, -1);
    }
    return keep == 0 ? "" : text.substring(0, keep).stripTrailing() + "…";
  }

  void picture(Frame frame, int x, int y) {
    int[] pixels = new int[frame.width() * frame.height()];
    byte[] rgb = frame.rgb();
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] =
          (rgb[3 * i] & 0xff) << 16 | (rgb[3 * i + 1] & 0xff) << 8 | (rgb[3 * i + 2] & 0xff);
    }
    image.setRGB(x, y, frame.width(), frame.height(), pixels, 0, frame.width());
  }

  Frame frame() {
    int[] pixels = ((DataBufferInt) image.getRaster().getDataBuffer()).getData();
    byte[] rgb = new byte[pixels.length * 3];
    for (int i = 0; i < pixels.length; i++) {
      rgb[3 * i] = (byte) (pixels[i] >> 16);
      rgb[3 * i + 1] = (byte) (pixels[i] >> 8);
      rgb[3 * i + 2] = (byte) pixels[i];
    }
    return new Frame(image.getWidth(), image.getHeight(), rgb);
  }

  @Override
  public void close() {
    graphics.dispose();
  }
}
