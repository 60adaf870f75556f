package com.huimindai.app;

import android.app.Activity;
import android.os.Bundle;
import android.view.View;
import android.widget.EditText;
import com.huimindai.app.net.FormPost;

public class RelativeActivity extends Activity {
  @Override
  protected void onCreate(Bundle state) {
    super.onCreate(state);
    setContentView(R.layout.activity_relative);
  }

  /** Named in the layout. */
  public void onSave(View button) {
    String name = ((EditText) findViewById(R.id.name)).getText().toString();
    String mobile = ((EditText) findViewById(R.id.mobile)).getText().toString();
    FormPost.send("relative", name, mobile, this::finish);
  }
}
