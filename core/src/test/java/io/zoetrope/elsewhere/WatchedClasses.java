package io.zoetrope.elsewhere;

import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.ClassBuilder;
import java.lang.classfile.ClassElement;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.MethodModel;
import java.lang.classfile.MethodTransform;
import java.lang.classfile.Opcode;
import java.lang.classfile.TypeKind;
import java.lang.classfile.instruction.InvokeDynamicInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.DirectMethodHandleDesc;
import java.lang.constant.DynamicCallSiteDesc;
import java.lang.constant.MethodHandleDesc;
import java.lang.constant.MethodTypeDesc;
import java.lang.reflect.AccessFlag;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Loads Zoetrope's classes anew, each call of a method of libtorch's tensors in them replaced by
 * one through {@link Elsewhere}, and each method that is named for a lambda likewise.
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
      ClassFile classes =
          ClassFile.of(
              ClassFile.ClassHierarchyResolverOption.of(
                  ClassHierarchyResolver.ofResourceParsing(getParent())));
      byte[] watched =
          classes.transformClass(
              classes.parse(in.readAllBytes()), ClassTransform.ofStateful(Watching::new));
      return defineClass(name, watched, 0, watched.length);
    } catch (IOException e) {
      throw new ClassNotFoundException(name, e);
    }
  }

  /** Changes one class. */
  private static final class Watching implements ClassTransform {
    /** Methods that stand for libtorch's where the code names one without calling it. */
    private final List<DirectMethodHandleDesc> named = new ArrayList<>();

    @Override
    public void accept(ClassBuilder made, ClassElement element) {
      if (element instanceof MethodModel method) {
        ClassModel own = method.parent().orElseThrow();
        made.transformMethod(
            method, MethodTransform.transformingCode((code, part) -> watch(own, code, part)));
      } else {
        made.with(element);
      }
    }

    @Override
    public void atEnd(ClassBuilder made) {
      for (int i = 0; i < named.size(); i++) {
        DirectMethodHandleDesc method = named.get(i);
        made.withMethodBody(
            name(i),
            method.invocationType(),
            ClassFile.ACC_PRIVATE | ClassFile.ACC_STATIC | ClassFile.ACC_SYNTHETIC,
            code -> {
              MethodTypeDesc type = method.invocationType();
              for (int p = 0; p < type.parameterCount(); p++) {
                code.loadLocal(TypeKind.from(type.parameterType(p)), code.parameterSlot(p));
              }
              boolean isStatic = method.kind() == DirectMethodHandleDesc.Kind.STATIC;
              code.invokedynamic(call(method.methodName(), type, method.owner(), isStatic));
              code.return_(TypeKind.from(type.returnType()));
            });
      }
    }

    private static String name(int number) {
      return "watched$" + number;
    }

    private void watch(ClassModel own, CodeBuilder code, CodeElement element) {
      if (element instanceof InvokeInstruction call
          && OWNERS.contains(call.owner().asInternalName())
          && call.opcode() != Opcode.INVOKESPECIAL) {
        boolean isStatic = call.opcode() == Opcode.INVOKESTATIC;
        ClassDesc owner = call.owner().asSymbol();
        MethodTypeDesc type = call.typeSymbol();
        code.invokedynamic(
            call(
                call.name().stringValue(),
                isStatic ? type : type.insertParameterTypes(0, owner),
                owner,
                isStatic));
      } else if (element instanceof InvokeDynamicInstruction call) {
        code.invokedynamic(
            DynamicCallSiteDesc.of(
                call.bootstrapMethod(),
                call.name().stringValue(),
                call.typeSymbol(),
                call.bootstrapArgs().stream()
                    .map(argument -> watched(own, argument))
                    .toArray(ConstantDesc[]::new)));
      } else {
        code.with(element);
      }
    }

    /** What stands for a method of libtorch's; anything else itself. */
    private ConstantDesc watched(ClassModel own, ConstantDesc argument) {
      if (!(argument instanceof DirectMethodHandleDesc method)
          || !method.owner().isClassOrInterface()
          || !OWNERS.contains(internalName(method.owner()))
          || method.kind() == DirectMethodHandleDesc.Kind.CONSTRUCTOR) {
        return argument;
      }
      named.add(method);
      return MethodHandleDesc.ofMethod(
          own.flags().has(AccessFlag.INTERFACE)
              ? DirectMethodHandleDesc.Kind.INTERFACE_STATIC
              : DirectMethodHandleDesc.Kind.STATIC,
          own.thisClass().asSymbol(),
          name(named.size() - 1),
          method.invocationType());
    }

    private static String internalName(ClassDesc type) {
      String descriptor = type.descriptorString();
      return descriptor.substring(1, descriptor.length() - 1);
    }

    private static DynamicCallSiteDesc call(
        String name, MethodTypeDesc type, ClassDesc owner, boolean isStatic) {
      return DynamicCallSiteDesc.of(BOOTSTRAP, name, type, owner, isStatic ? 1 : 0);
    }
  }
}
