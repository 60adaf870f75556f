package com.yunshanjie.loan;

import android.app.Activity;
import android.os.Bundle;
import android.view.View;
import android.webkit.WebView;
import android.widget.Toast;
import com.yunshanjie.loan.limit.LimitTask;

public class LimitActivity extends Activity {
  @Override
  protected void onCreate(Bundle state) {
    super.onCreate(state);
    setContentView(R.layout.activity_limit);
    WebView page = (WebView) findViewById(R.id.policy);
    page.loadUrl("file:///android_asset/" + getString(R.string.policy_asset));
  }

  /** Named in the layout. */
  public void onRaise(View button) {
    Toast.makeText(this, R.string.wait, Toast.LENGTH_LONG).show();
    new LimitTask(getContentResolver()).execute("limit/raise");
  }
}
