package io.zoetrope;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.source.tree.BinaryTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.ExpressionTree;
import com.sun.source.tree.LiteralTree;
import com.sun.source.tree.MemberSelectTree;
import com.sun.source.tree.MethodInvocationTree;
import com.sun.source.tree.ParenthesizedTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreeScanner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * No number and no case depends on the locale: other programs read what is written, FFmpeg reads
 * what it is told, and people paste what they see. {@code formatted} takes {@code %s}, which writes
 * numbers as Java does; what needs {@code %d} with zeros or {@code %f} names {@code Locale.ROOT}.
 */
class LocaleRuleTest {
  private static final Pattern LOCAL = Pattern.compile("%[-#+ 0,(]*\\d*(\\.\\d+)?[dfeEgGaAtTS]");

  @Test
  void nothingDependsOnTheLocale() throws IOException {
    List<String> faults = new ArrayList<>();
    for (String module : List.of("../core", "../app")) {
      scan(Path.of(module, "src/main/java"), faults);
    }
    assertThat(faults).isEmpty();
  }

  private static void scan(Path root, List<String> faults) throws IOException {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null);
        Stream<Path> tree = Files.walk(root)) {
      List<Path> sources = tree.filter(p -> p.toString().endsWith(".java")).toList();
      assertThat(sources).hasSizeGreaterThan(50);
      JavacTask task =
          (JavacTask)
              compiler.getTask(
                  null, files, null, null, null, files.getJavaFileObjectsFromPaths(sources));
      for (CompilationUnitTree unit : task.parse()) {
        new Scan(unit, faults).scan(unit, null);
      }
    }
  }

  private static final class Scan extends TreeScanner<@Nullable Void, @Nullable Void> {
    private final CompilationUnitTree unit;
    private final List<String> faults;

    Scan(CompilationUnitTree unit, List<String> faults) {
      this.unit = unit;
      this.faults = faults;
    }

    @Override
    public @Nullable Void visitMethodInvocation(MethodInvocationTree call, @Nullable Void unused) {
      if (call.getMethodSelect() instanceof MemberSelectTree select) {
        check(call, select);
      }
      return super.visitMethodInvocation(call, unused);
    }

    private void check(MethodInvocationTree call, MemberSelectTree select) {
      String name = select.getIdentifier().toString();
      List<? extends ExpressionTree> arguments = call.getArguments();
      boolean bad =
          switch (name) {
            case "formatted" -> {
              String text = text(select.getExpression());
              yield text.isEmpty()
                  || LOCAL.matcher(text).find(); // nobody knows what is not literal
            }
            case "format", "printf" ->
                !arguments.isEmpty() && LOCAL.matcher(text(arguments.getFirst())).find();
            case "toLowerCase", "toUpperCase" -> arguments.isEmpty();
            default -> false;
          };
      if (bad) {
        String file = Path.of(unit.getSourceFile().getName()).getFileName().toString();
        faults.add(file + ": " + select.getIdentifier() + " of " + select.getExpression());
      }
    }

    /** The literals of a text. */
    private static String text(Tree tree) {
      return switch (tree) {
        case LiteralTree literal -> String.valueOf(literal.getValue()).replace("%%", "");
        case ParenthesizedTree inner -> text(inner.getExpression());
        case BinaryTree sum -> text(sum.getLeftOperand()) + text(sum.getRightOperand());
        default -> "";
      };
    }
  }
}
