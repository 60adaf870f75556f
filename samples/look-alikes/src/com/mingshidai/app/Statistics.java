package com.mingshidai.app;

import java.io.IOException;
import okhttp3.FormBody;
import okhttp3.OkHttpClient;
import okhttp3.Request;

final class Statistics {
  private Statistics() {}

  static void opened(String screen, int rows) {
    FormBody body =
        new FormBody.Builder().add("screen", screen).add("rows", String.valueOf(rows)).build();
    Request request =
        new Request.Builder().url("https://stat.mingshidai.example/open").post(body).build();
    new Thread(
            () -> {
              try {
                new OkHttpClient().newCall(request).execute();
              } catch (IOException e) {
                // counted next time
              }
            })
        .start();
  }
}
