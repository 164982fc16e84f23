package io.zoetrope.media;

import io.zoetrope.torch.Fault;
import io.zoetrope.torch.UserError;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.geom.AffineTransform;
import java.awt.geom.Path2D;
import java.util.List;

/**
 * A plot of named curves, for loss curves and measurements.
 *
 * @param title above the plot
 * @param xLabel below it
 * @param yLabel beside it
 * @param series at least one; points that are not finite, or not above 0 on a logarithmic axis,
 *     leave a gap in their curve
 * @param logY whether the vertical axis is logarithmic
 */
public record LinePlot(
    String title, String xLabel, String yLabel, List<Series> series, boolean logY) {
  private static final int WIDTH = 960;
  private static final int HEIGHT = 540;
  private static final int LEFT = 84;
  private static final int RIGHT = 28;
  private static final int TOP = 52;
  private static final int BOTTOM = 62;
  private static final Color INK = new Color(0x2b2b2b);
  private static final Color GRID = new Color(0xe4e4e4);

  /** Okabe and Ito's colours, told apart by every kind of eye. */
  private static final int[] COLOURS = {
    0x0072b2, 0xd55e00, 0x009e73, 0xcc79a7, 0xe69f00, 0x56b4e9, 0x5b5b5b, 0xb8a800
  };

  /**
   * One curve.
   *
   * @param x and {@code y}: equally many numbers; copied
   */
  @SuppressWarnings("ArrayRecordComponent")
  public record Series(String name, double[] x, double[] y) {
    public Series {
      if (x.length != y.length) {
        throw new IllegalArgumentException(
            "curve '%s' has %d x and %d y".formatted(name, x.length, y.length));
      }
      x = x.clone();
      y = y.clone();
    }

    /** Of values at 0, 1, 2, ... */
    public static Series of(String name, double... y) {
      double[] x = new double[y.length];
      for (int i = 0; i < x.length; i++) {
        x[i] = i;
      }
      return new Series(name, x, y);
    }
  }

  public LinePlot {
    series = List.copyOf(series);
    if (series.isEmpty()) {
      throw new UserError(Fault.INVALID, "a plot needs at least one curve");
    }
  }

  /** Draws the plot, 960x540. A plot without any drawable point shows empty axes. */
  public Frame draw() {
    double[] xs = {Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY};
    double[] ys = xs.clone();
    for (Series s : series) {
      for (int i = 0; i < s.x().length; i++) {
        if (drawable(s.x()[i], s.y()[i])) {
          widen(xs, s.x()[i]);
          widen(ys, s.y()[i]);
        }
      }
    }
    Axis x = Axis.of(xs[0], xs[1], false);
    Axis y = Axis.of(ys[0], ys[1], logY);
    try (Canvas canvas = new Canvas(WIDTH, HEIGHT, Color.WHITE)) {
      axes(canvas, x, y);
      for (int i = 0; i < series.size(); i++) {
        curve(canvas, series.get(i), x, y, colour(i));
      }
      labels(canvas);
      legend(canvas);
      return canvas.frame();
    }
  }

  private boolean drawable(double x, double y) {
    return Double.isFinite(x) && Double.isFinite(y) && (!logY || y > 0);
  }

  private static void widen(double[] range, double value) {
    range[0] = Math.min(range[0], value);
    range[1] = Math.max(range[1], value);
  }

  /** One of a few colours that every kind of eye tells apart. */
  static Color colour(int i) {
    return new Color(COLOURS[i % COLOURS.length]);
  }

  private static double px(Axis axis, double value) {
    return LEFT + axis.place(value) * (WIDTH - LEFT - RIGHT);
  }

  private static double py(Axis axis, double value) {
    return HEIGHT - BOTTOM - axis.place(value) * (HEIGHT - TOP - BOTTOM);
  }

  private static void axes(Canvas canvas, Axis x, Axis y) {
    var g = canvas.graphics();
    g.setStroke(new BasicStroke(1));
    for (Axis.Tick tick : y.ticks()) {
      int at = (int) Math.round(py(y, tick.value()));
      g.setColor(GRID);
      g.drawLine(LEFT, at, WIDTH - RIGHT, at);
      canvas.font(12, false, INK);
      canvas.text(tick.label(), LEFT - 8 - canvas.width(tick.label()), at);
    }
    for (Axis.Tick tick : x.ticks()) {
      int at = (int) Math.round(px(x, tick.value()));
      g.setColor(GRID);
      g.drawLine(at, TOP, at, HEIGHT - BOTTOM);
      canvas.font(12, false, INK);
      canvas.text(tick.label(), at - canvas.width(tick.label()) / 2, HEIGHT - BOTTOM + 14);
    }
    g.setColor(INK);
    g.drawLine(LEFT, HEIGHT - BOTTOM, WIDTH - RIGHT, HEIGHT - BOTTOM);
    g.drawLine(LEFT, TOP, LEFT, HEIGHT - BOTTOM);
  }

  private void curve(Canvas canvas, Series s, Axis x, Axis y, Color colour) {
    Path2D path = new Path2D.Double();
    var g = canvas.graphics();
    g.setColor(colour);
    boolean down = false;
    for (int i = 0; i < s.x().length; i++) {
      if (!drawable(s.x()[i], s.y()[i])) {
        down = false;
        continue;
      }
      double px = px(x, s.x()[i]);
      double py = py(y, s.y()[i]);
      boolean next = i + 1 < s.x().length && drawable(s.x()[i + 1], s.y()[i + 1]);
      if (!down && !next) {
        g.fillOval((int) px - 3, (int) py - 3, 6, 6); // a lone point has no line
      }
      if (down) {
        path.lineTo(px, py);
      } else {
        path.moveTo(px, py);
      }
      down = true;
    }
    g.setStroke(new BasicStroke(2, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND));
    g.draw(path);
  }

  private void labels(Canvas canvas) {
    canvas.font(18, true, INK);
    canvas.text(canvas.fit(title, WIDTH - LEFT - RIGHT), LEFT, TOP / 2);
    canvas.font(13, false, INK);
    canvas.text(xLabel, (WIDTH + LEFT - RIGHT - canvas.width(xLabel)) / 2, HEIGHT - 20);
    AffineTransform before = canvas.graphics().getTransform();
    canvas.graphics().rotate(-Math.PI / 2);
    int middle = (HEIGHT - BOTTOM + TOP) / 2;
    canvas.text(yLabel, -middle - canvas.width(yLabel) / 2, 16);
    canvas.graphics().setTransform(before);
  }

  private void legend(Canvas canvas) {
    canvas.font(13, false, INK);
    int widest = series.stream().mapToInt(s -> canvas.width(s.name())).max().orElse(0);
    if (widest == 0) {
      return;
    }
    var g = canvas.graphics();
    int left = WIDTH - RIGHT - widest - 48;
    g.setColor(new Color(255, 255, 255, 220));
    g.fillRect(left - 4, TOP + 4, widest + 48, series.size() * 20 + 8);
    for (int i = 0; i < series.size(); i++) {
      int y = TOP + 18 + i * 20;
      g.setColor(colour(i));
      g.setStroke(new BasicStroke(3));
      g.drawLine(left + 4, y, left + 28, y);
      canvas.font(13, false, INK);
      canvas.text(series.get(i).name(), left + 36, y);
    }
  }
}
