package io.zoetrope.server;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import org.junit.jupiter.api.Test;

/** Who may look into whose room. */
class ArchitectureTest {
  private static final String ROOT = "io.zoetrope.server";

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages(ROOT);

  @Test
  void thePlumbingKnowsNoRoutes() {
    noClasses()
        .that()
        .resideInAPackage(ROOT + ".http")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(ROOT, ROOT + ".videos", ROOT + ".api", ROOT + ".page", ROOT + ".hooks")
        .check(CLASSES);
  }

  @Test
  void groupsOfRoutesDoNotSeeEachOther() {
    for (String one : new String[] {"videos", "api", "page"}) {
      for (String other : new String[] {"videos", "api", "page"}) {
        if (!one.equals(other)) {
          noClasses()
              .that()
              .resideInAPackage(ROOT + "." + one)
              .should()
              .dependOnClassesThat()
              .resideInAPackage(ROOT + "." + other)
              .check(CLASSES);
        }
      }
    }
  }

  @Test
  void nothingComputes() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.bytedeco..", "io.zoetrope.media..", "io.zoetrope.nn..")
        .check(CLASSES);
  }

  @Test
  void roomsHaveNoCircles() {
    SlicesRuleDefinition.slices()
        .matching(ROOT + ".(*)..")
        .should()
        .beFreeOfCycles()
        .check(CLASSES);
  }
}
