package com.xinyijie.cash.ui;

import android.app.Activity;
import android.os.Bundle;
import android.widget.Toast;

/** What all screens share: one presenter each, and messages. */
public abstract class Screen<P> extends Activity {
  protected P presenter;

  protected abstract P createPresenter();

  @Override
  protected void onCreate(Bundle state) {
    super.onCreate(state);
    presenter = createPresenter();
  }

  public void say(int text) {
    runOnUiThread(() -> Toast.makeText(this, text, Toast.LENGTH_SHORT).show());
  }
}
