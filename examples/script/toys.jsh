import io.zoetrope.studio.*

Zoetrope model = Zoetrope.open("toybox");
for (String colour : List.of("red", "blue")) {
  model.generate("a " + colour + " ball moves right").seed(4).steps(4).to(Path.of(colour + ".mp4"));
}
model.close();
/exit
