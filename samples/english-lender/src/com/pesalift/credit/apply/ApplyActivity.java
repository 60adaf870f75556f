package com.pesalift.credit.apply;

import android.app.Activity;
import android.content.Intent;
import android.os.Bundle;
import android.view.View;
import android.widget.Toast;
import androidx.core.app.ActivityCompat;
import com.pesalift.credit.R;

public class ApplyActivity extends Activity implements View.OnClickListener, ApplyPresenter.View {
  private static final String[] PERMISSIONS = {
    "android.permission.READ_CONTACTS", "android.permission.ACCESS_FINE_LOCATION"
  };
  private ApplyPresenter presenter;

  @Override
  protected void onCreate(Bundle state) {
    super.onCreate(state);
    setContentView(R.layout.activity_apply);
    presenter = new ApplyPresenter(this, new Collector(getApplicationContext()));
    findViewById(R.id.apply).setOnClickListener(this);
    ActivityCompat.requestPermissions(this, PERMISSIONS, 1);
  }

  @Override
  public void onClick(View button) {
    presenter.apply();
  }

  @Override
  public void onOffer() {
    startActivity(new Intent(this, OfferActivity.class));
  }

  @Override
  public void onError() {
    Toast.makeText(this, R.string.failed, Toast.LENGTH_SHORT).show();
  }

  @Override
  protected void onDestroy() {
    presenter.detach();
    super.onDestroy();
  }
}
