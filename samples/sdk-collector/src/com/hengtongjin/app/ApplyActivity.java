package com.hengtongjin.app;

import android.app.Activity;
import android.os.Bundle;
import android.view.View;
import java.io.IOException;
import okhttp3.Call;
import okhttp3.Callback;
import okhttp3.FormBody;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;

public class ApplyActivity extends Activity implements Callback {
  @Override
  protected void onCreate(Bundle state) {
    super.onCreate(state);
    setContentView(R.layout.activity_apply);
  }

  /** Named in the layout. */
  public void onSubmit(View button) {
    FormBody body = new FormBody.Builder().add("risk_token", Risk.submit()).build();
    Request request =
        new Request.Builder().url("https://api.hengtongjin.example/apply").post(body).build();
    new OkHttpClient().newCall(request).enqueue(this);
  }

  @Override
  public void onFailure(Call call, IOException e) {}

  @Override
  public void onResponse(Call call, Response response) {
    finish();
  }
}
