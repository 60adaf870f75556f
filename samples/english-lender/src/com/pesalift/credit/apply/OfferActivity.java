package com.pesalift.credit.apply;

import android.app.Activity;
import android.os.Bundle;
import android.widget.TextView;
import com.pesalift.credit.R;

public class OfferActivity extends Activity {
  @Override
  protected void onCreate(Bundle state) {
    super.onCreate(state);
    TextView text = new TextView(this);
    text.setText(R.string.offer);
    setContentView(text);
  }
}
