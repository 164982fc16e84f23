package io.zoetrope.data.toybox;

/**
 * How a scene is filmed: in which style, with what printed over it, and how the camera moves. The
 * scene and what happens in it are the same.
 *
 * @param style how toys and table are drawn
 * @param watermark whether a row of pale signs is printed over the lower part of each frame
 * @param camera how it moves
 */
public record ToyboxLook(Style style, boolean watermark, Camera camera) {
  /** As all scenes looked before there were others. */
  public static final ToyboxLook PLAIN = new ToyboxLook(Style.PLAIN, false, Camera.STILL);

  /** How toys and table are drawn. */
  public enum Style {
    /** Softly lit, with shadows. */
    PLAIN(""),
    /** Flat paint within dark lines, on paper. */
    OUTLINE("drawn in outline"),
    /** Pale. */
    PASTEL("in pastel colors"),
    /** Glowing on a dark table. */
    NIGHT("at night");

    private final String words;

    Style(String words) {
      this.words = words;
    }

    /** As captions tell it; empty where it is the usual. */
    public String words() {
      return words;
    }
  }

  /**
   * What the camera does, at one velocity throughout a clip of {@link ToyboxScene#SECONDS} seconds.
   * It sees a part of a larger table with a grain, on which movements show.
   */
  public enum Camera {
    STILL(0, 0, 0, 0, ""),
    PAN_LEFT(-1, 0, 0, 0, "the camera pans left"),
    PAN_RIGHT(1, 0, 0, 0, "the camera pans right"),
    PAN_UP(0, -1, 0, 0, "the camera pans up"),
    PAN_DOWN(0, 1, 0, 0, "the camera pans down"),
    ZOOM_IN(0, 0, -1, 0, "the camera zooms in"),
    ZOOM_OUT(0, 0, 1, 0, "the camera zooms out"),
    /** Clockwise, so that what it sees turns the other way. */
    ROLL(0, 0, 0, 1, "the camera rolls");

    /** Frames' widths that a pan covers in a second. */
    public static final double PAN = 0.2;

    /** By how much the seen part grows or shrinks in a second. */
    public static final double ZOOM = 1.27;

    /** Radians in a second. */
    public static final double TURN = 0.5;

    private final int dx;
    private final int dy;
    private final int grows;
    private final int turns;
    private final String words;

    Camera(int dx, int dy, int grows, int turns, String words) {
      this.dx = dx;
      this.dy = dy;
      this.grows = grows;
      this.turns = turns;
      this.words = words;
    }

    /** As captions tell it; empty where it stands. */
    public String words() {
      return words;
    }

    public boolean moves() {
      return this != STILL;
    }

    /**
     * What is seen at a time: middle (x, y) in frames' sides from the scene's middle, size in
     * frames' sides, angle in radians clockwise.
     */
    View at(double seconds) {
      double t = seconds - 0.5 * ToyboxScene.SECONDS;
      return new View(dx * PAN * t, dy * PAN * t, Math.pow(ZOOM, grows * t), turns * TURN * t);
    }
  }

  /** A window on the scene. */
  record View(double x, double y, double size, double angle) {}
}
