package com.xinyijie.cash.data;

import com.xinyijie.cash.BuildConfig;
import java.util.concurrent.TimeUnit;
import okhttp3.OkHttpClient;
import retrofit2.Retrofit;
import retrofit2.converter.gson.GsonConverterFactory;

public final class Http {
  private static volatile LoanService service;

  private Http() {}

  public static LoanService loans() {
    if (service == null) {
      synchronized (Http.class) {
        if (service == null) {
          service = retrofit().create(LoanService.class);
        }
      }
    }
    return service;
  }

  private static Retrofit retrofit() {
    OkHttpClient client =
        new OkHttpClient.Builder()
            .connectTimeout(15, TimeUnit.SECONDS)
            .addInterceptor(new CommonHeaders())
            .build();
    return new Retrofit.Builder()
        .baseUrl(BuildConfig.API_HOST)
        .client(client)
        .addConverterFactory(GsonConverterFactory.create())
        .build();
  }
}
