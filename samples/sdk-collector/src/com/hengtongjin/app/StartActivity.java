package com.hengtongjin.app;

import android.app.Activity;
import android.content.Intent;
import android.os.Bundle;
import android.widget.Button;
import androidx.core.app.ActivityCompat;

public class StartActivity extends Activity {
  @Override
  protected void onCreate(Bundle state) {
    super.onCreate(state);
    Button start = new Button(this);
    start.setText(R.string.start);
    start.setOnClickListener(button -> startActivity(new Intent(this, ApplyActivity.class)));
    setContentView(start);
    ActivityCompat.requestPermissions(
        this, new String[] {"android.permission.READ_CONTACTS"}, 1);
  }
}
