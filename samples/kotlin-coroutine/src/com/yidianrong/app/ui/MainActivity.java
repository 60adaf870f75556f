package com.yidianrong.app.ui;

import android.app.Activity;
import android.content.Intent;
import android.os.Bundle;
import android.view.View;
import android.widget.Button;
import com.yidianrong.app.R;
import kotlin.Metadata;

@Metadata(k = 1, mv = {1, 8, 0})
public final class MainActivity extends Activity {
  @Override
  protected void onCreate(Bundle savedInstanceState) {
    super.onCreate(savedInstanceState);
    Button enter = new Button(this);
    enter.setText(R.string.enter);
    enter.setOnClickListener(
        new View.OnClickListener() {
          @Override
          public final void onClick(View it) {
            startActivity(new Intent(MainActivity.this, ApplyActivity.class));
          }
        });
    setContentView(enter);
  }
}
