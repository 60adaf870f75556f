package com.xinyijie.cash.ui.splash;

import android.app.Activity;
import android.app.AlertDialog;
import android.content.Intent;
import android.os.Bundle;
import cn.tongdun.android.shell.FMAgent;
import com.xinyijie.cash.R;
import com.xinyijie.cash.data.Session;
import com.xinyijie.cash.ui.home.HomeActivity;

public class SplashActivity extends Activity {
  @Override
  protected void onCreate(Bundle state) {
    super.onCreate(state);
    if (Session.accepted()) {
      enter();
    } else {
      ask();
    }
  }

  private void ask() {
    new AlertDialog.Builder(this)
        .setTitle(R.string.consent_title)
        .setMessage(R.string.consent_text)
        .setCancelable(false)
        .setPositiveButton(
            R.string.agree,
            (dialog, which) -> {
              Session.accept();
              enter();
            })
        .setNegativeButton(R.string.refuse, (dialog, which) -> finish())
        .show();
  }

  private void enter() {
    FMAgent.init(getApplicationContext(), FMAgent.ENV_PRODUCTION);
    startActivity(new Intent(this, HomeActivity.class));
    finish();
  }
}
