package io.zoetrope.curation.measure;

/** The share of frames with nothing to see. */
final class Black implements Measure {
  @Override
  public String name() {
    return "black";
  }

  @Override
  public String version() {
    return "1";
  }

  @Override
  public String about() {
    return "share of frames that are black";
  }

  @Override
  public Meter begin(About clip) {
    return new Meter() {
      private int black;
      private int all;

      @Override
      public boolean wants(int index) {
        return true;
      }

      @Override
      public void add(Shot shot) {
        black += shot.signature().black() ? 1 : 0;
        all++;
      }

      @Override
      public Reading end() {
        return Reading.of((double) black / all);
      }
    };
  }
}
