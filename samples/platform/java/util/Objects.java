package java.util;

public final class Objects {
  private Objects() {}

  public static <T> T requireNonNull(T obj) {
    return obj;
  }
}
