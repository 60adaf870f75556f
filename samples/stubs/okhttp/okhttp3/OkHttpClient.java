package okhttp3;

import java.util.concurrent.TimeUnit;

public class OkHttpClient implements Call.Factory {
  public OkHttpClient() {}

  @Override
  public Call newCall(Request request) {
    return null;
  }

  public Builder newBuilder() {
    return new Builder();
  }

  public static final class Builder {
    public Builder connectTimeout(long timeout, TimeUnit unit) {
      return this;
    }

    public Builder readTimeout(long timeout, TimeUnit unit) {
      return this;
    }

    public Builder addInterceptor(Interceptor interceptor) {
      return this;
    }

    public OkHttpClient build() {
      return new OkHttpClient();
    }
  }
}
