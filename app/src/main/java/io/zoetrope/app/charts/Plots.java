package io.zoetrope.app.charts;

import io.zoetrope.app.cli.terminal.Session;
import io.zoetrope.eval.Curves;
import io.zoetrope.media.Frame;
import io.zoetrope.media.Png;
import io.zoetrope.torch.AtomicFiles;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.XYStyler;
import org.knowm.xchart.style.markers.Marker;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Draws curves, 960x540. */
public final class Plots {
  private static final int WIDTH = 960;
  private static final int HEIGHT = 540;
  private static final Color GRID = new Color(0xe4e4e4);

  /** Okabe and Ito's colours, told apart by every kind of eye. */
  private static final Color[] COLOURS = {
    new Color(0x0072b2),
    new Color(0xd55e00),
    new Color(0x009e73),
    new Color(0xcc79a7),
    new Color(0xe69f00),
    new Color(0x56b4e9),
    new Color(0x5b5b5b),
    new Color(0xb8a800)
  };

  private Plots() {}

  /** Writes a picture of curves, whole or not at all. */
  public static void write(Path png, Curves curves) {
    Png.write(png, draw(curves));
  }

  /** A picture of curves; one without any drawable point shows empty axes. */
  public static Frame draw(Curves curves) {
    XYChart chart =
        new XYChartBuilder()
            .width(WIDTH)
            .height(HEIGHT)
            .title(curves.title())
            .xAxisTitle(curves.xLabel())
            .yAxisTitle(curves.yLabel())
            .build();
    style(chart.getStyler(), curves);
    boolean any = false;
    for (Curves.Series series : curves.series()) {
      any |= add(chart, curves, series);
    }
    if (!any) {
      chart.getStyler().setLegendVisible(false);
      double[] ends = {0, 1};
      XYSeries empty = chart.addSeries(" ", ends, new double[] {0.1, 1});
      empty.setMarker(SeriesMarkers.NONE);
      empty.setLineColor(new Color(0, true));
    }
    return frame(BitmapEncoder.getBufferedImage(chart));
  }

  private static void style(XYStyler style, Curves curves) {
    style.setChartBackgroundColor(Color.WHITE);
    style.setPlotGridLinesColor(GRID);
    style.setPlotBorderVisible(false);
    style.setSeriesColors(COLOURS);
    style.setChartTitleFont(new Font(Font.SANS_SERIF, Font.BOLD, 18));
    style.setLegendPosition(LegendPosition.InsideNE);
    style.setLegendBorderColor(GRID);
    style.setYAxisLogarithmic(curves.logY());
  }

  /** Adds a curve; false if no point of it can be drawn. */
  private static boolean add(XYChart chart, Curves curves, Curves.Series series) {
    double[] x = series.x();
    double[] y = series.y();
    boolean any = false;
    boolean lone = false;
    boolean before = false;
    for (int i = 0; i < y.length; i++) {
      boolean here = curves.drawable(x[i], y[i]);
      boolean next = i + 1 < y.length && curves.drawable(x[i + 1], y[i + 1]);
      lone |= here && !before && !next;
      any |= here;
      y[i] = here ? y[i] : Double.NaN;
      x[i] = Double.isFinite(x[i]) ? x[i] : 0;
      before = here;
    }
    if (any) {
      // A lone point has no line to be seen by.
      Marker marker = lone ? SeriesMarkers.CIRCLE : SeriesMarkers.NONE;
      chart
          .addSeries(series.name(), x, y)
          .setMarker(marker)
          .setLineStyle(new BasicStroke(2, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND));
    }
    return any;
  }

  private static Frame frame(BufferedImage image) {
    int[] pixels =
        image.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, image.getWidth());
    byte[] rgb = new byte[pixels.length * 3];
    for (int i = 0; i < pixels.length; i++) {
      rgb[3 * i] = (byte) (pixels[i] >> 16);
      rgb[3 * i + 1] = (byte) (pixels[i] >> 8);
      rgb[3 * i + 2] = (byte) pixels[i];
    }
    return new Frame(image.getWidth(), image.getHeight(), rgb);
  }

  /** A folder for plots, made if it is wanted and not there. */
  public static Optional<Path> folder(Session session, @Nullable String typed) {
    if (typed == null) {
      return Optional.empty();
    }
    Path folder = session.resolve(Path.of(typed));
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw AtomicFiles.cannot("write", folder, e);
    }
    return Optional.of(folder);
  }
}
