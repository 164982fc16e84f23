package io.zoetrope.data.toybox;

import java.util.Locale;

/** The closed families of traits that a toy or its table can have. */
public final class Traits {
  private Traits() {}

  /** What a toy is. The noun in captions is the lower-case name. */
  public enum Shape {
    BALL,
    SQUARE,
    TRIANGLE,
    STAR,
    HEART,
    RING,
    CROSS,
    CRESCENT;

    /** The noun, as captions have it. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Eight paints, at least 24 degrees of hue apart. */
  public enum Colour {
    RED(222, 38, 44),
    ORANGE(246, 126, 24),
    YELLOW(250, 216, 48),
    GREEN(52, 168, 66),
    CYAN(38, 200, 212),
    BLUE(44, 88, 220),
    PURPLE(132, 62, 190),
    PINK(242, 96, 172);

    private final int r;
    private final int g;
    private final int b;

    Colour(int r, int g, int b) {
      this.r = r;
      this.g = g;
      this.b = b;
    }

    /** sRGB red of the unlit paint, 0 to 255. */
    public int r() {
      return r;
    }

    /** sRGB green of the unlit paint, 0 to 255. */
    public int g() {
      return g;
    }

    /** sRGB blue of the unlit paint, 0 to 255. */
    public int b() {
      return b;
    }

    /** The adjective, as captions have it. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** How big a toy is, by the radius of the circle around it. */
  public enum Size {
    SMALL(0.105),
    MEDIUM(0.14),
    LARGE(0.175);

    private final double radius;

    Size(double radius) {
      this.radius = radius;
    }

    /** In world units, where 1 is the frame's shorter side. */
    public double radius() {
      return radius;
    }
  }

  /** What a toy does. Spin and orbit go clockwise as seen on the screen. */
  public enum Motion {
    RIGHT(1, 0),
    LEFT(-1, 0),
    UP(0, -1),
    DOWN(0, 1),
    UP_RIGHT(1, -1),
    UP_LEFT(-1, -1),
    DOWN_RIGHT(1, 1),
    DOWN_LEFT(-1, 1),
    BOUNCE(0, 0),
    ORBIT(0, 0),
    SPIN(0, 0),
    GROW(0, 0),
    SHRINK(0, 0),
    FADE(0, 0),
    STILL(0, 0);

    private final double dx;
    private final double dy;

    Motion(int x, int y) {
      double length = Math.max(1, Math.hypot(x, y));
      this.dx = x / length;
      this.dy = y / length;
    }

    /** Across, of the unit direction; 0 unless {@link #isTravel()}. */
    public double dx() {
      return dx;
    }

    /** Down, of the unit direction; 0 unless {@link #isTravel()}. */
    public double dy() {
      return dy;
    }

    /** Whether this is one of the eight straight directions. */
    public boolean isTravel() {
      return dx != 0 || dy != 0;
    }

    /** Whether slow, normal and fast differ: for everything but standing still. */
    public boolean hasSpeed() {
      return this != STILL;
    }
  }

  /** How fast it does it; every motion has its own scale, see {@link ToyboxObject#at}. */
  public enum Speed {
    SLOW,
    NORMAL,
    FAST
  }

  /** What the table looks like; always muted, so that paint stands out. */
  public enum Background {
    PLAIN,
    GRADIENT,
    CHECKER
  }
}
