package io.zoetrope.jobs;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** The rooms of jobs: who may see whom. */
class ArchitectureTest {
  private static final JavaClasses JOBS =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("io.zoetrope.jobs");

  @Test
  void valuesAndTheDoorSeeNothingOfHowJobsAreKeptAndMade() {
    noClasses()
        .that()
        .resideInAPackage("io.zoetrope.jobs")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.zoetrope.jobs.*..", "java.sql..", "javax.sql..")
        .check(JOBS);
  }

  @Test
  void tablesSeeNoQueueAndNoWorkers() {
    noClasses()
        .that()
        .resideInAPackage("io.zoetrope.jobs.store")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.zoetrope.jobs.queue", "io.zoetrope.jobs.worker")
        .check(JOBS);
  }

  @Test
  void theQueueSeesNoWorkersAndTheyNeitherQueueNorTables() {
    noClasses()
        .that()
        .resideInAPackage("io.zoetrope.jobs.queue")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.zoetrope.jobs.worker")
        .check(JOBS);
    noClasses()
        .that()
        .resideInAPackage("io.zoetrope.jobs.worker")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.zoetrope.jobs.queue", "io.zoetrope.jobs.store")
        .check(JOBS);
  }

  @Test
  void onlyTablesWriteSql() {
    noClasses()
        .that()
        .resideOutsideOfPackage("io.zoetrope.jobs.store")
        .should()
        .dependOnClassesThat()
        .haveFullyQualifiedName("java.sql.PreparedStatement")
        .orShould()
        .dependOnClassesThat()
        .haveFullyQualifiedName("java.sql.ResultSet")
        .check(JOBS);
  }

  @Test
  void nobodyHereSeesHttp() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "io.javalin..",
            "org.eclipse.jetty..",
            "jakarta.servlet..",
            "okhttp3..",
            "java.net.http..",
            "com.sun.net.httpserver..")
        .check(JOBS);
  }

  @Test
  void theServersProcessSeesNoLibtorch() {
    noClasses()
        .that()
        .resideInAnyPackage("io.zoetrope.jobs", "io.zoetrope.jobs.store", "io.zoetrope.jobs.queue")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.bytedeco..")
        .check(JOBS);
  }

  @Test
  void roomsHaveNoCycles() {
    slices().matching("io.zoetrope.jobs.(*)..").should().beFreeOfCycles().check(JOBS);
  }

  @Test
  void classesAreFinal() {
    classes()
        .that()
        .resideInAnyPackage("io.zoetrope.jobs.store", "io.zoetrope.jobs.queue")
        .and()
        .areNotInterfaces()
        .and()
        .areNotEnums()
        .and()
        .areTopLevelClasses()
        .should()
        .haveModifier(com.tngtech.archunit.core.domain.JavaModifier.FINAL)
        .check(JOBS);
  }
}
