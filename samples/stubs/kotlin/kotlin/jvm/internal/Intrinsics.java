package kotlin.jvm.internal;

public class Intrinsics {
  public static void checkNotNullParameter(Object value, String paramName) {}

  public static void checkNotNullExpressionValue(Object value, String expression) {}

  public static boolean areEqual(Object first, Object second) {
    return first == null ? second == null : first.equals(second);
  }
}
