package java.lang.invoke;

public final class MethodType {
  private MethodType() {}
}
