package retrofit2;

public final class Response<T> {
  public int code() {
    return 0;
  }

  public boolean isSuccessful() {
    return false;
  }

  public T body() {
    return null;
  }
}
