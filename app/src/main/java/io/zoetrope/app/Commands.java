package io.zoetrope.app;

import io.zoetrope.app.cli.Verb;
import io.zoetrope.app.cli.terminal.Session;
import io.zoetrope.app.command.CaptionCommand;
import io.zoetrope.app.command.CurateCommand;
import io.zoetrope.app.command.DoctorCommand;
import io.zoetrope.app.command.EvaluateCommand;
import io.zoetrope.app.command.InspectCommand;
import io.zoetrope.app.command.ModelsCommand;
import io.zoetrope.app.command.ProbeCommand;
import io.zoetrope.app.command.PullCommand;
import io.zoetrope.app.command.ToyboxCommand;
import io.zoetrope.app.latents.LatentsCommand;
import io.zoetrope.app.latents.PackCommand;
import io.zoetrope.app.make.AgainCommand;
import io.zoetrope.app.make.AnimateCommand;
import io.zoetrope.app.make.CascadeCommand;
import io.zoetrope.app.make.DecodeCommand;
import io.zoetrope.app.make.ExtendCommand;
import io.zoetrope.app.make.GenerateCommand;
import io.zoetrope.app.make.InterpolateCommand;
import io.zoetrope.app.make.LoopCommand;
import io.zoetrope.app.make.RefineCommand;
import io.zoetrope.app.make.RestyleCommand;
import io.zoetrope.app.make.RollCommand;
import io.zoetrope.app.make.TravelCommand;
import io.zoetrope.app.plan.PlanCommand;
import io.zoetrope.app.serve.ServeCommand;
import io.zoetrope.app.serve.TokensCommand;
import io.zoetrope.app.serve.WorkerCommand;
import io.zoetrope.app.train.TrainCommand;
import io.zoetrope.app.train.TuneCommand;
import java.util.List;
import java.util.function.Function;

/** The table of commands, in the order in which help shows them. */
final class Commands {
  /**
   * A command by name, made when it is wanted.
   *
   * @param computes whether it will want libtorch, which is loaded while its options are read
   */
  record Entry(String name, boolean computes, Function<Session, Verb> make) {
    Entry(String name, Function<Session, Verb> make) {
      this(name, false, make);
    }
  }

  static final List<Entry> ALL =
      List.of(
          new Entry("generate", true, GenerateCommand::new),
          new Entry("animate", true, AnimateCommand::new),
          new Entry("interpolate", true, InterpolateCommand::new),
          new Entry("loop", true, LoopCommand::new),
          new Entry("extend", true, ExtendCommand::new),
          new Entry("restyle", true, RestyleCommand::new),
          new Entry("refine", true, RefineCommand::new),
          new Entry("cascade", true, CascadeCommand::new),
          new Entry("travel", true, TravelCommand::new),
          new Entry("roll", true, RollCommand::new),
          new Entry("again", true, AgainCommand::new),
          new Entry("decode", true, DecodeCommand::new),
          new Entry("plan", PlanCommand::new),
          new Entry("train", true, TrainCommand::new),
          new Entry("tune", true, TuneCommand::new),
          new Entry("evaluate", true, EvaluateCommand::new),
          new Entry("caption", CaptionCommand::new),
          new Entry("curate", CurateCommand::new),
          new Entry("latents", true, LatentsCommand::new),
          new Entry("pack", PackCommand::new),
          new Entry("toybox", ToyboxCommand::new),
          new Entry("inspect", InspectCommand::new),
          new Entry("probe", ProbeCommand::new),
          new Entry("models", ModelsCommand::new),
          new Entry("pull", PullCommand::new),
          new Entry("doctor", DoctorCommand::new),
          new Entry("serve", ServeCommand::new),
          new Entry("worker", WorkerCommand::new),
          new Entry("tokens", TokensCommand::new),
          new Entry("spark", SparkCommand::new),
          new Entry("completion", CompletionCommand::new),
          new Entry("man", ManCommand::new));

  private Commands() {}
}
