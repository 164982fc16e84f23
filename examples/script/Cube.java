///usr/bin/env jbang "$0" "$@" ; exit $?
//JAVA 25
//DEPS io.zoetrope:zoetrope-starter:0.1.0-SNAPSHOT

import io.zoetrope.studio.Zoetrope;
import java.nio.file.Path;

void main() {
  try (Zoetrope model = Zoetrope.open("toybox")) {
    model.generate("a green cube moves up").seed(4).steps(4).to(Path.of("cube.gif"));
  }
}
