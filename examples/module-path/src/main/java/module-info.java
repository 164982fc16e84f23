/** A program on the module path. */
module example {
  requires io.zoetrope.core;
  requires io.zoetrope.natives.linux.x86_64;
}
