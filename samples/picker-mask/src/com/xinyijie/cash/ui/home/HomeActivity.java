package com.xinyijie.cash.ui.home;

import android.content.Intent;
import android.os.Bundle;
import android.view.View;
import android.widget.TextView;
import com.xinyijie.cash.R;
import com.xinyijie.cash.ui.Screen;
import com.xinyijie.cash.ui.linkman.LinkmanActivity;

public class HomeActivity extends Screen<HomePresenter> implements HomeContract.View {
  private TextView quota;

  @Override
  protected HomePresenter createPresenter() {
    return new HomePresenter(this);
  }

  @Override
  protected void onCreate(Bundle state) {
    super.onCreate(state);
    setContentView(R.layout.activity_home);
    quota = (TextView) findViewById(R.id.quota);
    presenter.load("official");
  }

  @Override
  public void showQuota(String text) {
    quota.setText(text);
  }

  /** Named in the layout. */
  public void onApply(View button) {
    startActivity(new Intent(this, LinkmanActivity.class));
  }
}
