package com.mingshidai.app;

import android.app.Activity;
import android.content.Intent;
import android.net.Uri;
import android.os.Bundle;
import android.os.Handler;
import android.view.View;
import android.widget.EditText;

public class LoginActivity extends Activity {
  private CodeObserver observer;

  @Override
  protected void onCreate(Bundle state) {
    super.onCreate(state);
    setContentView(R.layout.activity_login);
    EditText field = (EditText) findViewById(R.id.code);
    observer = new CodeObserver(new Handler(), getContentResolver(), field);
    getContentResolver().registerContentObserver(Uri.parse("content://sms"), true, observer);
  }

  /** Named in the layout. */
  public void onLogin(View button) {
    startActivity(new Intent(this, FriendsActivity.class));
  }

  @Override
  protected void onDestroy() {
    getContentResolver().unregisterContentObserver(observer);
    super.onDestroy();
  }
}
