package io.zoetrope.data.toybox;

import io.zoetrope.data.Clip;
import io.zoetrope.media.Frame;
import java.awt.image.BufferedImage;
import java.io.File;
import java.io.IOException;
import javax.imageio.ImageIO;

/**
 * Draws a contact sheet of clips, one clip per row and every n-th frame across, and measures the
 * rendering rate. Arguments: output PNG, rows, pixels per side, seed.
 */
public final class ToyboxSheet {
  private ToyboxSheet() {}

  public static void main(String[] args) throws IOException {
    int rows = Integer.parseInt(args[1]);
    int side = Integer.parseInt(args[2]);
    ToyboxDataset data = new ToyboxDataset(Long.parseLong(args[3]), Split.TRAIN, side, side, 16, 8);
    int across = 6;
    BufferedImage sheet =
        new BufferedImage(across * (side + 2), rows * (side + 2), BufferedImage.TYPE_INT_RGB);
    for (int row = 0; row < rows; row++) {
      Clip clip = data.get(row);
      System.out.println(row + ": " + clip.caption());
      for (int k = 0; k < across; k++) {
        Frame frame = clip.video().frames().get(k * 3);
        for (int y = 0; y < side; y++) {
          for (int x = 0; x < side; x++) {
            int at = (y * side + x) * 3;
            int rgb =
                (frame.rgb()[at] & 255) << 16
                    | (frame.rgb()[at + 1] & 255) << 8
                    | (frame.rgb()[at + 2] & 255);
            sheet.setRGB(k * (side + 2) + x, row * (side + 2) + y, rgb);
          }
        }
      }
    }
    ImageIO.write(sheet, "png", new File(args[0]));
    ToyboxDataset clips = new ToyboxDataset(1, Split.TRAIN);
    for (int round = 0; round < 3; round++) {
      long start = System.nanoTime();
      for (int i = 0; i < 300; i++) {
        clips.get(i);
      }
      System.out.printf("%.2f ms per 128x128x16 clip%n", (System.nanoTime() - start) / 300e6);
    }
  }
}
