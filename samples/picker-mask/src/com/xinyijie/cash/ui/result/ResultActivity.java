package com.xinyijie.cash.ui.result;

import android.app.Activity;
import android.os.Bundle;
import android.widget.TextView;
import com.xinyijie.cash.R;

public class ResultActivity extends Activity {
  @Override
  protected void onCreate(Bundle state) {
    super.onCreate(state);
    TextView text = new TextView(this);
    text.setText(R.string.result_ok);
    setContentView(text);
  }
}
