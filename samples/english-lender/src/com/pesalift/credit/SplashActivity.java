package com.pesalift.credit;

import android.app.Activity;
import android.content.Intent;
import android.os.Bundle;
import android.view.View;
import com.pesalift.credit.apply.ApplyActivity;

public class SplashActivity extends Activity {
  @Override
  protected void onCreate(Bundle state) {
    super.onCreate(state);
    setContentView(R.layout.activity_splash);
  }

  /** Named in the layout. */
  public void onStartClicked(View button) {
    startActivity(new Intent(this, ApplyActivity.class));
  }
}
