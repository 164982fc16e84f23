package example;

import io.zoetrope.studio.Zoetrope;
import java.nio.file.Path;

/** As in a plain program; what differs is {@code module-info}. */
public class Star {
  public static void main(String[] args) {
    try (Zoetrope model = Zoetrope.open("toybox")) {
      model.generate("a blue star moves left").seed(4).steps(4).to(Path.of("star.webm"));
    }
  }
}
