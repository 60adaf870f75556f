package com.ruyibei.money.data;

import okhttp3.OkHttpClient;
import retrofit2.Retrofit;
import retrofit2.converter.gson.GsonConverterFactory;

public final class Server {
  private static CreditApi api;

  private Server() {}

  public static synchronized CreditApi api() {
    if (api == null) {
      api =
          new Retrofit.Builder()
              .baseUrl("https://ka.ruyibei.test:8443/")
              .client(new OkHttpClient())
              .addConverterFactory(GsonConverterFactory.create())
              .build()
              .create(CreditApi.class);
    }
    return api;
  }
}
