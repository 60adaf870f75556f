package com.jiyongbao.lite;

import android.app.Activity;
import android.content.Intent;
import android.os.Bundle;
import android.view.View;
import android.widget.CheckBox;
import android.widget.Toast;
import com.umeng.commonsdk.UMConfigure;

public class WelcomeActivity extends Activity {
  @Override
  protected void onCreate(Bundle state) {
    super.onCreate(state);
    setContentView(R.layout.activity_welcome);
  }

  /** Named in the layout. */
  public void onAgree(View button) {
    if (!((CheckBox) findViewById(R.id.tick)).isChecked()) {
      Toast.makeText(this, R.string.privacy_tip, Toast.LENGTH_SHORT).show();
      return;
    }
    UMConfigure.init(this, "5f000000sample", "wandou", UMConfigure.DEVICE_TYPE_PHONE, null);
    startActivity(new Intent(this, LoanListActivity.class));
    finish();
  }
}
