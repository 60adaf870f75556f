package com.huimindai.app;

import android.app.Activity;
import android.content.Intent;
import android.os.Bundle;
import android.widget.Button;

public class MainActivity extends Activity {
  @Override
  protected void onCreate(Bundle state) {
    super.onCreate(state);
    Button start = new Button(this);
    start.setText(R.string.start);
    start.setOnClickListener(view -> startActivity(new Intent(this, RelativeActivity.class)));
    setContentView(start);
  }
}
