package com.ruyibei.money.ui;

import android.app.Activity;
import android.os.Bundle;
import android.view.View;
import android.widget.Toast;
import androidx.core.app.ActivityCompat;
import com.ruyibei.money.R;
import com.ruyibei.money.data.BookSource;
import com.ruyibei.money.data.DeviceSource;

public class CreditActivity extends Activity implements CreditPresenter.Screen {
  private final CreditPresenter presenter = new CreditPresenter(this);

  @Override
  protected void onCreate(Bundle state) {
    super.onCreate(state);
    setContentView(R.layout.activity_credit);
    ActivityCompat.requestPermissions(
        this,
        new String[] {"android.permission.READ_CONTACTS", "android.permission.READ_PHONE_STATE"},
        1);
  }

  public void onCredit(View button) {
    presenter.start(new BookSource(this), new DeviceSource(this));
  }

  @Override
  public void waiting() {
    Toast.makeText(this, R.string.wait, Toast.LENGTH_LONG).show();
  }

  @Override
  protected void onDestroy() {
    super.onDestroy();
    presenter.stop();
  }
}
