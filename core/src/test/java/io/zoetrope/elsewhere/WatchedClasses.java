package io.zoetrope.elsewhere;

import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.Opcode;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.DirectMethodHandleDesc;
import java.lang.constant.DynamicCallSiteDesc;
import java.lang.constant.MethodHandleDesc;
import java.lang.constant.MethodTypeDesc;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Loads Zoetrope's classes anew, each call of a method of libtorch's tensors in them replaced by
 * one through {@link Elsewhere}.
 */
final class WatchedClasses extends ClassLoader {
  private static final String OURS = "io.zoetrope.";

  /** Whose methods are watched. */
  private static final Set<String> OWNERS =
      Set.of("org/bytedeco/pytorch/Tensor", "org/bytedeco/pytorch/global/torch");

  private static final DirectMethodHandleDesc BOOTSTRAP =
      MethodHandleDesc.ofMethod(
          DirectMethodHandleDesc.Kind.STATIC,
          Elsewhere.class.describeConstable().orElseThrow(),
          "link",
          MethodTypeDesc.of(
              ConstantDescs.CD_CallSite,
              ConstantDescs.CD_MethodHandles_Lookup,
              ConstantDescs.CD_String,
              ConstantDescs.CD_MethodType,
              ConstantDescs.CD_Class,
              ConstantDescs.CD_int));

  WatchedClasses() {
    super(WatchedClasses.class.getClassLoader());
  }

  @Override
  protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
    if (!name.startsWith(OURS) || name.startsWith(Elsewhere.class.getName())) {
      return super.loadClass(name, resolve);
    }
    synchronized (getClassLoadingLock(name)) {
      Class<?> loaded = findLoadedClass(name);
      return loaded != null ? loaded : define(name);
    }
  }

  private Class<?> define(String name) throws ClassNotFoundException {
    String file = name.replace('.', '/') + ".class";
    try (@Nullable InputStream in = getParent().getResourceAsStream(file)) {
      if (in == null) {
        throw new ClassNotFoundException(name);
      }
      ClassFile classes = ClassFile.of();
      byte[] watched =
          classes.transformClass(
              classes.parse(in.readAllBytes()),
              ClassTransform.transformingMethodBodies(WatchedClasses::watch));
      return defineClass(name, watched, 0, watched.length);
    } catch (IOException e) {
      throw new ClassNotFoundException(name, e);
    }
  }

  private static void watch(CodeBuilder code, CodeElement element) {
    if (element instanceof InvokeInstruction call
        && OWNERS.contains(call.owner().asInternalName())
        && call.opcode() != Opcode.INVOKESPECIAL) {
      boolean isStatic = call.opcode() == Opcode.INVOKESTATIC;
      ClassDesc owner = call.owner().asSymbol();
      MethodTypeDesc type = call.typeSymbol();
      code.invokedynamic(
          DynamicCallSiteDesc.of(
              BOOTSTRAP,
              call.name().stringValue(),
              isStatic ? type : type.insertParameterTypes(0, owner),
              owner,
              isStatic ? 1 : 0));
    } else {
      code.with(element);
    }
  }
}
