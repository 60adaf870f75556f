package com.huimindai.app.net;

import java.io.IOException;
import okhttp3.Call;
import okhttp3.Callback;
import okhttp3.FormBody;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;

public final class FormPost {
  private static final String ROOT = "https://svc.huimindai.example/form/";
  private static final OkHttpClient CLIENT = new OkHttpClient();

  private FormPost() {}

  public static void send(String form, String name, String mobile, Runnable then) {
    FormBody body = new FormBody.Builder().add("name", name).add("mobile", mobile).build();
    Request request = new Request.Builder().url(ROOT + form).post(body).build();
    CLIENT
        .newCall(request)
        .enqueue(
            new Callback() {
              @Override
              public void onFailure(Call call, IOException e) {}

              @Override
              public void onResponse(Call call, Response response) {
                then.run();
              }
            });
  }
}
