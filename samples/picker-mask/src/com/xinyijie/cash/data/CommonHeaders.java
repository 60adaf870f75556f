package com.xinyijie.cash.data;

import com.xinyijie.cash.BuildConfig;
import java.io.IOException;
import okhttp3.Interceptor;
import okhttp3.Request;
import okhttp3.Response;

final class CommonHeaders implements Interceptor {
  @Override
  public Response intercept(Chain chain) throws IOException {
    Request request =
        chain
            .request()
            .newBuilder()
            .header("X-App", BuildConfig.APPLICATION_ID)
            .header("X-Version", String.valueOf(BuildConfig.VERSION_CODE))
            .build();
    return chain.proceed(request);
  }
}
