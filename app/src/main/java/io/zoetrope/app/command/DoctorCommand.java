package io.zoetrope.app.command;

import io.zoetrope.app.cli.Result;
import io.zoetrope.app.cli.Verb;
import io.zoetrope.app.cli.option.ModelFolders;
import io.zoetrope.app.cli.terminal.Session;
import io.zoetrope.app.cli.words.UsageError;
import io.zoetrope.app.doctor.Doctor;
import io.zoetrope.app.doctor.Finding;
import io.zoetrope.pipeline.model.ModelContents;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code zoetrope doctor}. */
@Command(
    name = "doctor",
    description = {
      "Shows what this machine has, what of it will be used, and how fast it is.",
      "Exit code 1 if something that zoetrope needs is missing."
    })
public final class DoctorCommand extends Verb {
  @Option(names = "--no-test", description = "Only look; leave out the 5-second self-test.")
  private boolean noTest;

  @Option(
      names = {"-m", "--model"},
      paramLabel = "MODEL",
      description = {
        "Also say whether a video of this model fits into memory, and about how many seconds a step"
            + " takes."
      })
  private @Nullable String model;

  @Mixin private final EstimateOptions estimate = new EstimateOptions();

  public DoctorCommand(Session session) {
    super(session);
  }

  @Override
  protected Result run() {
    if (model == null && estimate.given()) {
      throw new UsageError("--size and --frames are about what a model makes: name one by --model");
    }
    Optional<ModelContents> contents =
        Optional.ofNullable(model)
            .map(new ModelFolders(session())::find)
            .map(found -> ModelContents.of(found, estimate::of));
    List<Finding> findings = new ArrayList<>(new Doctor(session()).examine(!noTest, this::note));
    contents.ifPresent(it -> {
      findings.add(Finding.of("model", "kind", it.kind()));
      findings.addAll(ModelNeeds.of(it.usual(), !noTest).findings());
    });
    boolean well = findings.stream().noneMatch(f -> f.state() == Finding.State.BROKEN);
    return new Result(well ? 0 : 1, Doctor.text(findings), Doctor.fields(findings, well));
  }
}
