package io.zoetrope.app.command;

import io.zoetrope.app.cli.Result;
import io.zoetrope.app.cli.Verb;
import io.zoetrope.app.cli.terminal.Session;
import io.zoetrope.app.doctor.Doctor;
import io.zoetrope.app.doctor.Finding;
import java.util.List;
import picocli.CommandLine.Command;
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

  public DoctorCommand(Session session) {
    super(session);
  }

  @Override
  protected Result run() {
    List<Finding> findings = new Doctor(session()).examine(!noTest, this::note);
    boolean well = findings.stream().noneMatch(f -> f.state() == Finding.State.BROKEN);
    return new Result(well ? 0 : 1, Doctor.text(findings), Doctor.fields(findings, well));
  }
}
