package io.zoetrope.data.toybox;

import io.zoetrope.data.toybox.Traits.Colour;
import io.zoetrope.data.toybox.Traits.Motion;
import io.zoetrope.data.toybox.Traits.Shape;
import io.zoetrope.data.toybox.Traits.Size;
import io.zoetrope.data.toybox.Traits.Speed;

/**
 * One toy and its path.
 *
 * @param x where it starts, in world units; for an orbit the middle of the circle
 * @param y likewise, down; for a bounce the table that it lands on
 * @param angle at the start, radians clockwise on the screen
 * @param phase of orbit and bounce at the start, in turns or hops, [0, 1)
 */
public record ToyboxObject(
    Shape shape,
    Colour colour,
    Size size,
    Motion motion,
    Speed speed,
    double x,
    double y,
    double angle,
    double phase) {

  /** Radius of an orbit, world units. */
  static final double ORBIT_RADIUS = 0.17;

  /** Top of a hop above the table, world units. */
  static final double HOP = 0.24;

  private static final double[] TRAVEL = {0.125, 0.20, 0.295}; // units per second
  private static final double[] TURNS = {0.25, 0.50, 0.75}; // orbits per second
  private static final double[] HOPS = {0.75, 1.25, 1.75}; // hops per second
  private static final double[] SPINS = {0.14, 0.28, 0.45}; // turns per second
  private static final double[] SWELL = {1.5, 1.95, 2.5}; // growth over the default clip
  private static final double[] FADES = {0.28, 0.45, 0.75}; // opacity lost per second

  /**
   * Where a toy is and how it looks at one moment.
   *
   * @param x middle, world units
   * @param groundY the middle if it lay on the table, world units down
   * @param lift height above the table; the middle is drawn at {@code groundY - lift}
   * @param radius of the circle around it, world units
   * @param angle radians clockwise, not wrapped
   * @param opacity 0 gone, 1 solid
   */
  public record Pose(
      double x, double groundY, double lift, double radius, double angle, double opacity) {
    /** The middle as drawn, world units down. */
    public double y() {
      return groundY - lift;
    }
  }

  /**
   * The pose at a time. Travel covers 25, 40 or 59 % of the frame in the default clip's two seconds
   * (slow, normal, fast); an orbit makes 1/4, 1/2 or 3/4 turns per second; a bounce 0.75, 1.25 or
   * 1.75 hops per second; a spin 0.14, 0.28 or 0.45 turns per second; growing is by a factor of
   * 1.5, 1.95 or 2.5 over two seconds and stops at the square root of twice that factor, shrinking
   * is the same backwards; fading takes 0.28, 0.45 or 0.75 of the opacity per second.
   *
   * @param t seconds from the clip's start
   */
  public Pose at(double t) {
    int s = speed.ordinal();
    double r = size.radius();
    return switch (motion) {
      case BOUNCE -> {
        double f = t * HOPS[s] + phase;
        f -= Math.floor(f);
        yield new Pose(x, y, HOP * 4 * f * (1 - f), r, angle, 1);
      }
      case ORBIT -> {
        double a = 2 * Math.PI * (t * TURNS[s] + phase);
        yield new Pose(
            x + ORBIT_RADIUS * Math.cos(a), y + ORBIT_RADIUS * Math.sin(a), 0, r, angle, 1);
      }
      case SPIN -> new Pose(x, y, 0, r, angle + 2 * Math.PI * SPINS[s] * t, 1);
      case GROW, SHRINK -> {
        // Exponential in time, and at its nominal size in the middle of the default clip.
        double half = 0.5 * Math.log(SWELL[s]);
        double grown = half * (2 * t / ToyboxScene.SECONDS - 1);
        double limit = half + 0.5 * Math.log(2);
        grown = Math.clamp(grown, -limit, limit);
        yield new Pose(x, y, 0, r * Math.exp(motion == Motion.GROW ? grown : -grown), angle, 1);
      }
      case FADE -> new Pose(x, y, 0, r, angle, Math.max(0, 1 - FADES[s] * t));
      default -> {
        double way = TRAVEL[s] * t;
        yield new Pose(x + way * motion.dx(), y + way * motion.dy(), 0, r, angle, 1);
      }
    };
  }
}
