package io.zoetrope.media;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The picture of a plan of noise levels: frames across, steps down, white is clean and black is
 * noise. Frames that are given have a mark above them; where there are several prompts, a strip of
 * colours says which each frame follows.
 *
 * @param title above it
 * @param level {@code level[row][frame]} in [0, 1]
 * @param given for each frame whether it is given
 * @param prompts what each prompt says; not drawn if there is but one
 * @param weight {@code weight[frame][prompt]}, each frame's add up to 1
 */
@SuppressWarnings("ArrayRecordComponent")
public record PlanPicture(
    String title, double[][] level, boolean[] given, List<String> prompts, double[][] weight) {
  private static final Color INK = new Color(0x2b2b2b);
  private static final Color FAINT = new Color(0x8a8a8a);
  private static final Color PAPER = Color.WHITE;
  private static final Color GRID = new Color(0xe8e8e8);
  private static final Color EDGE = new Color(0xc9c9c9);

  /** Of given frames. */
  static final Color MARK = new Color(0xc7256b);

  private static final int LEFT = 58;
  private static final int RIGHT = 72;
  private static final int TITLE = 40;
  private static final int NUMBERS = 20;
  private static final int MARKS = 16;
  private static final int STRIP = 16;
  private static final int PROMPT_LINE = 18;
  private static final int GAP = 10;

  /** More rows than this are thinned out evenly; the first and the last stay. */
  private static final int MOST_ROWS = 200;

  public PlanPicture {
    prompts = List.copyOf(prompts);
    if (level.length < 2 || level[0].length < 1 || given.length != level[0].length) {
      throw new IllegalArgumentException("a plan has at least 2 rows of as many levels as frames");
    }
    if (prompts.size() > 1 && weight.length != given.length) {
      throw new IllegalArgumentException("a plan has weights of its prompts for each frame");
    }
  }

  /** The whole plan. */
  public Frame draw() {
    int frames = given.length;
    int cellWidth = Math.clamp(Math.round(640f / frames), 3, 40);
    return draw(cellWidth, level.length - 1, List.of());
  }

  /**
   * The plan as far as it has been walked, above what there is to see of each frame by then.
   *
   * @param row the last row that was reached; those after it are pale
   * @param previews a picture for each frame
   */
  public Frame draw(int row, List<Frame> previews) {
    int cellWidth = Math.clamp(Math.round(880f / given.length), 20, 64);
    return draw(cellWidth, row, previews);
  }

  private Frame draw(int cellWidth, int reached, List<Frame> previews) {
    int[] rows = rows();
    int cellHeight = Math.clamp(Math.round(previews.isEmpty() ? 420f : 300f) / rows.length, 2, 24);
    int fieldWidth = cellWidth * given.length;
    int fieldHeight = cellHeight * rows.length;
    boolean several = prompts.size() > 1;
    int promptLines = several ? prompts.size() * PROMPT_LINE + GAP : 0;
    int marks = hasGiven() ? MARKS : 0;
    int strip = several ? STRIP + 4 : 0;
    int top = TITLE + promptLines + NUMBERS + marks + strip;
    int thumbHeight = previews.isEmpty() ? 0 : thumbHeight(previews.getFirst(), cellWidth);
    int under = previews.isEmpty() ? 0 : GAP + thumbHeight;
    int width = LEFT + Math.max(fieldWidth, 240) + RIGHT;
    int height = top + fieldHeight + under + 2 * GAP;
    try (Canvas canvas = new Canvas(width + width % 2, height + height % 2, PAPER)) {
      canvas.font(16, true, INK);
      canvas.text(canvas.fit(title, width - LEFT - GAP), LEFT, TITLE / 2 + 2);
      if (several) {
        promptLines(canvas, width);
      }
      int y = TITLE + promptLines;
      frameNumbers(canvas, cellWidth, y + NUMBERS / 2);
      y += NUMBERS;
      if (hasGiven()) {
        givenMarks(canvas, cellWidth, y + MARKS / 2);
      }
      if (several) {
        promptStrip(canvas, cellWidth, y + marks);
      }
      field(canvas, rows, reached, cellWidth, cellHeight, top);
      stepNumbers(canvas, rows, cellHeight, top);
      scale(canvas, LEFT + fieldWidth + 18, top, fieldHeight);
      if (!previews.isEmpty()) {
        thumbs(canvas, previews, cellWidth, thumbHeight, top + fieldHeight + GAP);
      }
      return canvas.frame();
    }
  }

  private int[] rows() {
    int n = Math.min(level.length, MOST_ROWS);
    return IntStream.range(0, n)
        .map(i -> (int) Math.round(i * (level.length - 1.0) / (n - 1)))
        .toArray();
  }

  private boolean hasGiven() {
    return IntStream.range(0, given.length).anyMatch(frame -> given[frame]);
  }

  private static int thumbHeight(Frame preview, int width) {
    return Math.max(1, Math.round((float) (width - 2) * preview.height() / preview.width()));
  }

  private void promptLines(Canvas canvas, int width) {
    for (int p = 0; p < prompts.size(); p++) {
      int y = TITLE + p * PROMPT_LINE + PROMPT_LINE / 2;
      canvas.graphics().setColor(Canvas.colour(p));
      canvas.graphics().fillRect(LEFT, y - 5, 11, 11);
      canvas.font(13, false, INK);
      canvas.text(canvas.fit(prompts.get(p), width - LEFT - 30), LEFT + 18, y);
    }
  }

  private void frameNumbers(Canvas canvas, int cellWidth, int y) {
    canvas.font(11, false, FAINT);
    canvas.text("frame", LEFT - 10 - canvas.width("frame"), y);
    int every = every(given.length, canvas.width("000") + 6, cellWidth);
    for (int frame = 0; frame < given.length; frame += every) {
      String text = String.valueOf(frame);
      int middle = LEFT + frame * cellWidth + cellWidth / 2;
      canvas.text(text, middle - canvas.width(text) / 2, y);
    }
  }

  /** How many numbers to leave out so that those left do not touch: 1, 2, 5, 10, 20, ... */
  private static int every(int numbers, int needed, int step) {
    for (int ten = 1; ten < numbers; ten *= 10) {
      for (int times : new int[] {1, 2, 5}) {
        if (ten * times * step >= needed) {
          return ten * times;
        }
      }
    }
    return Math.max(1, numbers);
  }

  private void givenMarks(Canvas canvas, int cellWidth, int y) {
    canvas.font(11, false, MARK);
    canvas.text("given", LEFT - 10 - canvas.width("given"), y);
    Graphics2D g = canvas.graphics();
    int half = Math.clamp(cellWidth / 2 - 1, 2, 5);
    for (int frame = 0; frame < given.length; frame++) {
      if (given[frame]) {
        int x = LEFT + frame * cellWidth + cellWidth / 2;
        g.fillPolygon(
            new int[] {x - half, x, x + half, x}, new int[] {y, y - half, y, y + half}, 4);
      }
    }
  }

  /** Each frame a little column, divided as its prompts are weighted. */
  private void promptStrip(Canvas canvas, int cellWidth, int y) {
    Graphics2D g = canvas.graphics();
    canvas.font(11, false, FAINT);
    canvas.text("prompt", LEFT - 10 - canvas.width("prompt"), y + STRIP / 2);
    for (int frame = 0; frame < given.length; frame++) {
      double from = 0;
      for (int p = 0; p < prompts.size(); p++) {
        double to = from + weight[frame][p];
        int above = (int) Math.round(from * STRIP);
        int below = (int) Math.round(to * STRIP);
        g.setColor(Canvas.colour(p));
        g.fillRect(LEFT + frame * cellWidth, y + above, cellWidth, below - above);
        from = to;
      }
    }
  }

  private void field(
      Canvas canvas, int[] rows, int reached, int cellWidth, int cellHeight, int top) {
    Graphics2D g = canvas.graphics();
    int gapX = cellWidth >= 12 ? 1 : 0;
    int gapY = cellHeight >= 12 ? 1 : 0;
    g.setColor(GRID);
    g.fillRect(LEFT, top, given.length * cellWidth, rows.length * cellHeight);
    for (int i = 0; i < rows.length; i++) {
      for (int frame = 0; frame < given.length; frame++) {
        boolean walked = rows[i] <= reached;
        g.setColor(walked ? grey(level[rows[i]][frame]) : pale(level[rows[i]][frame]));
        g.fillRect(
            LEFT + frame * cellWidth, top + i * cellHeight, cellWidth - gapX, cellHeight - gapY);
      }
    }
    g.setStroke(new BasicStroke(1));
    g.setColor(EDGE);
    g.drawRect(LEFT - 1, top - 1, given.length * cellWidth + 1, rows.length * cellHeight + 1);
    if (reached < level.length - 1) {
      int line = 0;
      while (line < rows.length && rows[line] <= reached) {
        line++;
      }
      g.setColor(MARK);
      g.setStroke(new BasicStroke(2));
      int y = top + line * cellHeight - 1;
      g.drawLine(LEFT - 6, y, LEFT + given.length * cellWidth + 5, y);
    }
  }

  /** White at 0, near black at 1. */
  private static Color grey(double level) {
    int value = (int) Math.round(255 - 225 * level);
    return new Color(value, value, value);
  }

  /** As {@link #grey}, of what is still to come. */
  private static Color pale(double level) {
    int value = (int) Math.round(252 - 45 * level);
    return new Color(value, value, value);
  }

  private void stepNumbers(Canvas canvas, int[] rows, int cellHeight, int top) {
    canvas.font(11, false, FAINT);
    int every = every(rows.length, 16, cellHeight);
    for (int i = 0; i < rows.length; i += every) {
      String text = String.valueOf(rows[i]);
      canvas.text(text, LEFT - 10 - canvas.width(text), top + i * cellHeight + cellHeight / 2);
    }
    Graphics2D g = canvas.graphics();
    var before = g.getTransform();
    g.rotate(-Math.PI / 2);
    int middle = top + rows.length * cellHeight / 2;
    canvas.text("step", -middle - canvas.width("step") / 2, 14);
    g.setTransform(before);
  }

  /** Which grey means what. */
  private static void scale(Canvas canvas, int x, int top, int fieldHeight) {
    Graphics2D g = canvas.graphics();
    int height = Math.min(fieldHeight, 120);
    for (int i = 0; i < height; i++) {
      g.setColor(grey(1 - i / (height - 1.0)));
      g.fillRect(x, top + i, 8, 1);
    }
    g.setStroke(new BasicStroke(1));
    g.setColor(EDGE);
    g.drawRect(x - 1, top - 1, 9, height + 1);
    canvas.font(11, false, FAINT);
    canvas.text("noise", x + 14, top + 5);
    canvas.text("clean", x + 14, top + height - 6);
  }

  private void thumbs(Canvas canvas, List<Frame> previews, int cellWidth, int height, int y) {
    canvas.font(11, false, FAINT);
    canvas.text("x0", LEFT - 10 - canvas.width("x0"), y + height / 2);
    List<Frame> small = new ArrayList<>();
    for (Frame preview : previews) {
      small.add(
          Resize.stretch(preview.width(), preview.height(), cellWidth - 2, height).apply(preview));
    }
    for (int frame = 0; frame < Math.min(given.length, small.size()); frame++) {
      int x = LEFT + frame * cellWidth;
      canvas.picture(small.get(frame), x, y);
      if (given[frame]) {
        canvas.graphics().setColor(MARK);
        canvas.graphics().setStroke(new BasicStroke(2));
        canvas.graphics().drawRect(x, y, cellWidth - 3, height - 1);
      }
    }
  }

  @Override
  public String toString() {
    return "PlanPicture[%s, %s rows, given %s]"
        .formatted(title, level.length, Arrays.toString(given));
  }
}
