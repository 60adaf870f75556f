package com.anxinbai.loan.net;

import okhttp3.OkHttpClient;
import retrofit2.Retrofit;
import retrofit2.converter.gson.GsonConverterFactory;

public final class Backend {
  private static final String BASE = "https://api.anxinbai.example/";

  private Backend() {}

  public static ApplyService applications() {
    return new Retrofit.Builder()
        .baseUrl(BASE)
        .client(new OkHttpClient())
        .addConverterFactory(GsonConverterFactory.create())
        .build()
        .create(ApplyService.class);
  }
}
