package io.zoetrope.data.toybox;

import io.zoetrope.data.toybox.Traits.Motion;
import io.zoetrope.data.toybox.Traits.Speed;
import java.util.Arrays;

/**
 * Names a track's motion: first whether the middle goes anywhere, and then along a line, a circle
 * or in hops, whichever leaves the least residual; what stays in place may fade, swell, shrink or
 * spin.
 *
 * @param motion the best name
 * @param speed the nearest of the motion's three speeds
 * @param confidence 0 to 1: how far the evidence is from naming another motion
 */
record MotionFit(Motion motion, Speed speed, double confidence) {
  /** Root mean square way from the mean, world units, above which a toy travels. */
  private static final double MOVES = 0.036;

  /**
   * A track's frames.
   *
   * @param t seconds
   * @param x middle, world units
   * @param y middle, world units down
   * @param logRadius natural logarithm of the radius
   * @param strength of the paint, any unit
   * @param weight trust in each frame, above 0
   */
  @SuppressWarnings("ArrayRecordComponent")
  record Track(
      double[] t, double[] x, double[] y, double[] logRadius, double[] strength, double[] weight) {}

  /**
   * @param turns spin rate, turns per second
   * @param turnGain how much better that rate explains the patches than none; above 0.01 is clear
   */
  static MotionFit of(Track track, double turns, double turnGain) {
    double[] w = track.weight();
    double still = Math.sqrt(variance(track.x(), w) + variance(track.y(), w));
    return still > MOVES ? moving(track, still) : inPlace(track, turns, turnGain, still);
  }

  private static MotionFit moving(Track track, double still) {
    double[] t = track.t();
    double[] w = track.weight();
    double[] lineX = line(t, track.x(), w);
    double[] lineY = line(t, track.y(), w);
    double lineError = Math.sqrt(lineX[2] + lineY[2]);
    double orbitError = Double.MAX_VALUE;
    double orbitRate = 0;
    double bounceError = Double.MAX_VALUE;
    double bounceRate = 0;
    for (double rate = 0.14; rate < 1.2; rate += 0.02) {
      double error = orbit(track, rate);
      if (error < orbitError) {
        orbitError = error;
        orbitRate = rate;
      }
    }
    for (double rate = 0.4; rate < 2.6; rate += 0.04) {
      double error = bounce(track, rate);
      if (error < bounceError) {
        bounceError = error;
        bounceRate = rate;
      }
    }
    double best = Math.min(lineError, Math.min(orbitError, bounceError));
    if (lineError <= best) {
      double confidence = Math.clamp(1 - lineError / Math.min(orbitError, bounceError), 0, 1);
      double speed = Math.hypot(lineX[1], lineY[1]);
      return new MotionFit(
          direction(lineX[1], lineY[1]), nearest(speed, 0.125, 0.2, 0.295), confidence);
    }
    if (orbitError <= best) {
      double confidence = Math.clamp(1 - orbitError / Math.min(lineError, bounceError), 0, 1);
      return new MotionFit(Motion.ORBIT, nearest(orbitRate, 0.25, 0.5, 0.75), confidence);
    }
    double confidence = Math.clamp(1 - bounceError / Math.min(lineError, orbitError), 0, 1);
    return new MotionFit(Motion.BOUNCE, nearest(bounceRate, 0.75, 1.25, 1.75), confidence);
  }

  private static MotionFit inPlace(Track track, double turns, double turnGain, double still) {
    double[] w = track.weight();
    double[] strength = line(track.t(), track.strength(), w);
    // What has almost faded away seems to shrink: trust a size by its paint.
    double most = Arrays.stream(track.strength()).max().orElse(1);
    double[] solid = new double[w.length];
    for (int k = 0; k < w.length; k++) {
      solid[k] = w[k] * Math.pow(Math.max(0.05, track.strength()[k] / most), 3);
    }
    double swell = line(track.t(), track.logRadius(), solid)[1];
    double start = Math.max(1e-9, strength[0]);
    double fade = -strength[1] / start;
    // Each in units of its own slowest kind.
    double fades = fade / 0.28;
    double swells = Math.abs(swell) / (0.5 * Math.log(1.5));
    double spins = turnGain > 0.004 ? Math.abs(turns) / 0.14 : 0;
    double evidence = Math.max(fades, Math.max(swells, spins));
    double confidence = Math.clamp(2 * Math.abs(evidence - 0.5), 0, 1);
    if (evidence < 0.5) {
      return new MotionFit(Motion.STILL, Speed.NORMAL, confidence);
    }
    if (fades == evidence) {
      return new MotionFit(Motion.FADE, nearest(fade, 0.28, 0.45, 0.75), confidence);
    }
    if (swells == evidence) {
      double rate = Math.abs(swell) * 2;
      Speed speed = nearest(rate, Math.log(1.5), Math.log(1.95), Math.log(2.5));
      return new MotionFit(swell > 0 ? Motion.GROW : Motion.SHRINK, speed, confidence);
    }
    return new MotionFit(Motion.SPIN, nearest(Math.abs(turns), 0.14, 0.28, 0.45), confidence);
  }

  static Motion direction(double vx, double vy) {
    Motion best = Motion.RIGHT;
    double most = -Double.MAX_VALUE;
    for (Motion motion : Motion.values()) {
      double along = vx * motion.dx() + vy * motion.dy();
      if (motion.isTravel() && along > most) {
        most = along;
        best = motion;
      }
    }
    return best;
  }

  private static Speed nearest(double rate, double slow, double normal, double fast) {
    if (rate < Math.sqrt(slow * normal)) {
      return Speed.SLOW;
    }
    return rate < Math.sqrt(normal * fast) ? Speed.NORMAL : Speed.FAST;
  }

  /** Root mean square distance from the best circle run clockwise at a rate in turns per second. */
  private static double orbit(Track track, double rate) {
    double best = Double.MAX_VALUE;
    for (int sense = -1; sense <= 1; sense += 2) {
      // With p = x + iy and e = exp(i w t): p = centre + a e, a complex least-squares fit.
      double sw = 0;
      double er = 0;
      double ei = 0;
      double pr = 0;
      double pi = 0;
      double cr = 0;
      double ci = 0;
      double pp = 0;
      for (int k = 0; k < track.t().length; k++) {
        double w = track.weight()[k];
        double phase = sense * 2 * Math.PI * rate * track.t()[k];
        double c = Math.cos(phase);
        double s = Math.sin(phase);
        double x = track.x()[k];
        double y = track.y()[k];
        sw += w;
        er += w * c;
        ei += w * s;
        pr += w * x;
        pi += w * y;
        cr += w * (x * c + y * s); // p times the conjugate of e
        ci += w * (y * c - x * s);
        pp += w * (x * x + y * y);
      }
      double spread = 1 - (er * er + ei * ei) / (sw * sw); // variance of e
      if (spread < 1e-6) {
        continue;
      }
      double ar = (cr - (pr * er + pi * ei) / sw) / sw / spread;
      double ai = (ci - (pi * er - pr * ei) / sw) / sw / spread;
      double radius = Math.hypot(ar, ai);
      if (radius < 0.05 || radius > 0.4) {
        continue;
      }
      double variance = (pp - (pr * pr + pi * pi) / sw) / sw;
      best = Math.min(best, Math.max(0, variance - radius * radius * spread));
    }
    return best == Double.MAX_VALUE ? best : Math.sqrt(best);
  }

  /** Root mean square distance from the best hops on one spot at a rate in hops per second. */
  private static double bounce(Track track, double rate) {
    double[] w = track.weight();
    double sideways = variance(track.x(), w);
    double[] hop = new double[track.t().length];
    double best = Double.MAX_VALUE;
    for (int phase = 0; phase < 16; phase++) {
      for (int k = 0; k < hop.length; k++) {
        double f = rate * track.t()[k] + phase / 16.0;
        f -= Math.floor(f);
        hop[k] = -4 * f * (1 - f);
      }
      double[] fit = line(hop, track.y(), w);
      if (fit[1] > 0.04 && fit[1] < 0.6) {
        best = Math.min(best, fit[2]);
      }
    }
    return best == Double.MAX_VALUE ? best : Math.sqrt(best + sideways);
  }

  /** Weighted least squares of {@code y = a + b t}: a, b and the residual variance. */
  private static double[] line(double[] t, double[] y, double[] w) {
    double sw = 0;
    double st = 0;
    double sy = 0;
    for (int k = 0; k < t.length; k++) {
      sw += w[k];
      st += w[k] * t[k];
      sy += w[k] * y[k];
    }
    double mt = st / sw;
    double my = sy / sw;
    double tt = 1e-12;
    double ty = 0;
    double yy = 0;
    for (int k = 0; k < t.length; k++) {
      tt += w[k] * (t[k] - mt) * (t[k] - mt);
      ty += w[k] * (t[k] - mt) * (y[k] - my);
      yy += w[k] * (y[k] - my) * (y[k] - my);
    }
    double b = ty / tt;
    return new double[] {my - b * mt, b, Math.max(0, (yy - b * ty) / sw)};
  }

  private static double variance(double[] y, double[] w) {
    double sw = 0;
    double sum = 0;
    double squares = 0;
    for (int k = 0; k < y.length; k++) {
      sw += w[k];
      sum += w[k] * y[k];
      squares += w[k] * y[k] * y[k];
    }
    return Math.max(0, squares / sw - sum * sum / (sw * sw));
  }
}
