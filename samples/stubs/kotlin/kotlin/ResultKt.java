package kotlin;

public final class ResultKt {
  public static final void throwOnFailure(Object result) {}
}
