package io.zoetrope.pipeline.schedule;

import io.zoetrope.torch.Fault;
import io.zoetrope.torch.UserError;
import java.util.Arrays;
import java.util.stream.Collectors;

/** The scheduler classes of diffusers whose configs are read. */
enum SchedulerClass {
  DDIM("DDIMScheduler"),
  DPM("DPMSolverMultistepScheduler"),
  EULER_A("EulerAncestralDiscreteScheduler"),
  EULER("EulerDiscreteScheduler"),
  FLOW("FlowMatchEulerDiscreteScheduler"),
  LCM("LCMScheduler"),
  PNDM("PNDMScheduler");

  private final String title;

  SchedulerClass(String title) {
    this.title = title;
  }

  /** Its name in {@code _class_name}. */
  String title() {
    return title;
  }

  /**
   * The class of a name.
   *
   * @throws UserError if it is not among them
   */
  static SchedulerClass of(String title) {
    return Arrays.stream(values())
        .filter(kind -> kind.title.equals(title))
        .findFirst()
        .orElseThrow(() ->
            new UserError(
                Fault.UNSUPPORTED,
                "unknown scheduler '%s'".formatted(title),
                "this version reads "
                    + Arrays.stream(values())
                        .map(SchedulerClass::title)
                        .collect(Collectors.joining(", "))));
  }
}
