package io.zoetrope.app;

import io.zoetrope.app.cli.Session;
import io.zoetrope.app.cli.Verb;
import io.zoetrope.app.command.DoctorCommand;
import io.zoetrope.app.command.EvaluateCommand;
import io.zoetrope.app.command.InspectCommand;
import io.zoetrope.app.command.ModelsCommand;
import io.zoetrope.app.command.ProbeCommand;
import io.zoetrope.app.command.PullCommand;
import io.zoetrope.app.command.ToyboxCommand;
import io.zoetrope.app.command.TrainCommand;
import io.zoetrope.app.make.AgainCommand;
import io.zoetrope.app.make.AnimateCommand;
import io.zoetrope.app.make.ExtendCommand;
import io.zoetrope.app.make.GenerateCommand;
import io.zoetrope.app.make.InterpolateCommand;
import io.zoetrope.app.make.LoopCommand;
import io.zoetrope.app.make.PlanCommand;
import io.zoetrope.app.make.RefineCommand;
import io.zoetrope.app.make.RestyleCommand;
import io.zoetrope.app.make.RollCommand;
import io.zoetrope.app.make.TravelCommand;
import java.util.List;
import java.util.function.Function;

/** The table of commands, in the order in which help shows them. */
final class Commands {
  /** A command by name, made when it is wanted. */
  record Entry(String name, Function<Session, Verb> make) {}

  static final List<Entry> ALL =
      List.of(
          new Entry("generate", GenerateCommand::new),
          new Entry("animate", AnimateCommand::new),
          new Entry("interpolate", InterpolateCommand::new),
          new Entry("loop", LoopCommand::new),
          new Entry("extend", ExtendCommand::new),
          new Entry("restyle", RestyleCommand::new),
          new Entry("refine", RefineCommand::new),
          new Entry("travel", TravelCommand::new),
          new Entry("roll", RollCommand::new),
          new Entry("again", AgainCommand::new),
          new Entry("plan", PlanCommand::new),
          new Entry("train", TrainCommand::new),
          new Entry("evaluate", EvaluateCommand::new),
          new Entry("toybox", ToyboxCommand::new),
          new Entry("inspect", InspectCommand::new),
          new Entry("probe", ProbeCommand::new),
          new Entry("models", ModelsCommand::new),
          new Entry("pull", PullCommand::new),
          new Entry("doctor", DoctorCommand::new));

  private Commands() {}
}
