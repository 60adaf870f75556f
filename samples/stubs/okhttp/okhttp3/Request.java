package okhttp3;

public final class Request {
  Request(Builder builder) {}

  public Builder newBuilder() {
    return new Builder();
  }

  public RequestBody body() {
    return null;
  }

  public static class Builder {
    public Builder() {}

    public Builder url(String url) {
      return this;
    }

    public Builder header(String name, String value) {
      return this;
    }

    public Builder addHeader(String name, String value) {
      return this;
    }

    public Builder get() {
      return this;
    }

    public Builder post(RequestBody body) {
      return this;
    }

    public Builder method(String method, RequestBody body) {
      return this;
    }

    public Request build() {
      return new Request(this);
    }
  }
}
