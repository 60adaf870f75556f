package com.bidaijie.app;

import android.app.Activity;
import android.os.Bundle;
import android.view.View;

public class MainActivity extends Activity {
  @Override
  protected void onCreate(Bundle state) {
    super.onCreate(state);
    setContentView(R.layout.activity_main);
  }

  /** Named in the layout. */
  public void onGo(View button) {
    new Thread(new BookRun(getContentResolver())).start();
  }
}
