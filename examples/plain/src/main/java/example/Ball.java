package example;

import io.zoetrope.studio.Zoetrope;
import java.nio.file.Path;

/** A video from words, by the model that comes with the dependency. */
public class Ball {
  public static void main(String[] args) {
    try (Zoetrope model = Zoetrope.open("toybox")) {
      model.generate("a red ball moves right").seed(4).to(Path.of("ball.mp4"));
    }
  }
}
