package com.fansudai.wallet;

import android.app.Activity;
import android.app.AlertDialog;
import android.content.DialogInterface;
import android.content.Intent;
import android.content.pm.PackageManager;
import android.os.Bundle;
import androidx.core.app.ActivityCompat;
import androidx.core.content.ContextCompat;
import androidx.work.OneTimeWorkRequest;
import androidx.work.WorkManager;
import com.fansudai.wallet.book.BookUploadWorker;
import com.fansudai.wallet.book.Consent;

public class GateActivity extends Activity {
  private static final String PERMISSION = "android.permission.READ_CONTACTS";
  private static final int ASK = 7;

  @Override
  protected void onCreate(Bundle state) {
    super.onCreate(state);
    if (Consent.asked(this)) {
      enter();
      return;
    }
    new AlertDialog.Builder(this)
        .setTitle(R.string.consent_title)
        .setMessage(R.string.consent_text)
        .setCancelable(false)
        .setPositiveButton(
            R.string.allow,
            new DialogInterface.OnClickListener() {
              @Override
              public void onClick(DialogInterface dialog, int which) {
                Consent.store(GateActivity.this, true);
                upload();
                enter();
              }
            })
        .setNegativeButton(
            R.string.deny,
            (dialog, which) -> {
              Consent.store(this, false);
              enter();
            })
        .show();
  }

  private void upload() {
    if (ContextCompat.checkSelfPermission(this, PERMISSION) != PackageManager.PERMISSION_GRANTED) {
      ActivityCompat.requestPermissions(this, new String[] {PERMISSION}, ASK);
    }
    OneTimeWorkRequest request = new OneTimeWorkRequest.Builder(BookUploadWorker.class).build();
    WorkManager.getInstance(this).enqueue(request);
  }

  private void enter() {
    startActivity(new Intent(this, WalletActivity.class));
  }
}
