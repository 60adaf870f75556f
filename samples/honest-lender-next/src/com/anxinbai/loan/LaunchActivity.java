package com.anxinbai.loan;

import android.app.Activity;
import android.app.AlertDialog;
import android.content.Intent;
import android.content.SharedPreferences;
import android.os.Bundle;
import com.anxinbai.loan.apply.ApplyActivity;

public class LaunchActivity extends Activity {
  private static final String AGREED = "agreed";

  @Override
  protected void onCreate(Bundle state) {
    super.onCreate(state);
    SharedPreferences settings = getPreferences(MODE_PRIVATE);
    if (settings.getBoolean(AGREED, false)) {
      open();
      return;
    }
    new AlertDialog.Builder(this)
        .setTitle(R.string.policy_title)
        .setMessage(R.string.policy_text)
        .setCancelable(false)
        .setPositiveButton(
            R.string.agree,
            (dialog, which) -> {
              settings.edit().putBoolean(AGREED, true).apply();
              open();
            })
        .setNegativeButton(R.string.refuse, (dialog, which) -> finish())
        .show();
  }

  private void open() {
    startActivity(new Intent(this, ApplyActivity.class));
    finish();
  }
}
